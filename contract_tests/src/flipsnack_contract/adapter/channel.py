"""Lines to and from an adapter over two file descriptors: bounded, with patience, and without a thread."""

from __future__ import annotations

import os
import re
import selectors
from collections import deque

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Channel", "Closed", "ReadTimeout"]

PIECE = 64 * 1024
ASIDE_KEPT = 64 * 1024
# As Python, Java and JavaScript begin the line that says what went wrong. Node prints its version after all that.
ERROR = re.compile(r"^(Uncaught |Exception in thread \S+ |Caused by: )?[\w.]*(Error|Exception)\b.*:")


class ReadTimeout(Exception):
    """Nothing came for as long as was waited."""


class Closed(Exception):
    """The other side closed its end."""


class Channel:
    """Whole lines over file descriptors, which it takes over and closes; what comes on `aside` is only kept."""

    def __init__(self, reading: int, writing: int, *, aside: int | None = None) -> None:
        """`aside` is where the other side's stderr can be read."""
        self._reading, self._writing = reading, writing
        self._aside = aside
        self._buffer = bytearray()
        self._lines: deque[bytes] = deque()
        self._kept = bytearray()
        self._ended = False
        self._selector = selectors.DefaultSelector()
        for descriptor in (reading, writing, *(() if aside is None else (aside,))):
            os.set_blocking(descriptor, False)
        self._selector.register(reading, selectors.EVENT_READ)
        if aside is not None:
            self._selector.register(aside, selectors.EVENT_READ)

    def send(self, line: bytes, *, patience: float) -> None:
        """Write one line; raises `ReadTimeout` when the other side does not read it, `Closed` when it is gone."""
        until, left = stopwatch() + patience, memoryview(line)
        while left:
            try:
                left = left[os.write(self._writing, left) :]
            except BlockingIOError:
                self._wait_writable(until)
            except OSError:
                raise Closed from None

    def receive(self, *, patience: float | None) -> bytes:
        """The next line without its end; `patience` is in seconds, None waits for ever.

        Raises `ReadTimeout`, `Closed`, and `AdapterFault` for a line that is too long.
        """
        until = None if patience is None else stopwatch() + patience
        while not self._lines:
            if self._ended:
                raise Closed
            if not self._read_some(None if until is None else max(0.0, until - stopwatch())):
                raise ReadTimeout
        return self._lines.popleft()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing more has come so far, not even the beginning of a line."""
        self._read_some(0.0)
        return not self._lines and not self._buffer

    @property
    def last_error_line(self) -> str:
        """The last line kept aside that names an error, else the last one, cut to 200 characters; it stays there."""
        if self._aside is not None:
            self._keep(self._aside)
        lines = [line.strip() for line in self._kept.decode("utf-8", "replace").split("\n")]
        telling = [line for line in lines if ERROR.search(line)] or [line for line in lines if line]
        return telling[-1][:200] if telling else ""

    def drain_stderr(self) -> str:
        """What was kept aside since the last time, at most its last 64 KiB."""
        if self._aside is not None:
            self._keep(self._aside)
        text = self._kept.decode("utf-8", "replace")
        self._kept.clear()
        return text

    def close_writing(self) -> None:
        """Let the other side see the end of its input."""
        if self._writing >= 0 and self._writing != self._reading:
            os.close(self._writing)
        self._writing = -1

    def close(self) -> None:
        """Close everything."""
        self.close_writing()
        self._selector.close()
        for descriptor in (self._reading, self._aside):
            if descriptor is not None and descriptor >= 0:
                os.close(descriptor)
        self._reading, self._aside = -1, None

    def _read_some(self, patience: float | None) -> bool:
        ready = self._selector.select(patience)
        for key, _ in ready:
            if key.fd == self._aside:
                self._keep(key.fd)
            else:
                self._read()
        return bool(ready)

    def _read(self) -> None:
        piece = _read_piece(self._reading)
        if piece is None:
            return
        if not piece:
            self._ended = True
            self._selector.unregister(self._reading)
        # What stands before the end without a line end is a line all the same.
        self._buffer += piece or (b"\n" if self._buffer else b"")
        *whole, rest = self._buffer.split(b"\n")
        self._buffer = bytearray(rest)
        self._lines.extend(bytes(line) for line in whole)
        if max((len(line) for line in (*whole, rest)), default=0) >= MAX_LINE:
            raise AdapterFault("too-long", f"a line has more than {MAX_LINE} bytes")

    def _keep(self, descriptor: int) -> None:
        while piece := _read_piece(descriptor):
            self._kept += piece
            del self._kept[:-ASIDE_KEPT]
        if piece == b"" and descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    def _wait_writable(self, until: float) -> None:
        # What the other side has to say is read meanwhile: two full pipes would wait for each other.
        with selectors.DefaultSelector() as selector:
            selector.register(self._writing, selectors.EVENT_WRITE)
            if not selector.select(min(0.05, max(0.0, until - stopwatch()))) and stopwatch() >= until:
                raise ReadTimeout
        if not self._ended:
            self._read_some(0.0)


def _read_piece(descriptor: int) -> bytes | None:
    """Some bytes, none at the end, None when there are none now."""
    try:
        return os.read(descriptor, PIECE)
    except BlockingIOError:
        return None
    except OSError:
        return b""
