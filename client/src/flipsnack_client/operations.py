"""The methods of the API around a collection's life, from the upload to its deletion, and the statistics."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date

from flipsnack_client.caller import Caller
from flipsnack_client.clock import Clock
from flipsnack_client.collection import Collection, hash_of
from flipsnack_client.conversion import wait_converted
from flipsnack_client.deadline import Cancel, Limit, deadline_of
from flipsnack_client.document import Document, Source
from flipsnack_client.envelope import Answer
from flipsnack_client.fields import Assumptions, Fields
from flipsnack_client.listing import PAGE_SIZE, Page, listed
from flipsnack_client.method import (
    CREATE,
    DELETE,
    GET_COLLECTION,
    GET_EMBED,
    GET_LIST,
    GET_STATS,
    UPDATE,
    USER_GET_STATS,
    Method,
)
from flipsnack_client.multipart import UploadProgress
from flipsnack_client.poller import PollPolicy
from flipsnack_client.statistics import CollectionStats, UserStats, read_collection_stats, read_user_stats


class Operations:
    """What `Flipsnack` does with collections; `Flipsnack` says what all its methods have in common."""

    clock: Clock
    assumptions: Assumptions
    _caller: Caller

    def create(
        self,
        document: Source,
        *,
        title: str | None = None,
        description: str | None = None,
        width: int | None = None,
        height: int | None = None,
        status: str | None = None,
        more: Mapping[str, str] | None = None,
        file_name: str | None = None,
        on_progress: Callable[[UploadProgress], None] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> Collection:
        """Upload a document and return its new collection; its conversion goes on (see `wait_converted`).

        `document` is a path, a file that is open in binary mode, or text with an http or https URL, from which the
        vendor takes it. `status` is public, editable or unlisted, `width` and `height` are pixels; `more` has
        further parameters by the vendor's names. `file_name` replaces the document's own.

        The upload is repeated only if the API said that it did nothing, or if nothing was sent. Raises CannotRead,
        UploadUncertain if the answer did not come, and for uploads alone the ApiErrors UploadQuotaExceeded,
        FileTooLarge, TooManyPages, MultipleFiles and InvalidFileFormat.
        """
        params = _changes(title, description, width, height, status, more)
        with ExitStack() as stack:
            files = {}
            if isinstance(document, str) and document.startswith(("http://", "https://")):
                params["fileUrl"] = document
            else:
                files["file"] = stack.enter_context(Document.opened(document, name=file_name))
            limit = deadline_of(deadline, cancel, clock=self.clock)
            answer = self._caller.call(CREATE, params, files=files, on_progress=on_progress, deadline=limit)
        return Collection.read(Fields.of(answer), self.assumptions)

    def collection(self, collection: str | Collection, *, deadline: Limit = None, cancel: Cancel = None) -> Collection:
        """Return the collection as it is now."""
        answer = self._call(GET_COLLECTION, _of(collection), deadline, cancel)
        return Collection.read(Fields.of(answer), self.assumptions)

    def wait_converted(
        self,
        collection: str | Collection,
        *,
        policy: PollPolicy | None = None,
        on_poll: Callable[[Collection], None] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> Collection:
        """Poll until the collection's document is converted and return the collection.

        `on_poll` is called with each answer. Raises ConversionFailed, and MalformedAnswer if an answer has no
        conversion status (see `Assumptions`).
        """
        limit = deadline_of(deadline, cancel, clock=self.clock)
        return wait_converted(
            lambda one: self._caller.call(GET_COLLECTION, _of(one), deadline=limit),
            hash_of(collection),
            assumed=self.assumptions,
            policy=policy or PollPolicy(),
            on_poll=on_poll,
            deadline=limit,
        )

    def collections(
        self,
        *,
        query: str | None = None,
        status: str | None = None,
        order_by: str | None = None,
        order_mode: str | None = None,
        page_size: int = PAGE_SIZE,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> Iterator[Collection]:
        """Yield the account's collections, each once, even if others are made or deleted meanwhile.

        `query` is text in title or description; `order_by` ("name") and `order_mode` ("asc") are passed on. Each
        page is fetched when it is needed, within one deadline.
        """
        if page_size < 1:
            raise ValueError(f"page_size is {page_size}, expected at least 1")
        limit = deadline_of(deadline, cancel, clock=self.clock)
        params = _given(query=query, collectionStatus=status, orderBy=order_by, orderMode=order_mode)

        def fetch(first: int, last: int) -> Page:
            base = self.assumptions.first_index
            bounds = {"from": str(base + first), self.assumptions.range_end: str(base + last)}
            answer = self._caller.call(GET_LIST, {**params, **bounds}, deadline=limit)
            return Page.read(Fields.of(answer), self.assumptions)

        return listed(fetch, page_size=page_size)

    def update(
        self,
        collection: str | Collection,
        *,
        title: str | None = None,
        description: str | None = None,
        width: int | None = None,
        height: int | None = None,
        status: str | None = None,
        more: Mapping[str, str] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> Collection:
        """Change what is given, and return the collection, which may have a NEW HASH: use that one from now on.

        Publishing an editable collection (`status` public or unlisted) replaces its temporary hash, and the old
        one is refused (43) from then on. Raises CollectionProcessing while the document is converted.
        """
        params = {**_of(collection), **_changes(title, description, width, height, status, more)}
        limit = deadline_of(deadline, cancel, clock=self.clock)
        answer = self._caller.call(UPDATE, params, deadline=limit)
        if answer.data is None:  # what update returns is not documented
            return self.collection(collection, deadline=limit)
        return Collection.read(Fields.of(answer), self.assumptions)

    def delete(self, collection: str | Collection, *, deadline: Limit = None, cancel: Cancel = None) -> None:
        """Delete the collection. Forbidden (43) after a broken connection may mean that the first try deleted it."""
        self._call(DELETE, _of(collection), deadline, cancel)

    def embed(
        self,
        collection: str | Collection,
        *,
        width: int | None = None,
        height: int | None = None,
        responsive: bool | None = None,
        start_page: int | None = None,
        more: Mapping[str, str] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> str:
        """Return the HTML that embeds the collection's player. `responsive` makes it as large as its place."""
        size = _given(more, width=width, height=height, responsive=responsive, startPage=start_page)
        return Fields.of(self._call(GET_EMBED, {**_of(collection), **size}, deadline, cancel)).required("embedCode")

    def stats(
        self,
        collection: str | Collection,
        start: date | str | None = None,
        end: date | str | None = None,
        *,
        pages: bool = False,
        deadline: Limit = None,
        cancel: Cancel = None,
    ) -> CollectionStats:
        """Return the collection's statistics from the day `start` to the day `end` (dates, or YYYY-MM-DD).

        `pages` asks for those of each page too. The vendor asks callers to keep statistics and not to ask often.
        """
        range_ = _given(startDate=start, endDate=end, includePageStats=pages or None)
        return read_collection_stats(Fields.of(self._call(GET_STATS, {**_of(collection), **range_}, deadline, cancel)))

    def user_stats(self, *, deadline: Limit = None, cancel: Cancel = None) -> UserStats:
        """Return the statistics of all collections, and how many uploads are left in this month."""
        return read_user_stats(Fields.of(self._call(USER_GET_STATS, {}, deadline, cancel)))

    def _call(self, method: Method, params: Mapping[str, str], deadline: Limit, cancel: Cancel) -> Answer:
        return self._caller.call(method, params, deadline=deadline_of(deadline, cancel, clock=self.clock))


def _of(collection: str | Collection) -> dict[str, str]:
    return {"collectionHash": hash_of(collection)}


def _changes(
    title: str | None,
    description: str | None,
    width: int | None,
    height: int | None,
    status: str | None,
    more: Mapping[str, str] | None,
) -> dict[str, str]:
    size = {"collectionWidth": width, "collectionHeight": height}
    return _given(more, title=title, description=description, collectionStatus=status, **size)


def _given(more: Mapping[str, str] | None = None, /, **params: object) -> dict[str, str]:
    """Return the parameters that are not None as the API takes them, and `more`."""
    given = {name: value for name, value in params.items() if value is not None}
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    return {**texts, **(more or {})}
