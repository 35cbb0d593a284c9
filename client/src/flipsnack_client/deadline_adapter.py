"""A requests adapter whose every read of the socket ends at the deadline in force.

The timeout of requests is per read: a server that drips one byte a second is never too slow for it, and
its status line and headers are read before requests hands anything back. So the limit sits below both, at
the socket.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from flipsnack_client.deadline import Deadline

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

_in_force: ContextVar[Deadline | None] = ContextVar("flipsnack_deadline", default=None)


@contextmanager
def in_force(deadline: Deadline) -> Iterator[None]:
    """Cut every read of our sockets at `deadline` until the block ends."""
    token = _in_force.set(deadline)
    try:
        yield
    finally:
        _in_force.reset(token)


class _TimedSocket(io.RawIOBase):
    """Reads a socket with what is left of the deadline as the timeout of each read."""

    def __init__(self, raw: io.RawIOBase, sock: "socket.socket") -> None:
        self._raw = raw
        self._sock = sock
        self._patience = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        deadline = _in_force.get()
        if deadline is not None:
            self._cut(deadline)
        return self._raw.readinto(buffer)

    def _cut(self, deadline: Deadline) -> None:
        remaining = deadline.remaining()
        if remaining <= 0:
            raise TimeoutError("the deadline is over")
        self._sock.settimeout(remaining if self._patience is None else min(remaining, self._patience))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: "socket.socket", *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedSocket(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _TimedResponse
    debuglevel = 0  # http.client's debugging prints whole requests; switched on globally, it stays off here


class _SecureConnection(HTTPSConnection):
    response_class = _TimedResponse
    debuglevel = 0


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class DeadlineAdapter(HTTPAdapter):
    """Mounted on the session this client makes for itself; mount it on your own session to get the same."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections ours."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pools of connections through a proxy ours."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
