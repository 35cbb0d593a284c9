"""The collections of a key as the rules have them, and what each method answers about them, written naively.

No code of the fake or the client is used. All times are whole microseconds.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.ledger import OK
from flipsnack_contract.contract.oracle import FORBIDDEN, STILL_PROCESSING, JobModel

Day = Mapping[str, Any]
Parameters = Mapping[str, str]
TOTALS = ("impressions", "views", "time_spent", "downloads")
OF_A_PAGE = ("time_spent", "clicks", "views")
BUSY = ("collection.update", "collection.downloadHTML")
# How other letters and marks are sorted is open, and so is the order of two titles that are alike.
_PLAIN = re.compile("[a-z0-9]")
# XML 1.0, section 2.2.
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class CollectionModel:
    """One uploaded collection with its two jobs; `days` are its statistics. `pages` None: how many is open."""

    hash: str
    title: str
    description: str = ""
    status: str = "public"
    width: int = 650
    height: int = 385
    pages: int | None = 1
    conversion: JobModel = field(default_factory=lambda: JobModel("never"))
    package: JobModel = field(default_factory=lambda: JobModel("immediate"))
    days: tuple[Day, ...] = ()
    is_deleted: bool = False

    def listed(self) -> dict[str, Any]:
        """The collection as an element of a list."""
        return {
            "collectionHash": self.hash,
            "collectionTitle": self.title,
            "collectionDescription": self.description,
            "collectionStatus": self.status,
        }

    def described(self) -> dict[str, Any]:
        """The collection as create, getCollection and update answer with it."""
        return {**self.listed(), "collectionWidth": self.width, "collectionHeight": self.height}

    def change(self, given: Parameters) -> None:
        """Set what update was given; the hash is set when the answer is known."""
        # What XML cannot hold is replaced in every format.
        self.title = _ILLEGAL.sub("\ufffd", given.get("title", self.title))
        self.description = _ILLEGAL.sub("\ufffd", given.get("description", self.description))
        self.status = given.get("collectionStatus", self.status)
        self.width = int(given.get("collectionWidth", self.width))
        self.height = int(given.get("collectionHeight", self.height))

    def frame(self, asked: Parameters) -> dict[str, Any]:
        """Width, height and first page of the iframe; no page when it is the first."""
        responsive = is_true(asked.get("responsive", ""))
        page = int(asked.get("startPage", "1"))
        return {
            "width": "100%" if responsive else asked.get("width", str(self.width)),
            "height": "100%" if responsive else asked.get("height", str(self.height)),
            "page": [str(page)] if page > 1 else [],
        }

    def statistics(self, asked: Parameters) -> dict[str, Any]:
        """The sums of the days that were asked for; those of each page with includePageStats, where they are known."""
        first, last = asked.get("startDate", ""), asked.get("endDate", "9999-12-31")
        days = [day for day in self.days if first <= str(day["date"]) <= last]
        wants_pages = is_true(asked.get("includePageStats", ""))
        return {**sums(days), **({"pages": self._by_page(days)} if wants_pages and self.pages else {})}

    def _by_page(self, days: Iterable[Day]) -> list[dict[str, int]]:
        entries = [entry for day in days for entry in day.get("pages", ())]
        numbers = range(1, (self.pages or 0) + 1)
        return [_of_page(number, [one for one in entries if one["page"] == number]) for number in numbers]


def _of_page(number: int, entries: list[Mapping[str, int]]) -> dict[str, int]:
    return {"page": number, **{name: sum(one.get(name, 0) for one in entries) for name in OF_A_PAGE}}


def sums(days: Iterable[Day]) -> dict[str, int]:
    """What happened on these days, all together."""
    known = list(days)
    return {name: sum(day.get(name, 0) for day in known) for name in TOTALS}


def is_true(text: str) -> bool:
    """Whether a boolean is true, in any letter case."""
    return text.lower() in ("true", "1")


@dataclass
class LibraryModel:
    """The collections of one key, oldest first and deleted ones included; the uploads by their instants.

    `gone` are hashes that a collection had before it was published.
    """

    per_month: int
    now: int = 0
    collections: list[CollectionModel] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def uploads_left(self) -> int:
        """The uploads that the calendar month (UTC) still has."""
        used = sum(1 for instant in self.uploads if month(instant) == month(self.now))
        return max(0, self.per_month - used)

    @property
    def hashes(self) -> set[str]:
        """Every hash that the account ever had."""
        return {*self.gone} | {one.hash for one in self.collections}

    def live(self) -> list[CollectionModel]:
        """The collections that are not deleted, oldest first."""
        return [one for one in self.collections if not one.is_deleted]

    def find(self, collection_hash: str) -> CollectionModel | None:
        return next((one for one in self.live() if one.hash == collection_hash), None)

    def code_at(self, action: str, collection_hash: str, now: int) -> int:
        """The code of a right call of that method for that collection at that instant."""
        self.now = now
        return self.code_of(action, collection_hash)

    def code_of(self, action: str, collection_hash: str) -> int:
        """The code of a right call of that method for that collection."""
        found = self.find(collection_hash)
        if found is None:
            return FORBIDDEN
        busy = found.conversion.look(self.now) == "PROCESSING" and action in BUSY
        return STILL_PROCESSING if busy else OK

    def rule_of_code(self, code: int, collection_hash: str) -> str | None:
        """The rule that asks for that code of a right call, if one does so for what happened to the collection."""
        if code == STILL_PROCESSING:
            return "code.38"
        if code != FORBIDDEN:
            found = self.find(collection_hash)
            is_busy = found is not None and found.conversion.look(self.now) == "PROCESSING"
            return "conversion.others-answer" if is_busy else None
        if collection_hash in self.gone:
            return "update.temporary-hash-dies"
        return "delete.gone" if any(one.hash == collection_hash for one in self.collections) else "code.43"

    def package_state(self, found: CollectionModel) -> str:
        """The state of a package after one more call; a document that was not converted has none: FAILED."""
        state = found.package.call(self.now)
        return "FAILED" if found.conversion.look(self.now) == "FAILED" else state

    def of_user(self) -> dict[str, int]:
        """What user.getStats answers: deleted collections count."""
        every = sums(day for one in self.collections for day in one.days)
        return {**every, "api_uploads_left": self.uploads_left}

    def chosen(self, asked: Parameters) -> list[CollectionModel]:
        """The collections with the status and the text that were asked for, oldest first."""
        status, text = asked.get("collectionStatus"), asked.get("query", "").casefold()
        kept = (one for one in self.live() if status in (None, one.status))
        return [one for one in kept if text in one.title.casefold() or text in one.description.casefold()]

    def listing(self, asked: Parameters) -> dict[str, Any]:
        """What getList answers; without `collections` where their order is open."""
        found = self.chosen(asked)
        first, last = int(asked.get("from", "0")), int(asked.get("to", str(len(found))))
        ordered = _ordered(found, asked.get("orderBy", ""), asked.get("orderMode", ""))
        entries = {} if ordered is None else {"collections": [one.listed() for one in ordered[first : last + 1]]}
        return {"collectionCount": len(found), **entries}


def _ordered(found: list[CollectionModel], by: str, mode: str) -> list[CollectionModel] | None:
    """The collections, given oldest first, in the order that was asked for; None where that is open."""
    if by == "name":
        found = sorted(found, key=lambda one: one.title.lower())
        if not all(_is_before(one.title.lower(), two.title.lower()) for one, two in pairwise(found)):
            return None
    is_backwards = mode == "desc" or not (by or mode)
    return found[::-1] if is_backwards else found


def _is_before(first: str, second: str) -> bool:
    """Whether one text comes first wherever letters beyond ASCII and marks are sorted."""
    differ = next((pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]), None)
    return differ is not None and all(map(_PLAIN.fullmatch, differ))


def month(now: int) -> tuple[int, int]:
    """Year and month (UTC) of an instant in microseconds since 1970."""
    moment = datetime.fromtimestamp(now / SECOND, UTC)
    return moment.year, moment.month
