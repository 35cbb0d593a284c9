"""Sends responses, and carries out what a fault does to one while it is sent: wait, drip, cut or break.

Under our own engine this happens on the event loop and on the connection, so thousands can wait at once. Under another
WSGI server an iterator sleeps in a thread of that server; faults that need the connection are refused there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from flipsnack_mock.protocol.effects import Break, Cut, Damage, Drip, Effect, Pause
from flipsnack_mock.server.clock import Sleep
from flipsnack_mock.server.connection import Exchange, WsgiAnswer

EFFECT = "flipsnack_mock.effect"
"""The key of the WSGI environment for the effect that our engine carries out."""

_BUFFERED_BYTES = 256 * 1024


async def deliver(answer: WsgiAnswer, effect: Effect | None, exchange: Exchange) -> None:
    """Send `answer`, and let `effect` happen to it."""
    try:
        await _WAYS[type(effect)](effect, answer, exchange)
    except asyncio.CancelledError:
        # The server stops and has waited long enough. The engine would append a 500 to what was sent already.
        exchange.transport.abort()
        with suppress(asyncio.CancelledError):
            await exchange.gone()


async def _whole(_effect: Damage | None, answer: WsgiAnswer, exchange: Exchange) -> None:
    if isinstance(answer.chunks, tuple):
        await exchange.writable()
        if not exchange.disconnected:
            exchange.whole(answer)
    else:
        await exchange.head(answer)
        await exchange.body_of(answer.chunks)


async def _pause(effect: Pause, answer: WsgiAnswer, exchange: Exchange) -> None:
    if effect.before == "body":
        await exchange.head(answer)
    if await exchange.gone_within(effect.seconds):
        return
    if effect.before == "headers":
        await exchange.head(answer)
    await exchange.body_of(answer.chunks)


async def _drip(effect: Drip, answer: WsgiAnswer, exchange: Exchange) -> None:
    await exchange.head(answer)
    for number, piece in enumerate(_pieces(answer.chunks, effect.size)):
        if number and await exchange.gone_within(effect.seconds):
            return
        await exchange.piece(piece)
    await exchange.body_of(())


async def _cut(effect: Cut, answer: WsgiAnswer, exchange: Exchange) -> None:
    length = int(dict(answer.headers).get("content-length", "0"))
    pieces = _beginning(answer.chunks, effect.sent(length))
    if effect.framing == "close":
        await _send_unframed(answer, pieces, exchange)
    else:
        await exchange.head(answer.without_length() if effect.framing == "chunked" else answer)
        for piece in pieces:
            await exchange.piece(piece)
    await exchange.end(reset=effect.reset)


async def _send_unframed(answer: WsgiAnswer, pieces: Iterable[bytes], exchange: Exchange) -> None:
    # Only the end of the connection ends this answer.
    exchange.transport.write(answer.without_length().head() + b"connection: close\r\n\r\n")
    for piece in pieces:
        exchange.transport.write(piece)
        await exchange.drained(_BUFFERED_BYTES)


async def _break(effect: Break, _answer: WsgiAnswer, exchange: Exchange) -> None:
    if effect.garbage:
        exchange.transport.write(effect.garbage)
    await exchange.end(reset=effect.reset)


_WAYS: dict[type[Effect | None], Callable[[Any, WsgiAnswer, Exchange], Awaitable[None]]] = {
    type(None): _whole,
    Damage: _whole,
    Pause: _pause,
    Drip: _drip,
    Cut: _cut,
    Break: _break,
}


def slowed(chunks: Iterable[bytes], effect: Effect, sleep: Sleep) -> Iterable[bytes]:
    """`chunks` that wait or drip by themselves, for a server that hands out no exchange.

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
