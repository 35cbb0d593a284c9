"""What the server does while it sends an answer: pause, drip, cut, break. These are values; the server performs them.

An effect that cannot be applied to an answer says so (`obstacle`), so that no fault is silently skipped.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from flipsnack_mock.protocol.byte_ranges import ByteRange

__all__ = ["Break", "Cut", "Damage", "Drip", "Effect", "Framing", "Pause"]

Framing = Literal["length", "chunked", "close"]


class Effect(msgspec.Struct, frozen=True):
    """One effect; with `needs_connection`, only an engine that exposes its connection can perform it."""

    needs_connection: ClassVar[bool] = False

    def obstacle(self, _sent: ByteRange) -> str:
        """Why this cannot happen to an answer of which `sent` is sent; nothing when it can."""
        return ""

    def sent(self, length: int) -> int:
        """How many of the `length` bytes of the body are sent."""
        return length


class Pause(Effect, frozen=True):
    """Wait real `seconds` before the headers, or between the headers and the body."""

    seconds: float
    before: Literal["headers", "body"] = "headers"

    def obstacle(self, sent: ByteRange) -> str:
        """A pause before the body needs a body."""
        return "the answer has no body to delay" if self.before == "body" and not sent.length else ""


class Drip(Effect, frozen=True):
    """Send the body in pieces of `size` bytes, with real `seconds` between them."""

    size: int
    seconds: float

    def obstacle(self, sent: ByteRange) -> str:
        """A drip needs more than one piece, else nothing would be slower."""
        return "" if sent.length > self.size else f"the body has {sent.length} bytes, one piece has {self.size}"


class Cut(Effect, frozen=True):
    """Send only the first `keep` bytes of the body (None: half of it), then end the connection.

    `framing` is what the headers promise; with `reset` the connection is reset instead of closed.
    """

    needs_connection: ClassVar[bool] = True

    keep: int | None
    framing: Framing = "length"
    reset: bool = False

    def obstacle(self, sent: ByteRange) -> str:
        """There must be something to cut off."""
        return "" if self.kept(sent.length) < sent.length else f"the body has only {sent.length} bytes"

    def kept(self, length: int) -> int:
        """How many of `length` bytes are sent."""
        return length // 2 if self.keep is None else self.keep

    def sent(self, length: int) -> int:
        """Those that are kept."""
        return self.kept(length)


class Break(Effect, frozen=True):
    """Send no answer: reset (`reset`) or close the connection, after sending `garbage` if there is any."""

    needs_connection: ClassVar[bool] = True

    reset: bool = False
    garbage: bytes = b""

    def sent(self, _length: int) -> int:
        """None of them."""
        return 0


class Damage(Effect, frozen=True):
    """The bytes from `start` to `stop` of the package are already wrong; the server only checks that they are sent."""

    start: int
    stop: int

    def obstacle(self, sent: ByteRange) -> str:
        """The damaged bytes must be among those that are sent."""
        if sent.start <= self.start and self.stop <= sent.stop:
            return ""
        return f"bytes {self.start} to {self.stop} are wrong, and {sent.start} to {sent.stop} are asked for"
