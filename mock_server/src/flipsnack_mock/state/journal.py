"""The journal: requests and their responses, in a bounded ring for each key that counts the entries it dropped.

Appending stores references only; what is shown of an entry is computed when it is read. `Retention` bounds all journals
of a server together.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.messages import MAX_TEXT, Request, Response
from flipsnack_mock.protocol.parameters import parameters_of

NOBODY = ""
"""The ring of requests that name no known key."""

KEPT_BYTES = 16 * 1024
"""The bytes kept of a query, and of each body: more than any call of the API needs."""

PLACE_BYTES = 2 * 1024
"""An entry takes one place among all that are kept, and one more for each so many bytes of query and bodies."""

UNBOUNDED = 2**63

_NOTHING: dict[str, str] = {}
_KEPT_PARAMETERS = 64
_KEPT_CHARACTERS = 256
_KEPT_TEXT = 2_048


class Entry(msgspec.Struct, gc=False):
    """One request and its response. `now` is virtual time and `duration` real time, both in microseconds.

    `passed` counts the checks that passed, `failed` names the one that failed (empty when none did), `detail` says why
    and `rule` is the ledger entry behind it. `sent` are the parameters and `given` is the data of the answer, until the
    entry is `compact`: then they are read again where they are wanted. `conversion` is how far the conversion of the
    collection in the data is (empty: it has none), `fault` the id and kind of the fault that disturbed it, and `cut`
    says that the request was longer than the journal keeps. `places` is how many it takes among all that are kept, and
    `secret` is the account's, which is masked in all that is shown.
    """

    number: int
    request: Request
    now: int
    key: str
    sent: dict[str, str]
    fmt: str = "json"
    code: int | None = None
    passed: int = 0
    failed: str = ""
    detail: str = ""
    rule: str = ""
    duration: int = 0
    response: Response | None = None
    given: Tree | None = None
    conversion: str = ""
    fault: str = ""
    cut: bool = False
    places: int = 1
    secret: str = ""
    compact: bool = False

    @property
    def id(self) -> str:
        """The id of this entry in the response's header and in the control plane."""
        return f"r{self.number}"

    @property
    def params(self) -> dict[str, str]:
        """The parameters, as far as they could be read."""
        # In this order, as another thread may be taking them away; they were read once without a refusal.
        sent = self.sent
        return parameters_of(self.request) if not sent and self.compact else sent

    @property
    def data(self) -> Tree | None:
        """The data of the answer, before a fault changed it."""
        if self.given is not None or not self.compact or not self._is_readable():
            return self.given
        body = self.response.body if self.response is not None else b""
        told: Tree | None = msgspec.json.decode(body).get("data") if isinstance(body, bytes) else None
        return told

    @property
    def action(self) -> str:
        """The method that was called, or nothing."""
        return self.params.get("action", "")

    def expanded(self) -> "Entry":
        """The entry, or of a compact one a copy whose parameters and data are read already."""
        if not self.compact:
            return self
        return msgspec.structs.replace(self, sent=self.params, given=self.data, compact=False)

    def trim(self) -> None:
        """Keep only the beginning of what is too long in the request and in the response, and count its places."""
        request = self.request
        query, body = len(request.query), request.body_length
        if query > KEPT_BYTES or body > KEPT_BYTES:
            self.cut = True
            self.request = request.beginning(KEPT_BYTES)
            query, body = len(self.request.query), self.request.body_length
            kept = list(self.params.items())[:_KEPT_PARAMETERS]
            self.sent = {name[:_KEPT_CHARACTERS]: value[:_KEPT_CHARACTERS] for name, value in kept}
        elif len(request.path) + len(request.content_type) + len(request.range) > MAX_TEXT or request.conditions:
            self.request = request.beginning(KEPT_BYTES)
        # Parameters may be kept decoded too, so what was sent counts twice.
        size = 2 * (query + body)
        if self.response is not None:
            if isinstance(self.response.body, bytes) and len(self.response.body) > KEPT_BYTES:
                self.given = _beginning(self.given)
            self.response = self.response.beginning(KEPT_BYTES)
            size += _kept_size(self.response)
        self.places = 1 + size // PLACE_BYTES

    def shrink(self) -> None:
        """Drop what can be read again from the request and the response."""
        if not self.sent or self.cut:
            return
        self.compact, self.sent = True, _NOTHING
        if self._is_readable():
            self.given = None

    def _is_readable(self) -> bool:
        """Whether the whole answer of the API is kept, as no fault changed it, and in a format that can be read."""
        answer = self.response
        if answer is None or self.fmt != "json" or self.code != 20 or self.fault:
            return False
        return isinstance(answer.body, bytes) and bool(answer.body) and answer.range is None


def _beginning(value: Any) -> Any:
    """The fields of `value` with the beginning of long texts, and of lists the first one, which is like the others."""
    if isinstance(value, str):
        return value[:_KEPT_TEXT]
    if isinstance(value, dict):
        return {name: _beginning(inner) for name, inner in value.items()}
    return [_beginning(one) for one in value[:1]] if isinstance(value, list) else value


def _kept_size(answer: Response) -> int:
    """How many bytes are kept of `answer`."""
    size = len(answer.body) if isinstance(answer.body, bytes) else 0
    return size + sum([len(value) for _, value in answer.headers]) if answer.headers else size


class Retention:
    """What all journals of a server keep together: the latest entries, as long as they take at most `most` places.

    Hold the lock of the journals' worlds, which is the same for all of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._kept: OrderedDict[tuple[Journal, int], Entry] = OrderedDict()

    def keep(self, journal: "Journal", entry: Entry) -> None:
        """Keep `entry`, the latest one of `journal`, and drop the oldest entries of all journals for it."""
        self._kept[journal, entry.number] = entry
        self._used += entry.places
        while self._used > self._most:
            (owner, _), oldest = self._kept.popitem(last=False)
            self._used -= oldest.places
            owner.drop(oldest)

    def of(self, journal: "Journal") -> Iterator[Entry]:
        """The entries of `journal`, newest first."""
        return (entry for (owner, _), entry in reversed(self._kept.items()) if owner is journal)

    def release(self, journal: "Journal", entry: Entry) -> None:
        """Keep `entry` of `journal` no longer."""
        del self._kept[journal, entry.number]
        self._used -= entry.places

    def find(self, journal: "Journal", number: int) -> Entry | None:
        """The entry of `journal` with this number, or None."""
        return self._kept.get((journal, number))


class Ring:
    """The entries of one key, and how many were dropped."""

    __slots__ = ("dropped", "entries")

    def __init__(self) -> None:
        # Thousands of keys have a few entries each: a deque takes 700 bytes more than a list.
        self.entries: list[Entry] = []
        self.dropped = 0


class Journal:
    """The rings of one world.

    `listeners` are called with each new entry, before its response is sent: they must be quick.
    """

    def __init__(self, size: int, retention: Retention | None = None) -> None:
        """Keep `size` entries for each key, and of all journals with the same `retention` what it keeps."""
        self.listeners: list[Callable[[Entry], None]] = []
        self._size = size
        self._retention = retention or Retention(UNBOUNDED)
        self._rings: dict[str, Ring] = {}
        self._last = 0
        self._dropped = 0
        self._latest: Entry | None = None

    def next_number(self) -> int:
        """The number of the next entry."""
        self._last += 1
        return self._last

    def append(self, entry: Entry) -> None:
        """Add `entry`, and drop the oldest ones of the same key, and of all, when there is no room."""
        entry.trim()
        if self._latest is not None:
            # Whoever answers and logs the latest request still asks for its parameters.
            self._latest.shrink()
        self._latest = entry
        ring = self._rings.get(entry.key)
        if ring is None:
            ring = self._rings[entry.key] = Ring()
        if len(ring.entries) == self._size:
            if ring.entries:
                self._retention.release(self, ring.entries[0])
                self.drop(ring.entries[0])
            else:
                self._count_dropped(ring)
        if self._size:
            ring.entries.append(entry)
            self._retention.keep(self, entry)
        for listener in self.listeners:
            listener(entry)

    def drop(self, entry: Entry) -> None:
        """Drop `entry`, the oldest one of its key, which is kept no longer."""
        ring = self._rings[entry.key]
        del ring.entries[0]
        self._count_dropped(ring)

    def _count_dropped(self, ring: Ring) -> None:
        ring.dropped += 1
        self._dropped += 1

    def find(self, entry_id: str) -> Entry | None:
        """The entry with this id, or None when it does not exist or was dropped."""
        digits = entry_id.removeprefix("r")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 20
        return self._retention.find(self, int(digits)) if is_number else None

    def entries(self, key: str | None = None) -> Iterator[Entry]:
        """The entries of one key, or of all, oldest first."""
        if key is not None:
            ring = self._rings.get(key)
            return iter(tuple(ring.entries) if ring else ())
        return reversed(tuple(self._retention.of(self)))

    def newest(self) -> Iterator[Entry]:
        """The entries of all keys, newest first; the journal must not change meanwhile."""
        return self._retention.of(self)

    def dropped(self, key: str | None = None) -> int:
        """How many entries were dropped for want of room, of one key or of all."""
        if key is None:
            return self._dropped
        return self._rings[key].dropped if key in self._rings else 0

    def forget(self, key: str) -> None:
        """Remove the entries of one key, and its count of dropped ones."""
        ring = self._rings.pop(key, None)
        if ring is not None:
            self._dropped -= ring.dropped
            for entry in ring.entries:
                self._retention.release(self, entry)

    def clear(self) -> dict[str, Ring]:
        """Remove the entries of all keys, and return their rings; numbers go on."""
        for entry in self.entries():
            self._retention.release(self, entry)
        removed, self._rings, self._dropped = self._rings, {}, 0
        return removed

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(len(ring.entries) for ring in self._rings.values())
