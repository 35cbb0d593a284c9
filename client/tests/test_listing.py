"""Paging: each collection once, ranges without gap, whatever happens to the list meanwhile."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client import Collection, MalformedAnswer
from flipsnack_client.listing import Page, listed

# How the API may count: all that match, those of the page, or not at all; the vendor does not say.
COUNTS: dict[str, Callable[[int, int], int | None]] = {
    "all": lambda _page, everything: everything,
    "page": lambda page, _everything: page,
    "nothing": lambda _page, _everything: None,
}


class Account:
    """A list that changes by itself before the pages that the test names."""

    def __init__(self, hashes: list[str], count: str = "all", first: int = 0) -> None:
        self.hashes = hashes
        self.ranges: list[tuple[int, int]] = []
        self.changes: dict[int, Callable[[], object]] = {}
        self._count = COUNTS[count]
        self._first = first

    def fetch(self, first: int, last: int) -> Page:
        """Return a range of the list as it is now."""
        assert len(self.ranges) < 300
        self.changes.pop(len(self.ranges), lambda: None)()
        self.ranges.append((first, last))
        found = self.hashes[max(0, first - self._first) : last + 1 - self._first]
        return Page(tuple(map(Collection, found)), self._count(len(found), len(self.hashes)))

    def listed(self, page_size: int) -> list[str]:
        """What the client lists."""
        return [one.hash for one in listed(self.fetch, page_size=page_size)]


def names(count: int, prefix: str = "c") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


@given(st.integers(0, 40), st.integers(1, 12), st.sampled_from(sorted(COUNTS)))
def test_a_list_that_stays_is_asked_for_in_ranges_without_gap_or_overlap(size: int, page: int, count: str) -> None:
    account = Account(names(size), count)
    assert names(size) == account.listed(page)
    assert [(number * page, number * page + page - 1) for number in range(len(account.ranges))] == account.ranges
    assert len(account.ranges) <= size // page + 1


CHANGES = st.lists(st.tuples(st.booleans(), st.integers(0, 60), st.integers(1, 5)), min_size=1, max_size=3)


@given(st.integers(1, 40), st.integers(1, 12), st.dictionaries(st.integers(1, 8), CHANGES, max_size=3))
def test_what_was_there_all_the_time_is_listed_once(
    size: int, page: int, changes: dict[int, list[tuple[bool, int, int]]]
) -> None:
    account = Account(names(size))

    def change(number: int) -> None:
        """Make or delete several in one place, so that the count tells that something happened."""
        total = len(account.hashes)
        for step, (makes, place, times) in enumerate(changes[number]):
            if makes:
                account.hashes[place:place] = names(times, f"new{number}.{step}.")
            else:
                del account.hashes[place : place + times]
        if len(account.hashes) == total:
            account.hashes.append(f"new{number}")

    account.changes = {number: lambda number=number: change(number) for number in changes}  # type: ignore[misc]
    found = account.listed(page)
    assert len(found) == len(set(found))
    assert set(names(size)) & set(account.hashes) <= set(found)


def test_a_collection_that_changes_its_place_is_not_missed() -> None:
    """One from the end moves to the front: its page is passed already, and the count stays the same."""
    account = Account(names(9))
    account.changes[1] = lambda: account.hashes.insert(0, account.hashes.pop())
    assert set(names(9)) == set(account.listed(3))


def test_an_api_that_counts_from_one_loses_nothing() -> None:
    """The base of the range is not documented; what comes twice is given once."""
    assert names(25) == Account(names(25), first=1).listed(10)


def test_an_api_that_does_not_keep_to_the_range_is_an_error() -> None:
    """The same page again and again would never end."""
    with pytest.raises(MalformedAnswer, match="does not keep to from and to"):
        list(listed(lambda _first, _last: Page(tuple(map(Collection, names(10))), 30), page_size=10))
