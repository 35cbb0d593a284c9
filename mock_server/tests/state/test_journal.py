import gc
from collections import Counter
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import make_door, signed

from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.state.journal import KEPT_BYTES, NOBODY, PLACE_BYTES, Entry, Journal, Retention

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


REQUESTS = st.lists(st.tuples(st.sampled_from((0, 1)), st.sampled_from(KEYS), st.booleans()), max_size=40)


@given(st.integers(0, 8), REQUESTS, st.booleans())
def test_all_journals_together_keep_the_latest_that_have_places(
    most: int, requests: list[tuple[int, str, bool]], forgets: bool
) -> None:
    retention = Retention(most)
    journals = [Journal(3, retention), Journal(3, retention)]
    expected: list[tuple[int, str, Entry]] = []
    for index, key, is_long in requests:
        made = entry(journals[index], key, body=b"b" * PLACE_BYTES * is_long)
        journals[index].append(made)
        own = [one for one in expected if one[:2] == (index, key)]
        expected = [one for one in expected if len(own) < 3 or one is not own[0]] + [(index, key, made)]
        while sum(one.places for *_, one in expected) > most:
            del expected[0]
        if forgets and len(expected) == most:
            journals[index].forget(key)
            expected = [one for one in expected if one[:2] != (index, key)]
    for index, journal in enumerate(journals):
        assert [one for at, _, one in expected if at == index] == list(journal.entries())
        assert journal.count == len(list(journal.entries()))
    dropped = sum(journal.dropped() for journal in journals)
    assert forgets or len(requests) - len(expected) == dropped


def test_of_headers_and_answers_the_beginning_is_kept() -> None:
    journal, long = Journal(5), "x" * 1_000_000
    request = Request("GET", f"/v1/{long}", b"", 0, "o", content_type=long, range=long, conditions={"if-match": long})
    response = Response(200, "text/plain", long.encode())
    journal.append(Entry(journal.next_number(), request, 0, "one", {}, response=response))
    kept = next(journal.entries())
    assert kept.response is not None
    assert (KEPT_BYTES, 1_000_000) == (len(kept.response.body), kept.response.sent_bytes)  # type: ignore[arg-type]  # bytes here
    assert [2_000] * 2 == [len(kept.request.path), len(kept.request.conditions["if-match"])]


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
