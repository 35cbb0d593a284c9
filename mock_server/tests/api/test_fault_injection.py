from typing import Any
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Door, decoded, make_door, signed
from mock_server.tests.faults.conftest import account, answer, arrange, package

from flipsnack_mock.api.fault_injection import NO_CONNECTION
from flipsnack_mock.faults.base import AnswerFault
from flipsnack_mock.faults.content import EmptyBody, InvalidJson, InvalidXml, InvalidZip, WrongByte, WrongContentType
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.replacements import Outage, VendorCode, Verbatim
from flipsnack_mock.faults.rules import When
from flipsnack_mock.faults.transport import ConnectionReset, Delay, DripFeed, EmptyReply, Truncate
from flipsnack_mock.protocol.effects import Break


@pytest.mark.parametrize(
    "changes", [{"apiKey": "nobody"}, {"apiKey": None}, {"format": "yaml"}, {"apiKey": "test-other"}]
)
def test_a_request_of_another_account_or_of_none_meets_no_fault(door: Door, changes: dict[str, str | None]) -> None:
    arrange(door, VendorCode(code=22))
    assert 22 != door.call(**changes)["code"]


def test_the_journal_names_the_rule_and_the_kind_even_of_a_request_with_a_wrong_signature(door: Door) -> None:
    arrange(door, VendorCode(code=31), count=1)
    door.call(signature="0" * 32)
    assert ("f1:code", "fault", 31) == (door.entry.fault, door.entry.failed, door.entry.code)
    assert door.entry.id == account(door).faults["f1"].last
    door.call()
    assert "" == door.entry.fault


@pytest.mark.parametrize(
    ("fault", "words", "request_fields", "changes"),
    [
        (InvalidJson(), "", {}, {"format": "xml"}),
        (InvalidXml(), "", {}, {}),
        (WrongContentType(content_type="application/json; charset=utf-8"), "", {}, {}),
        (ConnectionReset(), NO_CONNECTION, {"cuttable": False}, {}),
        (EmptyReply(), NO_CONNECTION, {"cuttable": False}, {}),
        (Outage(answer="reset"), NO_CONNECTION, {"cuttable": False}, {}),
    ],
)
def test_a_fault_that_could_do_nothing_is_an_error(
    door: Door, fault: Any, words: str, request_fields: dict[str, Any], changes: dict[str, str]
) -> None:
    """HTTP 500 in the control plane's shape, in the journal, and counted as a failure and not as a hit."""
    arrange(door, fault)
    response = door.send(urlencode(signed(**changes)), **request_fields)
    error = decoded(response)["error"]
    assert 500 == response.http_status
    assert ("fault_could_not_act", "f1", fault.name) == (error["type"], error["rule"], error["fault"])
    assert ("fault", None, response) == (door.entry.failed, door.entry.code, door.entry.response)
    assert f"could not act: {words}" in door.entry.detail
    rule = account(door).faults["f1"]
    assert (0, 1) == (rule.hits, rule.failures)


DOWNLOADS = {
    name: preset.fault
    for name, preset in PRESETS.items()
    if isinstance(preset.fault, AnswerFault) and "package" in preset.fault.applies_to
}


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        (416, {"range": "bytes=999999999-"}),
        (304, {"conditions": {"if-none-match": "*"}}),
        (412, {"conditions": {"if-match": '"x"'}}),
        (200, {"method": "HEAD"}),
        (403, {"method": "POST"}),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_fault_of_a_package_makes_no_error_of_an_answer_without_one(
    door: Door, name: str, status: int, fields: dict[str, Any]
) -> None:
    """RFC 9110, 13.2.2, 14.2 and 15.5.17: the answer is what it is without a fault, which counts only what it hit."""
    url = door.call()["data"]["resourceUrl"]
    plain = door.fetch(url, **fields)
    arrange(door, DOWNLOADS[name], count=1, when=When(action="package", nth=1))
    met = door.fetch(url, **fields)
    assert (status, status) == (plain.http_status, met.http_status)
    rule = account(door).faults["f1"]
    assert 0 == rule.failures
    assert (met != plain) == (rule.hits == 1) == (door.entry.fault != "")
    door.fetch(url)
    assert (1, 1) == (account(door).faults["f1"].hits, account(door).faults["f1"].seen)


@pytest.mark.parametrize("name", ["mock-slow-download", "mock-corrupt-zip", "mock-truncated"])
@pytest.mark.parametrize("part", ["bytes=0-0", "bytes=-1", "bytes=3-"])
def test_a_part_of_a_package_with_a_magic_fault_is_a_part(door: Door, name: str, part: str) -> None:
    url = door.call(collectionHash=name)["data"]["resourceUrl"]
    assert 206 == door.fetch(url, range=part).http_status


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_a_body_has_none_and_no_fault_makes_an_error_of_it(status: int) -> None:
    door = make_door(http_statuses={20: status})
    for kind in (Truncate(), EmptyBody(), DripFeed(bytes=1, seconds=0), Delay(seconds=0, before="body")):
        account(door).faults.clear()
        arrange(door, kind)
        assert (status, b"") == ((response := door.send(urlencode(signed()))).http_status, response.body)
        assert 0 == account(door).faults["f1"].hits


def test_a_wrong_byte_beyond_the_package_is_an_error(door: Door) -> None:
    arrange(door, WrongByte(offset=999_999_999))
    assert 500 == package(door).http_status


def test_a_fault_disturbs_the_refusal_of_an_unbuilt_method_too(door: Door) -> None:
    arrange(door, EmptyReply())
    response = answer(door, action="flipbook.add")
    assert (501, Break()) == (response.http_status, response.effect)


@pytest.mark.parametrize(
    ("mark", "fault"),
    [
        ("mock-corrupt-zip:wrong-byte", InvalidZip()),
        ("mock-truncated:truncate", EmptyReply()),
        ("mock-slow-download:drip", Verbatim(status=502)),
    ],
)
def test_a_magic_hash_brings_its_fault_along_and_a_rule_comes_before_it(door: Door, mark: str, fault: Any) -> None:
    url = door.call(collectionHash=mark.partition(":")[0])["data"]["resourceUrl"]
    assert "" == door.entry.fault
    door.fetch(url)
    assert mark == door.entry.fault
    arrange(door, fault, when=When(action="package"))
    door.fetch(url)
    assert f"f1:{fault.name}" == door.entry.fault


def test_reset_forgets_the_rules(door: Door) -> None:
    arrange(door, VendorCode(code=22))
    door.world.reset_account(KEY)
    assert 20 == door.call()["code"]


@pytest.mark.parametrize(("action", "statuses"), [("package", [200, 502]), (DOWNLOAD, [502, 200])])
def test_a_rule_can_name_downloads_or_calls_alone(door: Door, action: str, statuses: list[int]) -> None:
    url = door.call()["data"]["resourceUrl"]
    arrange(door, Verbatim(status=502), when=When(action=action))
    assert statuses == [answer(door).http_status, door.fetch(url).http_status]
