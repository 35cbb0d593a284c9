"""Lines to and from an adapter over two pipes. A thread reads, another one writes, so no pipe can block the kit."""

import threading
from collections import deque
from contextlib import suppress
from queue import Empty, Queue, SimpleQueue
from typing import IO

from flipsnack_contract.adapter.messages import MAX_LINE, AdapterFault
from flipsnack_contract.contract.clock import stopwatch

PIECE = 64 * 1024
MOST_PIECES = 16
"""Pieces that are kept unread; the other side has to wait with more, so memory is bounded."""


class Closed(Exception):
    """The other side closed its end."""


class Channel:
    """Whole lines over two unbuffered pipes. The channel takes both over, reads at once, and closes them."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        self._incoming: Queue[bytes] = Queue(MOST_PIECES)
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self._is_closed = False
        for work, pipe in ((self._read_all, reading), (self._write_all, writing)):
            threading.Thread(target=work, args=(pipe,), name="adapter-channel", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Write one line. Returns at once; when the other side does not read it, no answer comes."""
        self._outgoing.put(line)

    def receive(self, *, timeout: float) -> bytes | None:
        """The next line without its end; None when none came within `timeout` seconds.

        Raises `Closed`, and `AdapterFault` for a line that is too long.
        """
        until = stopwatch() + timeout
        while not self._lines:
            try:
                self._take(self._incoming.get(timeout=max(0.0, until - stopwatch())))
            except Empty:
                return None
        return self._lines.popleft()

    def close_writing(self) -> None:
        """Close the other side's input, once everything is written."""
        self._outgoing.put(None)

    def close(self) -> None:
        """Close the writing end and drop what is read from now on; the reading end closes with the other side's."""
        self.close_writing()
        self._is_closed = True
        with suppress(Empty):
            while True:  # the reader may wait for room
                self._incoming.get_nowait()

    def _write_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:  # the other side may be gone
            while (line := self._outgoing.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[pipe.write(left) :]

    def _read_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:
            while piece := pipe.read(PIECE):
                if not self._is_closed:
                    self._incoming.put(piece)
        self._incoming.put(b"")

    def _take(self, piece: bytes) -> None:
        if not piece:
            self._incoming.put(piece)  # the end stays the end
            if not self._rest:
                raise Closed
        # What comes before the end without a line end is a line all the same.
        *whole, self._rest = (self._rest + (piece or b"\n")).split(b"\n")
        if any(len(line) >= MAX_LINE for line in (*whole, self._rest)):
            raise AdapterFault("too-long", f"a line has more than {MAX_LINE} bytes")
        self._lines.extend(whole)
