import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import SECOND, Door

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.state.magic import FAMILIES, NAMED, PREFIX, listed, magic, magic_collection

CODES = Path(__file__).parents[3] / "contract_tests/src/flipsnack_contract/spec/codes.toml"
MESSAGES: dict[str, str] = tomllib.loads(CODES.read_text("utf-8"))["messages"]
ERRORS = {int(code): message for code, message in MESSAGES.items() if code != "20"}


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_of_the_vendors_table_can_be_had_by_a_hash_for_ever_or_some_times(door: Door, code: int) -> None:
    for _ in range(3):
        assert {"code": code, "status": ERRORS[code]} == door.call(collectionHash=f"mock-error-{code}")
    assert [code, code, 20, 20] == [door.code(collectionHash=f"mock-error-{code}-2-times") for _ in range(4)]


def test_an_error_can_pass_after_some_seconds_from_the_first_call(door: Door) -> None:
    for seconds, code in ((0, 22), (30 - 0.000001, 22), (0.000001, 20)):
        door.now += round(seconds * SECOND)
        assert code == door.code(collectionHash="mock-error-22-for-30s")


def test_an_error_that_was_asked_for_needs_a_right_request_and_rests_on_no_rule(door: Door) -> None:
    assert 44 == door.code(collectionHash="mock-error-38", signature="0" * 32)
    assert 43 == door.code(collectionHash="mock-error-43")
    assert ("", "the hash 'mock-error-43' asks for it") == (door.entry.rule, door.entry.detail)


@pytest.mark.parametrize("megabytes", [1, 50, 500])
def test_a_package_has_the_size_of_its_hash(door: Door, megabytes: int) -> None:
    body = door.fetch(door.call(collectionHash=f"mock-{megabytes}mb")["data"]["resourceUrl"]).body
    assert isinstance(body, Package)
    assert megabytes * 1_000_000 == body.size


@pytest.mark.parametrize(
    ("collection_hash", "visits"),
    [("mock-expired-link", [(0, 403)]), ("mock-short-link-5s", [(5 * SECOND - 1, 200), (1, 403)])],
)
def test_a_link_lives_as_long_as_its_hash_says(door: Door, collection_hash: str, visits: list[tuple[int, int]]) -> None:
    url = door.call(collectionHash=collection_hash)["data"]["resourceUrl"]
    for passed, status in visits:
        door.now += passed
        assert status == door.fetch(url).http_status


def test_every_fault_of_the_table_is_a_preset() -> None:
    assert {meant.fault for meant in NAMED.values() if meant.fault} <= PRESETS.keys()


def test_the_list_has_every_name_and_an_example_of_every_family() -> None:
    rows = listed()
    assert set(NAMED) | {family.pattern for family in FAMILIES} == {row.pattern for row in rows}
    assert len(rows) == len({row.hash for row in rows})
    assert set(CATALOGUE) == {row.magic.error for row in rows if row.magic.error}
    for row in rows:
        collection = magic_collection(row.hash)
        assert magic(row.hash) == row.magic
        assert collection is not None
        # It can be sent, stored and put into the path of a package.
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", collection.hash)


@given(st.text())
def test_no_text_breaks_the_look_up(text: str) -> None:
    collection = magic_collection(PREFIX + text)
    assert collection is None or PREFIX + text == collection.hash
