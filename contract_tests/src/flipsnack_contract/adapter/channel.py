"""Lines to and from an adapter over two pipes. A thread reads, another one writes, so no pipe can block the kit."""

import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE

PIECE = 64 * 1024
MOST_LINES = 16
"""Lines that are kept unread; the other side has to wait with more, so memory is bounded."""


class Closed(Exception):
    """The other side closed its end."""


class Channel:
    """Whole lines over two unbuffered pipes. The channel takes both over, reads at once, and closes them."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self._end: Exception | None = None
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        for work, pipe in ((self._read_all, reading), (self._write_all, writing)):
            threading.Thread(target=work, args=(pipe,), name="adapter-channel", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Write one line. Returns at once; when the other side does not read it, no answer comes."""
        self._outgoing.put(line)

    def receive(self, *, timeout: float) -> bytes | None:
        """The next line without its end; None when none came within `timeout` seconds.

        Raises `Closed`, and `AdapterFault` for a line that is too long.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._end, timeout)
            if self._lines:
                self._changed.notify_all()
                return self._lines.popleft()
            if self._end:
                raise self._end
            return None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing more was read so far, not even the beginning of a line."""
        with self._changed:
            return not self._lines and not self._rest

    def close_writing(self) -> None:
        """Close the other side's input, once everything is written."""
        self._outgoing.put(None)

    def close(self) -> None:
        """Close the writing end and drop what is read from now on; the reading end closes with the other side's."""
        self.close_writing()
        self._take(b"", end=Closed())

    def _write_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:  # the other side may be gone
            while (line := self._outgoing.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[pipe.write(left) :]

    def _read_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:
            while piece := pipe.read(PIECE):
                self._take(piece)
        # What comes before the end without a line end is a line all the same.
        self._take(b"\n" if self._rest else b"", end=Closed())

    def _take(self, piece: bytes, *, end: Exception | None = None) -> None:
        with self._changed:
            *whole, self._rest = (self._rest + piece).split(b"\n")
            if any(len(line) >= MAX_LINE for line in (*whole, self._rest)):
                self._rest, end = b"", AdapterFault("too-long", f"a line has more than {MAX_LINE} bytes")
            if self._end is None:
                self._lines.extend(whole)
                self._end = end
            self._changed.notify_all()
            self._changed.wait_for(lambda: len(self._lines) < MOST_LINES or self._end)
