"""The connection of one request in our own engine: what is sent to it, how long it lasts, how it ends."""

import asyncio
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, NamedTuple, Self

if sys.platform == "linux":
    import fcntl
    import termios

CONNECTION = "flipsnack_mock.connection"
"""The key of the ASGI scope, and of the WSGI environment, for the transport of our engine; other servers have none."""

CLIENT_ENDED = "flipsnack_mock.client_ended"
"""The key of the ASGI scope for a function that says whether the client sends no more."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MOMENT = 0.005
# Seconds that a client which said that it is done may be waited for.
_LONG = 10
# So many moments in a row without unacknowledged bytes.
_QUIET = 2
# On, with zero seconds: closing sends RST and discards what is unsent.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class WsgiAnswer(NamedTuple):
    """What a WSGI application answered; the names in `headers` are lower-case."""

    status: int
    headers: list[tuple[bytes, bytes]]
    chunks: Iterable[bytes]

    def without_length(self) -> Self:
        """The same without its Content-Length."""
        return self._replace(headers=[header for header in self.headers if header[0] != b"content-length"])


class JoinedWrites:
    """`transport`, whose writes wait between `hold` and `flush`: head and body of an answer take one system call."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held: list[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def hold(self) -> None:
        """Let what is written wait."""
        self._held = []

    def write(self, data: bytes) -> None:
        """Write `data`, or let it wait."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def flush(self) -> None:
        """Write what waits, at once."""
        held, self._held = self._held, None
        if held:
            self._transport.write(b"".join(held))

    def close(self) -> None:
        """Write what waits, and close."""
        self.flush()
        self._transport.close()


class Connection(NamedTuple):
    """The connection of one request: ASGI's `receive` and `send`, and the transport below them.

    `until_ended` is a `receive` that takes a client which sends no more for one that is gone.
    """

    transport: JoinedWrites
    receive: Receive
    send: Send
    until_ended: Receive

    async def head(self, answer: WsgiAnswer) -> None:
        await self.send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})

    async def whole(self, answer: WsgiAnswer) -> None:
        """Send head and body at once, in one system call."""
        self.transport.hold()
        try:
            await self.head(answer)
            await self.send({"type": "http.response.body", "body": b"".join(answer.chunks)})
        finally:
            self.transport.flush()

    async def body(self, chunks: Iterable[bytes]) -> None:
        held = b""
        for chunk in chunks:
            if held:
                await self.piece(held)
            held = chunk
        await self.send({"type": "http.response.body", "body": held, "more_body": False})

    async def piece(self, data: bytes) -> None:
        """Send a piece of the body; more will come."""
        await self.send({"type": "http.response.body", "body": data, "more_body": True})

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


def until_ended(scope: Message, receive: Receive) -> Receive:
    """`receive` for what waits long: a client that sends no more is as good as gone, and the connection is closed.

    Most such clients have closed it, and those that only said that they are done cannot be told from them.
    """

    async def ended() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect" or not scope[CLIENT_ENDED]():
            return message
        scope[CONNECTION].close()
        return await ended()

    return ended


def _unacknowledged(sock: socket.socket) -> int:
    """How many bytes the client's system has not acknowledged; 0 on systems that do not say."""
    if sys.platform != "linux":
        return 0
    return int.from_bytes(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
