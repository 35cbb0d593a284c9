"""A requests adapter that cuts every read and write of the socket at the deadline in force.

The timeout of requests applies to each read: a server that sends one byte a second never exceeds it, and
requests reads the status line and headers before it returns. So the deadline is applied at the socket.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from http.client import OK, SWITCHING_PROTOCOLS, HTTPConnection, HTTPResponse, LineTooLong
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util.wait import wait_for_read

from flipsnack_client.deadline import Deadline

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

MOST_OF_LINE = 64 * 1024
"""Bytes of a line: http.client reads no longer ones either, but urllib3, which reads chunks, did before 2.8."""

_in_force: ContextVar[Deadline | None] = ContextVar("flipsnack_deadline", default=None)


@contextmanager
def in_force(deadline: Deadline) -> Iterator[None]:
    """Cut every read and write of the adapter's sockets at `deadline` until the block ends."""
    token = _in_force.set(deadline)
    try:
        yield
    finally:
        _in_force.reset(token)


def _cut(sock: "socket.socket", timeout: float | None) -> None:
    """Let the next read or write take `timeout` seconds, but no longer than what is left of the deadline in force."""
    deadline = _in_force.get()
    if deadline is None:
        return
    remaining = deadline.remaining()
    if remaining <= 0:
        raise TimeoutError("the deadline has passed")
    sock.settimeout(remaining if timeout is None else min(remaining, timeout))


class _TimedSocket(io.RawIOBase):
    # The timeout of each read is what is left of the deadline.

    def __init__(self, raw: io.RawIOBase, sock: "socket.socket") -> None:
        self._raw = raw
        self._sock = sock
        self._timeout = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        _cut(self._sock, self._timeout)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedReader(io.BufferedReader):
    """A reader whose lines are at most `MOST_OF_LINE` bytes long, also for a caller that names no bound."""

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the next line, or its first `size` bytes. Raises LineTooLong."""
        if size is not None and size >= 0:
            return super().readline(size)
        line = super().readline(MOST_OF_LINE + 1)
        if len(line) > MOST_OF_LINE:
            raise LineTooLong("chunk")
        return line


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: "socket.socket", *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = BoundedReader(_TimedSocket(self.fp.detach(), sock))

    def begin(self) -> None:
        """Read the head of the answer; of those that may come before it (RFC 9110, 15.2) the base skips 100 only."""
        super().begin()
        while SWITCHING_PROTOCOLS < self.status < OK:
            self.headers = self.msg = None  # type: ignore[assignment]  # as before the first head
            super().begin()


def _timed(pool: type[HTTPConnectionPool], **options: Any) -> Any:
    connection: Any = pool.ConnectionCls(**options)
    connection.response_class = _TimedResponse
    # http.client's debugging prints whole requests; it stays off even if switched on globally.
    connection.debuglevel = 0
    if isinstance(connection, HTTPConnection):
        connection.send = partial(_send, connection, connection.send)  # type: ignore[method-assign]
    return connection


def _send(connection: HTTPConnection, send: Callable[[Any], None], data: Any) -> None:
    if connection.sock is not None:
        _cut(connection.sock, connection.timeout)
    try:
        send(data)
    except OSError:
        if connection.sock is None or not wait_for_read(connection.sock, timeout=0.0):
            raise
        # The server reads no more, but may have answered: after a broken pipe urllib3 reads the answer.
        raise BrokenPipeError from None


class DeadlineAdapter(HTTPAdapter):
    """Cuts reads at the deadline. Mount it on a session of your own to get what the client's session has.

    Pools and connections are those of requests and urllib3, so that SOCKS proxies work, and libraries that intercept
    requests by replacing a pool's `urlopen` or `ConnectionCls`.
    """

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool for a request; reads of its connections are cut."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        # The class is asked for each connection: it may have been replaced since, or be so no longer.
        pool.ConnectionCls = partial(_timed, type(pool))
        return pool
