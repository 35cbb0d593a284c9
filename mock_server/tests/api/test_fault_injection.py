from typing import Any
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Door, decoded, signed
from mock_server.tests.faults.conftest import account, answer, arrange, last_entry, package

from flipsnack_mock.api.fault_injection import NO_CONNECTION
from flipsnack_mock.faults import When
from flipsnack_mock.faults.content import InvalidJson, InvalidXml, InvalidZip, WrongByte, WrongContentType
from flipsnack_mock.faults.replacements import Outage, VendorCode, Verbatim
from flipsnack_mock.faults.transport import ConnectionReset, EmptyReply
from flipsnack_mock.protocol.effects import Break


@pytest.mark.parametrize(
    "changes", [{"apiKey": "nobody"}, {"apiKey": None}, {"format": "yaml"}, {"apiKey": "test-other"}]
)
def test_a_request_of_another_account_or_of_none_meets_no_fault(door: Door, changes: dict[str, str | None]) -> None:
    arrange(door, VendorCode(code=22))
    assert 22 != door.call(**changes)["code"]


def test_a_fault_meets_requests_with_a_wrong_signature_too(door: Door) -> None:
    arrange(door, VendorCode(code=32))
    assert 32 == door.call(signature="0" * 32)["code"]


def test_the_journal_names_the_rule_and_the_kind(door: Door) -> None:
    arrange(door, VendorCode(code=31), count=1)
    door.call()
    entry = last_entry(door)
    assert ("f1:code", "fault", 31) == (entry.fault, entry.failed, entry.code)
    assert entry.id == account(door).faults["f1"].last
    door.call()
    assert "" == last_entry(door).fault


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        (InvalidJson(), {"format": "xml"}),
        (InvalidXml(), {}),
        (WrongContentType(content_type="application/json; charset=utf-8"), {}),
    ],
)
def test_a_fault_that_could_do_nothing_is_an_error(door: Door, fault: Any, changes: dict[str, str]) -> None:
    arrange(door, fault)
    response = answer(door, **changes)
    error = decoded(response)["error"]
    assert 500 == response.http_status
    assert ("fault_could_not_act", "f1", fault.name) == (error["type"], error["rule"], error["fault"])
    entry = last_entry(door)
    assert ("fault", None, response) == (entry.failed, entry.code, entry.response)
    assert "could not act" in entry.detail
    rule = account(door).faults["f1"]
    assert (0, 1) == (rule.hits, rule.failures)


def test_a_wrong_byte_beyond_the_package_is_an_error(door: Door) -> None:
    arrange(door, WrongByte(offset=999_999_999))
    assert 500 == package(door).http_status


@pytest.mark.parametrize("fault", [ConnectionReset(), EmptyReply(), Outage(answer="reset")])
def test_a_fault_that_needs_the_connection_says_where_there_is_none(door: Door, fault: Any) -> None:
    arrange(door, fault)
    response = door.send(urlencode(signed()), cuttable=False)
    assert 500 == response.http_status
    assert NO_CONNECTION in last_entry(door).detail
    assert response == last_entry(door).response
    assert (0, 1) == (account(door).faults["f1"].hits, account(door).faults["f1"].failures)


def test_a_fault_disturbs_the_refusal_of_an_unbuilt_method_too(door: Door) -> None:
    arrange(door, EmptyReply())
    response = answer(door, action="collection.getList")
    assert (501, Break()) == (response.http_status, response.effect)


@pytest.mark.parametrize(
    ("mark", "collection_hash"),
    [
        ("mock-corrupt-zip:wrong-byte", "mock-corrupt-zip"),
        ("mock-truncated:truncate", "mock-truncated"),
        ("mock-slow-download:drip", "mock-slow-download"),
    ],
)
def test_a_magic_hash_brings_its_fault_along(door: Door, mark: str, collection_hash: str) -> None:
    url = door.call(collectionHash=collection_hash)["data"]["resourceUrl"]
    assert "" == last_entry(door).fault
    door.fetch(url)
    assert mark == last_entry(door).fault


def test_a_rule_comes_before_the_fault_of_a_magic_hash(door: Door) -> None:
    url = door.call(collectionHash="mock-corrupt-zip")["data"]["resourceUrl"]
    arrange(door, InvalidZip(), when=When(action="package"))
    door.fetch(url)
    assert "f1:invalid-zip" == last_entry(door).fault


def test_reset_forgets_the_rules(door: Door) -> None:
    arrange(door, VendorCode(code=22))
    door.world.reset_account(KEY)
    assert 20 == door.call()["code"]


def test_the_download_action_can_be_named_in_a_rule(door: Door) -> None:
    url = door.call()["data"]["resourceUrl"]
    arrange(door, Verbatim(status=502), when=When(action="package"))
    assert [200, 502] == [answer(door).http_status, door.fetch(url).http_status]
    account(door).faults.clear()
    arrange(door, Verbatim(status=502), when=When(action=DOWNLOAD))
    assert [502, 200] == [answer(door).http_status, door.fetch(url).http_status]
