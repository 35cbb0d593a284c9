"""Matchers of journal entries, as data, and the differences between an entry and a matcher."""

from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from flipsnack_mock.inspect.provenance import signature_verdict
from flipsnack_mock.inspect.records import EntryId, action_of, collection_hash, job_status, kind_of
from flipsnack_mock.protocol.instants import Counted
from flipsnack_mock.state.journal import Entry

_COMPARED, _SHOWN = 50, 3


class Difference(msgspec.Struct, frozen=True):
    """A field of an entry that does not have the expected value."""

    field: str
    expected: str | int
    got: str | int | None

    @property
    def likeness(self) -> float:
        """Similarity of the two values: 0 for nothing in common, just below 1 for almost equal."""
        return SequenceMatcher(None, str(self.expected)[:100], str(self.got)[:100]).ratio()

    def __str__(self) -> str:
        return f"{self.field} is {self.got!r}, expected {self.expected!r}"


class Matcher(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Conditions on an entry; a field that is left out matches anything.

    `kind` is api or package, `action` a method or package, `status` the state in the answer (of a package in upper
    case, of a conversion in lower case), `failed` the check
    that refused the request, `signature` right, wrong or unjudged, `fault` the id or kind of a fault, or `*` for any.
    `file_name`, `file_size` and `file_digest` (SHA-256 in hexadecimal) are those of the first file that was uploaded.
    `since` excludes the entry with that id and all earlier ones.
    """

    key: str | None = None
    kind: str | None = None
    method: str | None = None
    path: str | None = None
    action: str | None = None
    hash: str | None = None
    format: str | None = None
    params: Annotated[dict[str, str], Meta(max_length=100)] = {}
    code: Counted | None = None
    http_status: Counted | None = None
    status: str | None = None
    failed: str | None = None
    signature: str | None = None
    fault: str | None = None
    file_name: str | None = None
    file_size: Counted | None = None
    file_digest: str | None = None
    since: EntryId | None = None

    def matches(self, entry: Entry) -> bool:
        """Whether `entry` fulfils all conditions."""
        is_later = self.since is None or entry.number > int(self.since[1:])
        return is_later and not any(True for _ in self.differences(entry))

    def differences(self, entry: Entry) -> Iterator[Difference]:
        """The conditions that `entry` does not fulfil, but for `since`."""
        for name, getter in _GETTERS.items():
            expected = getattr(self, name)
            if expected is not None and not _fits(expected, got := getter(entry), name):
                yield Difference(name, expected, got)
        # They may have to be read again each time.
        sent = entry.params if self.params else {}
        for name, wanted in self.params.items():
            if sent.get(name) != wanted:
                yield Difference(f"params.{name}", wanted, sent.get(name))

    @property
    def conditions(self) -> int:
        """The number of conditions."""
        return sum(getattr(self, name) is not None for name in _GETTERS) + len(self.params)


class NearMiss(msgspec.Struct, frozen=True):
    """An entry that almost matches, and its differences."""

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
    "file_name": lambda entry: next((file.file_name for file in entry.request.files), None),
    "file_size": lambda entry: next((file.size for file in entry.request.files), None),
    "file_digest": lambda entry: next((file.digest for file in entry.request.files), None),
}


def nearest(matcher: Matcher, entries: Iterable[Entry]) -> list[NearMiss]:
    """The entries that differ least from `matcher`, best first, later entries before earlier ones.

    An entry that fulfils no condition is not a near miss. If the matcher's key has entries, only those are compared.
    """
    candidates = list(entries)
    own = [entry for entry in candidates if _GETTERS["key"](entry) == matcher.key]
    misses = [NearMiss(entry, list(matcher.differences(entry))) for entry in own or candidates]
    near = [miss for miss in misses if 0 < len(miss.differs) < max(2, matcher.conditions)]
    near.sort(key=lambda miss: (len(miss.differs), -miss.entry.number))
    # Likeness takes long to find out.
    near = near[:_COMPARED]
    near.sort(key=lambda miss: (len(miss.differs), -sum(one.likeness for one in miss.differs), -miss.entry.number))
    return near[:_SHOWN]


def _fits(expected: Any, got: Any, name: str) -> bool:
    if name == "fault" and got:
        return expected == "*" or expected in (got, *got.split(":"))
    return bool(expected == got)
