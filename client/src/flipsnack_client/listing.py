"""Lists the account's collections page by page: collection.getList.

The API has ranges of indexes and no cursor, so a collection that is made or deleted between two pages moves all
that follow it. Whatever was there all the time is listed once: the count of an answer shows a change, and a page
with a collection that was listed before shows where to go on, because everything in front of that one was listed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flipsnack_client.collection import Collection
from flipsnack_client.exceptions import MalformedAnswer
from flipsnack_client.fields import Assumptions, Fields

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """A range of the list, and the count in its answer, None if there is none."""

    collections: tuple[Collection, ...]
    count: int | None

    @classmethod
    def read(cls, fields: Fields, assumed: Assumptions) -> "Page":
        """Return the page in an answer to collection.getList. Raises MalformedAnswer."""
        found = fields.objects("collections")
        if found is None:
            raise fields.malformed("collections", "a list of objects")
        count = fields.number("collectionCount")
        return cls(tuple(Collection.read(one, assumed) for one in found), None if count is None else int(count))

    @property
    def counts_all(self) -> bool:
        """Whether the count is sure to be that of the whole list; the vendor does not say what it counts."""
        return self.count is not None and self.count > len(self.collections)

    @property
    def hashes(self) -> list[str]:
        """The hashes in their order."""
        return [one.hash for one in self.collections]


Fetch = Callable[[int, int], Page]
"""Returns the page from the first to the last index, both inclusive, from 0."""


def listed(fetch: Fetch, *, page_size: int = PAGE_SIZE) -> Iterator[Collection]:
    """Yield each collection once, as its page was fetched."""
    given: set[str] = set()
    while True:
        walk = _Walk(fetch, page_size)
        before = len(given)
        for collection in walk.collections():
            if collection.hash not in given:
                given.add(collection.hash)
                yield collection
        # A collection that changed its place may have been missed, until a whole walk brings nothing more.
        if not walk.reordered or len(given) == before:
            return


@dataclass(slots=True)
class _Walk:
    # One way from the first index to the end. `going_back` is until a page has something that was seen.

    fetch: Fetch
    page_size: int
    reordered: bool = False
    position: int = 0
    going_back: bool = False
    seen: set[str] = field(default_factory=set)
    last: Page | None = None

    def collections(self) -> Iterator[Collection]:
        while True:
            page = self.fetch(self.position, self.position + self.page_size - 1)
            if self._missed_some(page):
                self.position = max(0, self.position - self.page_size)
                continue
            yield from page.collections
            self.seen.update(page.hashes)
            self.position += len(page.collections)
            if self._ended(page):
                return

    def _missed_some(self, page: Page) -> bool:
        """Return whether collections in front of this page may not have been seen."""
        known = not self.seen.isdisjoint(page.hashes)
        doubtful = self.going_back or self._changed(page)
        if not doubtful and self.last is not None and page.hashes and page.hashes == self.last.hashes:
            raise MalformedAnswer("two ranges have the same collections: the API does not keep to from and to")
        self.reordered |= known and not doubtful
        self.last = page
        self.going_back = doubtful and not known and self.position > 0
        return self.going_back

    def _changed(self, page: Page) -> bool:
        if self.last is None or self.last.count == page.count:
            return False
        return self.last.counts_all or page.counts_all

    def _ended(self, page: Page) -> bool:
        if page.count is not None and page.counts_all:
            return self.position >= page.count or not page.collections
        return len(page.collections) < self.page_size
