from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import make_door

from flipsnack_mock.inspect.matching import Matcher
from flipsnack_mock.inspect.verification import Expectation, verify
from flipsnack_mock.state.journal import Entry


def polled(hashes: list[str]) -> list[Entry]:
    """A journal with a call for each of these collections."""
    door = make_door()
    for one in hashes:
        door.call(collectionHash=one)
    return list(door.world.journal.entries())


HASHES = ("mock-processing", "mock-complete", "mock-failed")


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(HASHES), max_size=6),
    st.integers(0, 4),
    st.sampled_from(["exactly", "at_least", "at_most"]),
)
def test_a_count_is_what_it_says(hashes: list[str], count: int, how: str) -> None:
    fields: dict[str, Any] = {how: count}
    finding = verify(Expectation(match=Matcher(hash=HASHES[0]), **fields), polled(hashes))
    found = hashes.count(HASHES[0])
    assert {"exactly": found == count, "at_least": found >= count, "at_most": found <= count}[how] == finding.ok
    assert [f"r{number}" for number, one in enumerate(hashes, 1) if one == HASHES[0]] == [
        one.id for one in finding.found
    ]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(HASHES), max_size=6))
def test_windows_begin_and_end_at_the_first(hashes: list[str]) -> None:
    """`after` counts what is later than the first match, `before` what is earlier; without a match none, and all."""
    entries = polled(hashes)
    complete, processing = Matcher(status="COMPLETE"), Matcher(hash=HASHES[0])
    first = hashes.index(HASHES[1]) if HASHES[1] in hashes else None
    after = hashes[first + 1 :] if first is not None else []
    before = hashes if first is None else hashes[:first]
    assert after.count(HASHES[0]) == len(verify(Expectation(match=processing, after=complete), entries).found)
    assert before.count(HASHES[0]) == len(verify(Expectation(match=processing, before=complete), entries).found)


def test_too_few_come_with_the_nearest_misses() -> None:
    """Where too little was found, what was nearly meant is shown; where too much was found, nothing is."""
    entries = polled(["mock-complete"])
    assert ["r1"] == [
        miss.entry.id for miss in verify(Expectation(match=Matcher(hash="mock-complet")), entries).nearest()
    ]
    assert [] == verify(Expectation(match=Matcher(), exactly=0), entries).nearest()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "at least 1"),
        ({"exactly": 2}, "exactly 2"),
        ({"at_most": 3}, "at most 3"),
        ({"at_least": 2, "at_most": 3}, "at least 2 and at most 3"),
    ],
)
def test_an_expectation_is_told_in_words(fields: dict[str, Any], words: str) -> None:
    assert words == str(Expectation(**fields))
