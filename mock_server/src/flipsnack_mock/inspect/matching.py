"""Which entries of the journal are meant: a matcher as data, and in what an entry differs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from flipsnack_mock.inspect.provenance import signature_verdict
from flipsnack_mock.inspect.records import action_of, collection_hash, job_status, kind_of

if TYPE_CHECKING:
    from flipsnack_mock.state.journal import Entry

__all__ = ["Difference", "Matcher", "Miss", "nearest"]

EntryId = Annotated[str, Meta(pattern=r"^r\d{1,18}$")]


class Matcher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What an entry must be; what is left out does not matter.

    `kind` is api or package, `action` a method or package, `status` what the answer says of the job, `failed` the check
    that refused it, `signature` right, wrong or unjudged, `fault` the id or kind of a fault or `*` for any. `since`
    leaves out the entry with that id and all before it.
    """

    key: str | None = None
    kind: str | None = None
    method: str | None = None
    path: str | None = None
    action: str | None = None
    hash: str | None = None
    format: str | None = None
    params: dict[str, str] = {}
    code: int | None = None
    http_status: int | None = None
    status: str | None = None
    failed: str | None = None
    signature: str | None = None
    fault: str | None = None
    since: EntryId | None = None

    def matches(self, entry: Entry) -> bool:
        """Whether `entry` is meant."""
        return self._is_later(entry) and not any(True for _ in self._differences(entry))

    def differences(self, entry: Entry) -> list[Difference]:
        """In what `entry` is not what is meant."""
        return list(self._differences(entry))

    @property
    def conditions(self) -> int:
        """How many things must be right."""
        return sum(getattr(self, name) is not None for name in _GETTERS) + len(self.params)

    def _is_later(self, entry: Entry) -> bool:
        return self.since is None or entry.number > int(self.since[1:])

    def _differences(self, entry: Entry) -> Iterable[Difference]:
        for name, getter in _GETTERS.items():
            expected = getattr(self, name)
            if expected is not None and not _fits(expected, got := getter(entry), name):
                yield Difference(name, expected, got)
        for name, wanted in self.params.items():
            if entry.params.get(name) != wanted:
                yield Difference(f"params.{name}", wanted, entry.params.get(name))


class Difference(msgspec.Struct, frozen=True):
    """One thing that an entry has otherwise than was meant."""

    field: str
    expected: str | int
    got: str | int | None

    @property
    def likeness(self) -> float:
        """How near the two are: 0 nothing in common, just below 1 almost the same."""
        return SequenceMatcher(None, str(self.expected)[:100], str(self.got)[:100]).ratio()

    def __str__(self) -> str:
        return f"{self.field} is {self.got!r}, expected {self.expected!r}"


class Miss(msgspec.Struct, frozen=True):
    """An entry that is nearly what was meant, and in what it differs."""

    entry: Entry
    differs: list[Difference]


_GETTERS: dict[str, Callable[[Entry], Any]] = {
    "key": lambda entry: entry.key or entry.params.get("apiKey", ""),
    "kind": kind_of,
    "method": lambda entry: entry.request.method,
    "path": lambda entry: entry.request.path,
    "action": action_of,
    "hash": collection_hash,
    "format": lambda entry: entry.fmt,
    "code": lambda entry: entry.code,
    "http_status": lambda entry: entry.response.http_status if entry.response else None,
    "status": job_status,
    "failed": lambda entry: entry.failed,
    "signature": signature_verdict,
    "fault": lambda entry: entry.fault,
}


def nearest(matcher: Matcher, entries: Iterable[Entry], *, most: int = 3) -> list[Miss]:
    """Those of `entries` that differ least from `matcher` but do differ, the best first, later ones before earlier.

    An entry that has nothing of what was meant is no near miss, nor is one of another key if that key has any.
    """
    candidates = list(entries)
    own = [entry for entry in candidates if _GETTERS["key"](entry) == matcher.key]
    misses = [Miss(entry, matcher.differences(entry)) for entry in own or candidates]
    near = [miss for miss in misses if 0 < len(miss.differs) < max(2, matcher.conditions)]
    near.sort(key=lambda miss: (len(miss.differs), -sum(one.likeness for one in miss.differs), -miss.entry.number))
    return near[:most]


def _fits(expected: Any, got: Any, name: str) -> bool:
    if name == "fault" and got:
        return expected == "*" or expected in (got, *got.split(":"))
    return bool(expected == got)
