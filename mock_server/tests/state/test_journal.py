import gc
from collections import Counter
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import make_door, signed

from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.state.journal import KEPT_BYTES, NOBODY, Entry, Journal

KEYS = ("one", "two", NOBODY)


def entry(journal: Journal, key: str = "one", query: bytes = b"", body: bytes = b"") -> Entry:
    request = Request("GET", "/v1/", query, 0, "http://fake.test", body=body)
    return Entry(journal.next_number(), request, 0, key, {"action": "a" * 1000} | {str(n): "" for n in range(100)})


@given(st.integers(0, 5), st.lists(st.sampled_from(KEYS), max_size=40))
def test_each_key_keeps_its_latest_entries_counts_the_rest_and_listeners_hear_all(size: int, keys: list[str]) -> None:
    journal = Journal(size)
    made: list[Entry] = []
    journal.listeners.append(made.append)
    for key in keys:
        journal.append(entry(journal, key))
    assert keys == [one.key for one in made]
    for key in KEYS:
        own = [one for one in made if one.key == key]
        assert own[len(own) - min(size, len(own)) :] == list(journal.entries(key))
        assert max(0, len(own) - size) == journal.dropped(key)
    assert sum(max(0, count - size) for count in Counter(keys).values()) == journal.dropped()
    numbers = [one.number for one in journal.entries()]
    assert sorted(numbers) == numbers
    assert set(numbers) == {one.number for one in made if journal.find(one.id) is one}


@pytest.mark.parametrize("name", ["r2", "", "r", "rr1", "r-1", "r1.0", "r" + "9" * 5000, "r²", "x1"])
def test_an_id_that_nobody_has_finds_nothing(name: str) -> None:
    journal = Journal(5)
    journal.append(entry(journal))
    assert None is journal.find(name)


def test_a_long_request_is_cut() -> None:
    journal = Journal(5)
    journal.append(entry(journal, query=b"q" * (KEPT_BYTES + 1), body=b"b" * 1_000_000))
    journal.append(entry(journal, query=b"q" * KEPT_BYTES))
    long, short = journal.entries()
    assert (True, KEPT_BYTES, KEPT_BYTES) == (long.cut, len(long.request.query), len(long.request.body))
    assert (64, 256) == (len(long.params), len(long.action))
    assert (False, KEPT_BYTES, 101) == (short.cut, len(short.request.query), len(short.params))


def test_forgetting_a_key_leaves_the_others() -> None:
    journal = Journal(5)
    for key in KEYS:
        journal.append(entry(journal, key))
    journal.forget("one")
    journal.forget("unknown")
    assert ["r2", "r3"] == [one.id for one in journal.entries()]
    journal.clear()
    assert (4, []) == (journal.next_number(), list(journal.entries()))


@pytest.mark.parametrize("collection_hash", ["mock-complete", "mock-processing", "mock-error-43"])
def test_what_the_journal_forgets_is_freed_at_once(collection_hash: str) -> None:
    """Nothing of an exchange points back at itself: memory stays flat without waiting for the garbage collector."""
    door = make_door(journal_size=1)
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            door.send(urlencode(signed(collectionHash=collection_hash)))
        assert 0 == gc.collect()
    finally:
        gc.enable()
