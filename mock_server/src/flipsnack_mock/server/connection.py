"""One request on a connection of our own engine: what comes of it, what is sent, how long it lasts, how it ends."""

import asyncio
import logging
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, NamedTuple, Self

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

if sys.platform == "linux":
    import fcntl
    import termios

CONNECTION = "flipsnack_mock.connection"
"""The key of the WSGI environment for the transport of our engine; other servers have none."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_MOMENT = 0.005
# Seconds that a client which said that it is done may be waited for.
_LONG = 10
# So many moments in a row without unacknowledged bytes.
_QUIET = 2
# On, with zero seconds: closing sends RST and discards what is unsent.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
# What the lines of a head may hold (RFC 9110, 5.5).
_TEXT = bytes([0x09, *range(0x20, 0x7F), *range(0x80, 0x100)])
_WITHOUT_LENGTH = (204, 304)
_BROKEN = b"Internal Server Error"
_GONE = {"type": "http.disconnect"}


class WsgiAnswer(NamedTuple):
    """What a WSGI application answered; the names in `headers` are lower-case."""

    status: int
    headers: list[tuple[str, str]]
    chunks: Iterable[bytes]

    def without_length(self) -> Self:
        """The same without its Content-Length."""
        return self._replace(headers=[header for header in self.headers if header[0] != "content-length"])

    def head(self) -> bytes:
        """Status line and header lines; raises `ValueError` when a header holds a line break or another control."""
        lines = STATUS_LINE[self.status] + "".join([f"{name}: {value}\r\n" for name, value in self.headers]).encode(
            "latin-1"
        )
        if lines.translate(None, _TEXT) != b"\r\n" * (1 + len(self.headers)):
            raise ValueError(f"a header of the answer cannot be sent: {self.headers!r}"[:500])
        return lines


def lines_of(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The lines of a head for `headers`."""
    return b"".join([b"%s: %s\r\n" % header for header in headers])


class Exchange:
    """One request and its answer.

    `environ` is the WSGI environment. The protocol appends to `body` what comes of it, while there is `more_body`, and
    sets `message_event` at each change; `client_ended` says whether the client sends no more, and `on_response` is
    called when the answer is complete. `own_headers` are the server's, in each answer.
    """

    __slots__ = (
        *("_chunked", "_left", "_sends_body", "body", "client_ended", "disconnected", "environ", "expects_continue"),
        *("flow", "has_body", "keep_alive", "message_event", "more_body", "on_response", "own_headers"),
        *("response_complete", "response_started", "transport"),
    )

    def __init__(
        self,
        environ: dict[str, Any],
        transport: asyncio.Transport,
        flow: FlowControl,
        *,
        has_body: bool,
        expects_continue: bool,
        keep_alive: bool,
        own_headers: list[tuple[bytes, bytes]],
        client_ended: Callable[[], bool],
        on_response: Callable[[], None],
    ) -> None:
        self.environ = environ
        self.transport = transport
        self.flow = flow
        self.has_body = has_body
        self.expects_continue = expects_continue
        self.keep_alive = keep_alive
        self.own_headers = own_headers
        self.client_ended = client_ended
        self.on_response = on_response
        self.message_event = asyncio.Event()
        self.body = bytearray()
        self.more_body = True
        self.disconnected = self.response_started = self.response_complete = self._chunked = False
        self._left = 0
        self._sends_body = environ["REQUEST_METHOD"] != "HEAD"
        environ[CONNECTION] = transport

    async def receive(self) -> Message:
        """What came of the body since the last call, when there is something new, as a message of ASGI's."""
        if self.expects_continue and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.expects_continue = False
        if not self.disconnected and not self.response_complete:
            self.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return _GONE
        piece, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": piece, "more_body": self.more_body}

    async def until_ended(self) -> Message:
        """`receive` for what waits long: a client that sends no more is as good as gone, and the connection is closed.

        Most such clients have closed it, and those that only said that they are done cannot be told from them.
        """
        message = await self.receive()
        while message["type"] != "http.disconnect" and self.client_ended():
            self.transport.close()
            message = await self.receive()
        return message

    def whole(self, answer: WsgiAnswer) -> None:
        """Send head and body at once, in one system call."""
        body = b"".join(answer.chunks)
        self.transport.write(self._head(answer) + self._framed(body) + self._tail())
        self._complete()

    async def head(self, answer: WsgiAnswer) -> None:
        await self._write(self._head(answer))

    async def body_of(self, chunks: Iterable[bytes]) -> None:
        """Send the body, or what is left of it."""
        for chunk in chunks:
            await self.piece(chunk)
        if not self.disconnected:
            self.transport.write(self._tail())
            self._complete()

    async def piece(self, data: bytes) -> None:
        """Send a piece of the body; more will come."""
        if data:
            await self._write(self._framed(data))

    async def writable(self) -> None:
        """Wait while the client does not read what was sent, unless it is gone."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()

    async def _write(self, data: bytes) -> None:
        await self.writable()
        if not self.disconnected:
            self.transport.write(data)

    def _head(self, answer: WsgiAnswer) -> bytes:
        """The head of `answer` with what the connection needs; what follows is framed as it says."""
        head, headers = answer.head(), dict(answer.headers)
        head += lines_of(self.own_headers)
        self.response_started, self.expects_continue = True, False
        if "close" in headers.get("connection", "").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            head += b"connection: close\r\n"
        length = headers.get("content-length")
        self._left = int(length or 0)
        if length is None and self._sends_body and answer.status not in _WITHOUT_LENGTH:
            self._chunked = True
            head += b"transfer-encoding: chunked\r\n"
        return head + b"\r\n"

    def _framed(self, data: bytes) -> bytes:
        if not self._sends_body or not data:
            return b""
        if self._chunked:
            return b"%x\r\n%b\r\n" % (len(data), data)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("the body is longer than its Content-Length")
        return data

    def _tail(self) -> bytes:
        if self._sends_body and self._left:
            raise ValueError("the body is shorter than its Content-Length")
        return b"0\r\n\r\n" if self._chunked else b""

    def _complete(self) -> None:
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def fail(self, defect: BaseException) -> None:
        """Answer with HTTP 500, or break off the answer that was begun, because of `defect`, which is logged."""
        logging.getLogger(__name__).error("a request could not be answered", exc_info=defect)
        if self.response_started:
            self.transport.close()
        elif not self.disconnected:
            headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(_BROKEN)))]
            self.whole(WsgiAnswer(500, [*headers, ("connection", "close")], (_BROKEN,)))

    async def gone_within(self, seconds: float) -> bool:
        """Wait `seconds` of real time, or until the connection is closed; True when it is.

        A long wait ends also when the client sends no more.
        """
        try:
            async with asyncio.timeout(seconds):
                await _gone(self.until_ended if seconds > _LONG else self.receive)
        except TimeoutError:
            return False
        return True

    async def gone(self) -> None:
        """Wait until either side closes the connection."""
        await _gone(self.receive)

    async def drained(self, limit: int) -> None:
        """Wait until at most `limit` bytes are buffered in this process, or the connection is closed."""
        while self.transport.get_write_buffer_size() > limit and not await self.gone_within(_MOMENT):
            pass

    async def arrived(self) -> None:
        """Wait until the client's system acknowledged all that was sent, or the connection is closed.

        A reset discards the rest. TLS has a buffer of its own that cannot be asked; it is empty when the system's stays
        empty.
        """
        sock, quiet = self.transport.get_extra_info("socket"), 0
        while quiet < _QUIET:
            quiet = 0 if self.transport.get_write_buffer_size() or _unacknowledged(sock) else quiet + 1
            if await self.gone_within(_MOMENT):
                return

    async def end(self, *, reset: bool = False) -> None:
        """Close the connection; with `reset` by a TCP reset."""
        if reset:
            await self.arrived()
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self.transport.abort()
        else:
            self.transport.close()
        await self.gone()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _unacknowledged(sock: socket.socket) -> int:
    """How many bytes the client's system has not acknowledged; 0 on systems that do not say."""
    if sys.platform != "linux":
        return 0
    return int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
