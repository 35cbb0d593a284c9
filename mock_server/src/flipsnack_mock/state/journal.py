"""The journal: requests and their responses, in a bounded ring for each key that counts the entries it dropped.

Appending stores references only; what is shown of an entry is computed when it is read. `Retention` bounds all journals
of a server together.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping

import msgspec

from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.messages import MAX_TEXT, Request, Response

NOBODY = ""
"""The ring of requests that name no known key."""

KEPT_BYTES = 16 * 1024
"""The bytes kept of a query, and of each body: more than any call of the API needs."""

PLACE_BYTES = 2 * 1024
"""An entry takes one place among all that are kept, and one more for each so many bytes of query and bodies."""

UNBOUNDED = 2**63

_KEPT_PARAMETERS = 64
_KEPT_CHARACTERS = 256


class Entry(msgspec.Struct):
    """One request and its response. `now` is virtual time and `duration` real time, both in microseconds.

    `passed` counts the checks that passed, `failed` names the one that failed (empty when none did), `detail` says why
    and `rule` is the ledger entry behind it. `data` is the data of the answer, `fault` the id and kind of the fault
    that disturbed it, `cut` says that the request was longer than the journal keeps, and `secret` is the account's,
    which is masked in all that is shown.
    """

    number: int
    request: Request
    now: int
    key: str
    params: dict[str, str]
    fmt: str = "json"
    code: int | None = None
    passed: int = 0
    failed: str = ""
    detail: str = ""
    rule: str = ""
    duration: int = 0
    response: Response | None = None
    data: Tree | None = None
    fault: str = ""
    cut: bool = False
    secret: str = ""

    @property
    def id(self) -> str:
        """The id of this entry in the response's header and in the control plane."""
        return f"r{self.number}"

    @property
    def action(self) -> str:
        """The method that was called, or nothing."""
        return self.params.get("action", "")

    @property
    def places(self) -> int:
        """How many places this entry takes among all that are kept."""
        request, answer = self.request, self.response
        # Parameters are kept decoded too, so what was sent counts twice.
        size = 2 * (len(request.query) + len(request.body))
        if answer is not None:
            size += len(answer.body) if isinstance(answer.body, bytes) else 0
            size += sum([len(value) for _, value in answer.headers])
        return 1 + size // PLACE_BYTES

    def trim(self) -> None:
        """Keep only the beginning of what is too long in the request and in the response."""
        request = self.request
        if len(request.query) > KEPT_BYTES or len(request.body) > KEPT_BYTES:
            self.cut = True
            self.request = request.beginning(KEPT_BYTES)
            kept = list(self.params.items())[:_KEPT_PARAMETERS]
            self.params = {name[:_KEPT_CHARACTERS]: value[:_KEPT_CHARACTERS] for name, value in kept}
        elif len(request.path) + len(request.content_type) + len(request.range) > MAX_TEXT or request.conditions:
            self.request = request.beginning(KEPT_BYTES)
        if self.response is not None:
            self.response = self.response.beginning(KEPT_BYTES)


class Retention:
    """What all journals of a server keep together: the latest entries, as long as they take at most `most` places.

    Hold the lock of the journals' worlds, which is the same for all of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._kept: OrderedDict[tuple[Journal, int], int] = OrderedDict()

    def keep(self, journal: "Journal", entry: Entry) -> None:
        """Count `entry`, the latest one of `journal`, and drop the oldest entries of all journals for it."""
        self._kept[journal, entry.number] = entry.places
        self._used += entry.places
        while self._used > self._most:
            owner, number = next(iter(self._kept))
            owner.drop(number)

    def release(self, journal: "Journal", number: int) -> None:
        """Count no longer the entry of `journal` with this number."""
        self._used -= self._kept.pop((journal, number))


class Ring:
    """The entries of one key, and how many were dropped."""

    __slots__ = ("dropped", "entries")

    def __init__(self, size: int) -> None:
        self.entries: deque[Entry] = deque(maxlen=size)
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
        self._by_number: dict[int, Entry] = {}
        self._last = 0

    def next_number(self) -> int:
        """The number of the next entry."""
        self._last += 1
        return self._last

    def append(self, entry: Entry) -> None:
        """Add `entry`, and drop the oldest ones of the same key, and of all, when there is no room."""
        entry.trim()
        ring = self._rings.get(entry.key)
        if ring is None:
            ring = self._rings[entry.key] = Ring(self._size)
        if len(ring.entries) == self._size:
            if ring.entries:
                self.drop(ring.entries[0].number)
            else:
                ring.dropped += 1
        if self._size:
            ring.entries.append(entry)
            self._by_number[entry.number] = entry
            self._retention.keep(self, entry)
        for listener in self.listeners:
            listener(entry)

    def drop(self, number: int) -> None:
        """Drop the entry with this number, the oldest one of its key."""
        ring = self._rings[self._forget(number).key]
        ring.entries.popleft()
        ring.dropped += 1

    def _forget(self, number: int) -> Entry:
        self._retention.release(self, number)
        return self._by_number.pop(number)

    def find(self, entry_id: str) -> Entry | None:
        """The entry with this id, or None when it does not exist or was dropped."""
        digits = entry_id.removeprefix("r")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 20
        return self._by_number.get(int(digits)) if is_number else None

    def entries(self, key: str | None = None) -> Iterator[Entry]:
        """The entries of one key, or of all, oldest first."""
        if key is not None:
            ring = self._rings.get(key)
            return iter(tuple(ring.entries) if ring else ())
        return iter([self._by_number[number] for number in sorted(self._by_number)])

    @property
    def rings(self) -> Mapping[str, Ring]:
        """The rings by key."""
        return self._rings

    def dropped(self, key: str | None = None) -> int:
        """How many entries were dropped for want of room, of one key or of all."""
        return sum(ring.dropped for name, ring in self._rings.items() if key in (None, name))

    def forget(self, key: str) -> None:
        """Remove the entries of one key, and its count of dropped ones."""
        ring = self._rings.pop(key, None)
        for entry in ring.entries if ring else ():
            self._forget(entry.number)

    def clear(self) -> None:
        """Remove the entries of all keys; numbers go on."""
        self._rings.clear()
        for number in list(self._by_number):
            self._forget(number)

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._by_number)
