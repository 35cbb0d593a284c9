"""The journal: requests and their responses, in a bounded ring for each key that counts the entries it dropped.

Appending stores references only; what is shown of an entry is computed when it is read.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping

import msgspec

from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.messages import Request, Response

NOBODY = ""
"""The ring of requests that name no known key."""

KEPT_BYTES = 16 * 1024
"""The bytes kept of a query, and of a body: more than any call of the API needs."""

_KEPT_PARAMETERS = 64
_KEPT_CHARACTERS = 256


class Entry(msgspec.Struct):
    """One request and its response. `now` is virtual time and `duration` real time, both in microseconds.

    `passed` counts the checks that passed, `failed` names the one that failed (empty when none did), `detail` says why
    and `rule` is the ledger entry behind it. `data` is the data of the answer, `fault` the id and kind of the fault
    that disturbed it, and `cut` says that the request was longer than the journal keeps.
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

    @property
    def id(self) -> str:
        """The id of this entry in the response's header and in the control plane."""
        return f"r{self.number}"

    @property
    def action(self) -> str:
        """The method that was called, or nothing."""
        return self.params.get("action", "")

    def trim(self) -> None:
        """Keep only the beginning of a request that is too long."""
        self.cut = True
        query, body = self.request.query[:KEPT_BYTES], self.request.body[:KEPT_BYTES]
        self.request = msgspec.structs.replace(self.request, query=query, body=body)
        kept = list(self.params.items())[:_KEPT_PARAMETERS]
        self.params = {name[:_KEPT_CHARACTERS]: value[:_KEPT_CHARACTERS] for name, value in kept}


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

    def __init__(self, size: int) -> None:
        """Keep `size` entries for each key."""
        self.listeners: list[Callable[[Entry], None]] = []
        self._size = size
        self._rings: dict[str, Ring] = {}
        self._by_number: dict[int, Entry] = {}
        self._last = 0

    def next_number(self) -> int:
        """The number of the next entry."""
        self._last += 1
        return self._last

    def append(self, entry: Entry) -> None:
        """Add `entry`, and drop the oldest one of the same key when there is no room."""
        if len(entry.request.query) > KEPT_BYTES or len(entry.request.body) > KEPT_BYTES:
            entry.trim()
        ring = self._rings.get(entry.key)
        if ring is None:
            ring = self._rings[entry.key] = Ring(self._size)
        if len(ring.entries) == self._size:
            ring.dropped += 1
            if ring.entries:
                del self._by_number[ring.entries[0].number]
        if self._size:
            ring.entries.append(entry)
            self._by_number[entry.number] = entry
        for listener in self.listeners:
            listener(entry)

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
            del self._by_number[entry.number]

    def clear(self) -> None:
        """Remove the entries of all keys; numbers go on."""
        self._rings.clear()
        self._by_number.clear()
