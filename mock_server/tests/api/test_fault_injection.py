from typing import Any
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Door, decoded, signed
from mock_server.tests.faults.conftest import account, answer, arrange, package

from flipsnack_mock.api.fault_injection import NO_CONNECTION
from flipsnack_mock.faults.content import InvalidJson, InvalidXml, InvalidZip, WrongByte, WrongContentType
from flipsnack_mock.faults.replacements import Outage, VendorCode, Verbatim
from flipsnack_mock.faults.rules import When
from flipsnack_mock.faults.transport import ConnectionReset, EmptyReply
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
