"""What was asked and what was answered: a bounded ring for each key, with a count of what it had to forget."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from flipsnack_mock.exchange import Request, Response

__all__ = ["Entry", "Journal", "NOBODY"]

NOBODY = ""
"""The ring of requests that name no known key."""


class Entry(msgspec.Struct):
    """One exchange. `now` is virtual time and `duration` real time, both in microseconds.

    `passed` names the checks that were passed and `failed` the one that was not (empty when all passed); `detail` says
    why, `rules` are the ledger entries that the answer rests on.
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

    @property
    def id(self) -> str:
        """The name of this entry, as the request's header and the control plane spell it."""
        return f"r{self.number}"

    @property
    def action(self) -> str:
        """The method that was asked for, or nothing."""
        return self.params.get("action", "")


class _Ring:
    def __init__(self, size: int) -> None:
        self.entries: deque[Entry] = deque(maxlen=size)
        self.dropped = 0


class Journal:
    """The rings of one world."""

    def __init__(self, size: int) -> None:
        """Keep `size` entries for each key."""
        self._size = size
        self._rings: dict[str, _Ring] = {}
        self._by_number: dict[int, Entry] = {}
        self._last = 0

    def next_number(self) -> int:
        """The number of the entry that comes next."""
        self._last += 1
        return self._last

    def append(self, entry: Entry) -> None:
        """Remember `entry`, and forget the oldest of the same key when there is no room."""
        ring = self._rings.get(entry.key)
        if ring is None:
            ring = self._rings[entry.key] = _Ring(self._size)
        if len(ring.entries) == self._size:
            ring.dropped += 1
            if not ring.entries:
                return
            del self._by_number[ring.entries[0].number]
        ring.entries.append(entry)
        self._by_number[entry.number] = entry

    def find(self, entry_id: str) -> Entry | None:
        """The entry with this id, or None when there is none or it was forgotten."""
        digits = entry_id.removeprefix("r")
        return self._by_number.get(int(digits)) if digits.isascii() and digits.isdecimal() else None

    def entries(self, key: str | None = None) -> Iterator[Entry]:
        """The entries of one key, or of all, oldest first."""
        if key is not None:
            ring = self._rings.get(key)
            return iter(tuple(ring.entries) if ring else ())
        return iter([self._by_number[number] for number in sorted(self._by_number)])

    def dropped(self, key: str | None = None) -> int:
        """How many entries were forgotten for want of room, of one key or of all."""
        rings: Any = self._rings.values() if key is None else filter(None, [self._rings.get(key)])
        return sum(ring.dropped for ring in rings)

    def forget(self, key: str) -> None:
        """Drop everything of one key."""
        ring = self._rings.pop(key, None)
        for entry in ring.entries if ring else ():
            del self._by_number[entry.number]

    def clear(self) -> None:
        """Drop everything; numbers go on."""
        self._rings.clear()
        self._by_number.clear()
