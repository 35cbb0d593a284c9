"""What becomes of a collection: its conversion is followed, it is published; lists and statistics."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.zoo.client.calls import Calls
from contract_tests.zoo.task import ClientError, Runtime, Task

SLOWEST_FIRST = ("failed", "processing", "complete")
HOUR_MS = 3_600_000


class Collections(Calls):
    """Asks for collections, and changes them. A list is asked for in pages of `page_size` collections.

    What is published gets `changes` with it.
    """

    changes: Mapping[str, str] = {}

    conversion_first_ms, conversion_longest_ms = 3_000, 10_000
    page_size, page_ms = 50, 1_100
    keep_ms = HOUR_MS

    def __init__(self, task: Task, runtime: Runtime) -> None:
        super().__init__(task, runtime)
        self.page_size = task.page_size or self.page_size
        self.kept: dict[tuple[tuple[str, str], ...], tuple[int, dict[str, Any]]] = {}

    # --- the conversion

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        """The collection, as soon as its document is converted; raises `ClientError`."""
        pause = self.conversion_first_ms
        while (state := self.conversion_in(found := self.collection(collection_hash))) == "processing":
            self.wait(pause)
            pause = min(pause * 3 // 2, self.conversion_longest_ms)
        if state == "failed":
            raise ClientError("conversion_failed", "the document could not be converted: failed")
        return found

    def collection(self, collection_hash: str) -> dict[str, Any]:
        """One collection; raises `ClientError`."""
        return self.call_method("collection.getCollection", {"collectionHash": collection_hash})

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        """How far a conversion is; of several documents one that failed decides. Raises `ClientError`."""
        states = [item.get("flipbookStatus") for item in collection.get("flipbooks") or ()]
        if not states or not set(states) <= set(SLOWEST_FIRST):
            raise ClientError("protocol", "an answer without a known status of the conversion")
        state = next(state for state in SLOWEST_FIRST if state in states)
        self.runtime.report_status(state)
        return state

    # --- publishing

    def publish(self, collection_hash: str) -> dict[str, Any]:
        """The published collection, asked for by the hash that it has now; raises `ClientError`."""
        changed = self.call_method("collection.update", {"collectionHash": collection_hash, **self.published()})
        shown = self.collection(self.hash_after(collection_hash, changed))
        self.hash_in(shown)
        return shown

    def published(self) -> dict[str, str]:
        """The parameters that publish a collection."""
        return {**self.changes, "collectionStatus": "public"}

    def hash_after(self, _old: str, changed: Mapping[str, Any]) -> str:
        """The hash that a collection has after a change."""
        return self.hash_in(changed)

    def hash_in(self, collection: Any) -> str:
        """The hash of a collection in an answer; raises `ClientError`."""
        if not isinstance(collection, Mapping) or not collection.get("collectionHash"):
            raise ClientError("protocol", "an answer without the hash of a collection")
        return str(collection["collectionHash"])

    # --- lists

    def collections(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """Every collection of the account that fits, each once; raises `ClientError`."""
        found = {one["collectionHash"]: one for page in self.pages(params) for one in page}
        return list(found.values())

    def pages(self, params: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        """The pages of the list, until one is not full; raises `ClientError`."""
        first = 0
        while True:
            page = self.listed({**params, **self.range_from(first)})
            yield page
            if self.is_last(page):
                return
            first = self.next_first(first, page)
            self.wait(self.page_ms)

    def listed(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """One page of the list; raises `ClientError`."""
        page = self.call_method("collection.getList", params).get("collections", "none")
        if page and not isinstance(page, list):
            raise ClientError("protocol", "an answer without a list of collections")
        for one in page or ():
            self.hash_in(one)
        return list(page or ())

    def range_from(self, first: int) -> dict[str, str]:
        """The range of one page, both ends included."""
        return {"from": str(first), "to": str(first + self.page_size - 1)}

    def next_first(self, first: int, _page: list[dict[str, Any]]) -> int:
        """Where the next page begins."""
        return first + self.page_size

    def is_last(self, page: list[dict[str, Any]]) -> bool:
        """Whether nothing comes after a page."""
        return len(page) < self.page_size

    # --- statistics

    def statistics(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The statistics of a collection, which are kept for an hour; raises `ClientError`."""
        name = tuple(sorted(params.items()))
        asked_ms, data = self.kept.get(name, (0, {}))
        if not data or self.runtime.now_ms - asked_ms >= self.keep_ms:
            data = self.call_method("collection.getStats", params)
            self.kept[name] = self.runtime.now_ms, data
        return data
