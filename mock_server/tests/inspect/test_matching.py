from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import DOCUMENT, DOWNLOAD, KEY, make_door

from flipsnack_mock.inspect.matching import Matcher, nearest
from flipsnack_mock.state.journal import Entry


def played() -> list[Entry]:
    door = make_door()
    door.call(collectionHash="mock-processing")
    url = door.call(collectionHash="mock-complete")["data"]["resourceUrl"]
    door.fetch(url)
    door.call(collectionHash="nope", format="json", title="a")
    door.call(apiKey="nobody")
    door.upload(DOCUMENT)
    return list(door.world.journal.entries())


ENTRIES = played()
FIELDS: list[dict[str, Any]] = [
    {"key": KEY},
    {"key": "nobody"},
    {"kind": "package"},
    {"action": DOWNLOAD},
    {"action": "package"},
    {"hash": "mock-complete"},
    {"code": 43},
    {"status": "COMPLETE"},
    {"failed": "key"},
    {"http_status": 200},
    {"signature": "unjudged", "kind": "api"},
    {"params": {"title": "a"}},
    {"fault": ""},
    {"method": "GET", "path": "/v1/"},
    {"format": "zip"},
    {"since": "r3"},
    {"file_name": DOCUMENT.file_name},
    {"file_size": 1_000, "file_digest": DOCUMENT.digest},
    {"file_size": 999},
]
COUNTS = [5, 1, 1, 4, 1, 3, 1, 1, 1, 6, 1, 1, 6, 4, 1, 3, 1, 1, 0]


@pytest.mark.parametrize(("fields", "count"), list(zip(FIELDS, COUNTS, strict=True)))
def test_each_field_says_which_entries_are_meant(fields: dict[str, Any], count: int) -> None:
    assert count == sum(Matcher(**fields).matches(entry) for entry in ENTRIES)


@given(st.lists(st.sampled_from(FIELDS), max_size=4))
def test_more_conditions_never_mean_more_entries(parts: list[dict[str, Any]]) -> None:
    """A matcher of several fields means what each of them means; an entry without differences is meant."""
    fields: dict[str, Any] = {}
    for part in parts:
        fields |= part
    matcher = Matcher(**fields)
    for entry in ENTRIES:
        alone = all(Matcher(**{name: value}).matches(entry) for name, value in fields.items())
        assert alone == matcher.matches(entry)
        if matcher.matches(entry):
            assert [] == list(matcher.differences(entry))


def test_the_nearest_miss_comes_first_and_says_why() -> None:
    misses = nearest(Matcher(hash="mock-complet", code=20), ENTRIES)
    assert ["r2", "r1"] == [miss.entry.id for miss in misses][:2]
    assert ["hash is 'mock-complete', expected 'mock-complet'"] == [str(one) for one in misses[0].differs]
    # What others sent is no near miss of a key that has sent something itself.
    assert {KEY} == {miss.entry.key for miss in nearest(Matcher(key=KEY, code=41), ENTRIES)}
    assert ["r5"] == [miss.entry.id for miss in nearest(Matcher(key="nobodi", code=41), ENTRIES)][:1]


def test_what_is_meant_is_no_near_miss() -> None:
    assert [] == nearest(Matcher(), ENTRIES)
    assert all(miss.differs for miss in nearest(Matcher(hash="mock-complete"), ENTRIES))
    assert [] == nearest(Matcher(hash="x", code=99, method="PUT", format="csv"), ENTRIES[:1])


@pytest.mark.parametrize(
    ("fault", "matches"), [("*", True), ("f1", True), ("delay", True), ("f1:delay", True), ("f2", False)]
)
def test_a_fault_is_named_by_its_id_or_its_kind(fault: str, matches: bool) -> None:
    entry = played()[0]
    assert not Matcher(fault=fault).matches(entry)
    entry.fault = "f1:delay"
    assert matches == Matcher(fault=fault).matches(entry)
