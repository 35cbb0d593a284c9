"""How much of an answer is read: so many bytes, in so many seconds, however it comes."""

import http.client
import io
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flipsnack_contract.contract.clock import stopwatch

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_BYTES = 256 * 1024 * 1024
"""Bytes of one answer, its head included."""
MOST_SECONDS = 60.0
"""Seconds of real time from the request to the end of its answer."""


class Unbounded(OSError):
    """An answer is too long or takes too long."""


class Bounds:
    """What is left of one answer. Raises `Unbounded` when nothing is."""

    def __init__(self, *, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS) -> None:
        self._most_bytes = self._left = most_bytes
        self._seconds = most_seconds
        self._until = stopwatch() + most_seconds

    def count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unbounded(f"it has more than {self._most_bytes} bytes")

    def seconds_left(self) -> float:
        left = self._until - stopwatch()
        if left <= 0:
            raise Unbounded(f"it did not end within {self._seconds:g} s")
        return left


def bounded(chunks: Iterable[bytes], bounds: Bounds) -> Iterator[bytes]:
    """The chunks, as long as there are bytes and seconds for them."""
    for chunk in chunks:
        bounds.count(len(chunk))
        bounds.seconds_left()
        yield chunk


class _BoundedReads(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, bounds: Bounds) -> None:
        self._raw, self._sock, self._bounds = raw, sock, bounds
        self._timeout = sock.gettimeout() or MOST_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        self._sock.settimeout(min(self._timeout, self._bounds.seconds_left()))
        size = self._raw.readinto(buffer)
        self._bounds.count(size or 0)
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(http.client.HTTPResponse):
    """An answer whose head and body share the bounds that `bounds` makes at its beginning."""

    def __init__(self, sock: socket.socket, *args: Any, bounds: Callable[[], Bounds] = Bounds, **rest: Any) -> None:
        super().__init__(sock, *args, **rest)
        self.fp = io.BufferedReader(_BoundedReads(self.fp.detach(), sock, bounds()))
