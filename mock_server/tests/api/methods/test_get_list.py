from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, SECRET, Door, make_door, signed

from flipsnack_mock.state.seeds import SeedAccount, SeedCollection

LIST = "collection.getList"
COLLECTIONS = (
    SeedCollection(hash="first", title="Spring catalogue", description="All that is new"),
    SeedCollection(hash="second", title="autumn", status="unlisted"),
    SeedCollection(hash="third", title="Brochure", description="of SPRING", status="editable"),
    SeedCollection(hash="fourth", title="A map", status="unlisted"),
)
NEWEST_FIRST = ["fourth", "third", "second", "first"]


def listing(**settings: Any) -> Door:
    return make_door(seed=(SeedAccount(KEY, SECRET, COLLECTIONS),), **settings)


def listed(door: Door, **params: str) -> tuple[int, list[str]]:
    """The count, and the hashes in their order."""
    answer = door.call(signed(action=LIST, collectionHash=None, **params))
    assert 20 == answer["code"], door.entry.detail
    return answer["data"]["collectionCount"], [one["collectionHash"] for one in answer["data"]["collections"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, NEWEST_FIRST),
        ({"query": ""}, NEWEST_FIRST),
        ({"query": "spring"}, ["third", "first"]),
        ({"query": "CATALOGUE"}, ["first"]),
        ({"query": "winter"}, []),
        ({"collectionStatus": "unlisted"}, ["fourth", "second"]),
        ({"collectionStatus": "public", "query": "a"}, ["first"]),
        ({"orderBy": "name"}, ["fourth", "second", "third", "first"]),
        ({"orderBy": "name", "orderMode": "desc"}, ["first", "third", "second", "fourth"]),
        ({"orderBy": "date"}, NEWEST_FIRST[::-1]),
        ({"orderMode": "asc"}, NEWEST_FIRST[::-1]),
        ({"orderMode": "desc"}, NEWEST_FIRST),
    ],
    ids=str,
)
def test_a_list_has_what_matches_in_the_order_that_was_asked_for(params: dict[str, str], expected: list[str]) -> None:
    assert (len(expected), expected) == listed(listing(), **params)


INDEX = st.none() | st.integers(0, 6)


@given(first=INDEX, last=INDEX, base=st.sampled_from([0, 1]), count=st.sampled_from(["matches", "listed"]))
def test_a_range_is_a_part_of_the_list_with_both_its_ends(
    first: int | None, last: int | None, base: int, count: str
) -> None:
    door = listing(list_base=base, list_count=count)
    params = {name: str(index) for name, index in (("from", first), ("to", last)) if index is not None}
    begin = base if first is None else first
    if begin < base or (last is not None and last < begin):
        assert 40 == door.call(signed(action=LIST, collectionHash=None, **params))["code"]
        return
    expected = [one for index, one in enumerate(NEWEST_FIRST, base) if begin <= index <= (6 if last is None else last)]
    assert (4 if count == "matches" else len(expected), expected) == listed(door, **params)


@pytest.mark.parametrize(
    "params",
    [{"from": "-1"}, {"to": "x"}, {"from": ""}, {"orderBy": "size"}, {"orderMode": ""}, {"collectionStatus": "new"}],
    ids=str,
)
def test_a_value_that_is_none_of_the_allowed_ones_is_code_40(door: Door, params: dict[str, str]) -> None:
    assert 40 == door.call(signed(action=LIST, collectionHash=None, **params))["code"]
    assert ("parameters", "parameter.value") == (door.entry.failed, door.entry.rule)


def test_deleted_and_magic_collections_are_not_listed(door: Door) -> None:
    assert (0, []) == listed(door)
    door.call(collectionHash="mock-complete")
    assert (0, []) == listed(door)


def test_an_entry_has_the_fields_of_the_table() -> None:
    answer = listing().call(signed(action=LIST, collectionHash=None, query="catalogue"))
    entry = {
        "collectionHash": "first",
        "collectionTitle": "Spring catalogue",
        "collectionDescription": "All that is new",
        "collectionStatus": "public",
    }
    assert {"collectionCount": 1, "collections": [entry]} == answer["data"]


def test_invented_names_are_renamed_or_dropped_by_a_setting() -> None:
    renamed, dropped = listing(invented_names={"to": "last"}), listing(invented_names={"to": ""})
    assert (4, NEWEST_FIRST[:2]) == listed(renamed, last="1")
    # The name that the setting replaces is that of an unknown parameter, which changes nothing.
    assert (4, NEWEST_FIRST) == listed(renamed, to="x") == listed(dropped, to="1")
