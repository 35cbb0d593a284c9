"""Sends responses, and carries out what a fault does to one while it is sent: wait, drip, cut or break.

Under our own engine this happens on the event loop and on the connection, so thousands can wait at once. Under another
WSGI server an iterator sleeps in a thread of that server; faults that need the connection are refused there.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import suppress
from http.client import responses as phrases
from typing import Any, NamedTuple, Self

from flipsnack_mock.protocol.effects import Break, Cut, Damage, Drip, Effect, Pause
from flipsnack_mock.server.clock import Sleep

if sys.platform == "linux":
    import fcntl
    import termios

EFFECT = "flipsnack_mock.effect"
"""The key of the WSGI environment for the effect that our engine carries out."""

CONNECTION = "flipsnack_mock.connection"
"""The key of the ASGI scope, and of the WSGI environment, for the transport of our engine; other servers have none."""

CLIENT_ENDED = "flipsnack_mock.client_ended"
"""The key of the ASGI scope for a function that says whether the client sends no more."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BUFFERED_BYTES = 256 * 1024
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


async def deliver(answer: WsgiAnswer, effect: Effect | None, connection: Connection) -> None:
    """Send `answer`, and let `effect` happen to it."""
    try:
        await _WAYS[type(effect)](effect, answer, connection)
    except asyncio.CancelledError:
        # The server stops and has waited long enough. The engine would append a 500 to what was sent already.
        connection.transport.abort()
        with suppress(asyncio.CancelledError):
            await connection.gone()


async def _whole(_effect: Damage | None, answer: WsgiAnswer, connection: Connection) -> None:
    if isinstance(answer.chunks, tuple):
        await connection.whole(answer)
    else:
        await connection.head(answer)
        await connection.body(answer.chunks)


async def _pause(effect: Pause, answer: WsgiAnswer, connection: Connection) -> None:
    if effect.before == "body":
        await connection.head(answer)
    if await connection.gone_within(effect.seconds):
        return
    if effect.before == "headers":
        await connection.head(answer)
    await connection.body(answer.chunks)


async def _drip(effect: Drip, answer: WsgiAnswer, connection: Connection) -> None:
    await connection.head(answer)
    for number, piece in enumerate(_pieces(answer.chunks, effect.size)):
        if number and await connection.gone_within(effect.seconds):
            return
        await connection.piece(piece)
    await connection.body(())


async def _cut(effect: Cut, answer: WsgiAnswer, connection: Connection) -> None:
    length = int(dict(answer.headers).get(b"content-length", b"0"))
    pieces = _beginning(answer.chunks, effect.sent(length))
    if effect.framing == "close":
        await _send_unframed(answer, pieces, connection)
    else:
        await connection.head(answer.without_length() if effect.framing == "chunked" else answer)
        for piece in pieces:
            await connection.piece(piece)
    await connection.end(reset=effect.reset)


async def _send_unframed(answer: WsgiAnswer, pieces: Iterable[bytes], connection: Connection) -> None:
    # ASGI has no answer that only the end of the connection ends, so this one is written by hand.
    headers = [*answer.without_length().headers, (b"connection", b"close")]
    lines = [f"HTTP/1.1 {answer.status} {phrases.get(answer.status, '')}".encode()]
    lines += [name + b": " + value for name, value in headers]
    connection.transport.write(b"\r\n".join(lines) + b"\r\n\r\n")
    for piece in pieces:
        connection.transport.write(piece)
        await connection.drained(_BUFFERED_BYTES)


async def _break(effect: Break, _answer: WsgiAnswer, connection: Connection) -> None:
    if effect.garbage:
        connection.transport.write(effect.garbage)
    await connection.end(reset=effect.reset)


_WAYS: dict[type[Effect | None], Callable[[Any, WsgiAnswer, Connection], Awaitable[None]]] = {
    type(None): _whole,
    Damage: _whole,
    Pause: _pause,
    Drip: _drip,
    Cut: _cut,
    Break: _break,
}


def slowed(chunks: Iterable[bytes], effect: Effect, sleep: Sleep) -> Iterable[bytes]:
    """`chunks` that wait or drip by themselves, for a server that hands out no connection.

    A pause before the headers happens in this call.
    """
    if isinstance(effect, Pause) and effect.before == "headers":
        sleep(effect.seconds)
    elif isinstance(effect, Pause):
        return _late(chunks, effect.seconds, sleep)
    elif isinstance(effect, Drip):
        return _dripping(chunks, effect, sleep)
    return chunks


def _late(chunks: Iterable[bytes], seconds: float, sleep: Sleep) -> Iterator[bytes]:
    # An empty piece makes a server send the headers (PEP 3333 leaves it to the server; most do).
    yield b""
    sleep(seconds)
    yield from chunks


def _dripping(chunks: Iterable[bytes], effect: Drip, sleep: Sleep) -> Iterator[bytes]:
    for number, piece in enumerate(_pieces(chunks, effect.size)):
        if number:
            sleep(effect.seconds)
        yield piece


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`; the last may be shorter."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def _beginning(chunks: Iterable[bytes], length: int) -> Iterator[bytes]:
    """The first `length` bytes."""
    for chunk in chunks:
        if length <= 0:
            return
        yield chunk[:length]
        length -= len(chunk)
