"""Lists the account's collections page by page: collection.getList.

The API has ranges of indexes and no cursor, so a collection that is made or deleted between two pages moves all
that follow it. Whatever was there all the time is listed once: the count of an answer shows a change, and a page
with a collection that was listed before shows where to go on, because everything in front of that one was listed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flipsnack_client.collection import Collection
from flipsnack_client.exceptions import MalformedAnswer
from flipsnack_client.fields import FieldNames, Fields

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page:
    """A range of the list. `total` is how many there are in all, None if the answer does not tell."""

    collections: tuple[Collection, ...]
    total: int | None

    @classmethod
    def read(cls, fields: Fields, names: FieldNames) -> "Page":
        """Return the page in an answer to collection.getList. Raises MalformedAnswer."""
        listed = fields.objects("collections")
        if listed is None:
            raise fields.malformed("collections", "a list of objects")
        count = fields.number("collectionCount")
        # It is not documented whether the count is that of the page: then it says nothing of the whole.
        total = int(count) if count is not None and count > len(listed) else None
        return cls(tuple(Collection.read(one, names) for one in listed), total)

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
    total: int | None = None
    going_back: bool = False
    seen: set[str] = field(default_factory=set)
    last: list[str] = field(default_factory=list)

    def collections(self) -> Iterator[Collection]:
        while True:
            page = self.fetch(self.position, self.position + self.page_size - 1)
            known = not self.seen.isdisjoint(page.hashes)
            changed = self.position > 0 and page.total != self.total
            self.total = page.total
            if (changed or self.going_back) and not known and self.position > 0:
                self.going_back = True
                self.position = max(0, self.position - self.page_size)
                continue
            self._check(page, changed=changed)
            self.reordered |= known and not changed and not self.going_back
            self.going_back = False
            yield from page.collections
            self.seen.update(page.hashes)
            self.position += len(page.collections)
            if self._ended(page):
                return

    def _check(self, page: Page, *, changed: bool) -> None:
        if page.hashes and page.hashes == self.last and not changed and not self.going_back:
            raise MalformedAnswer("two ranges have the same collections: the API does not keep to from and to")
        self.last = page.hashes

    def _ended(self, page: Page) -> bool:
        if self.total is not None:
            return self.position >= self.total or not page.collections
        return len(page.collections) < self.page_size
