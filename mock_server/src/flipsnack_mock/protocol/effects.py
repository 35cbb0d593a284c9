"""Effects: what a fault does to a response while it is sent. These are values; the server carries them out.

`obstacle` says why an effect would not show in a response, so that no fault silently does nothing.
"""

from typing import ClassVar, Literal

import msgspec

from flipsnack_mock.protocol.byte_ranges import ByteRange

Framing = Literal["length", "chunked", "close"]


class Effect(msgspec.Struct, frozen=True):
    """Base of all effects; `needs_connection` when only a server with access to the connection can carry it out."""

    needs_connection: ClassVar[bool] = False

    def obstacle(self, _sent: ByteRange) -> str:
        """Why the effect cannot act on a response whose part `_sent` is sent; empty when it can."""
        return ""

    def sent(self, length: int) -> int:
        """How many of the `length` bytes of the body are sent."""
        return length


class Pause(Effect, frozen=True):
    """A wait of real `seconds`, before the headers or between them and the body."""

    seconds: float
    before: Literal["headers", "body"] = "headers"

    def obstacle(self, sent: ByteRange) -> str:
        return "the answer has no body to delay" if self.before == "body" and not sent.length else ""


class Drip(Effect, frozen=True):
    """The body is sent in pieces of `size` bytes, real `seconds` apart."""

    size: int
    seconds: float

    def obstacle(self, sent: ByteRange) -> str:
        return "" if sent.length > self.size else f"the body has {sent.length} bytes, one piece has {self.size}"


class Cut(Effect, frozen=True):
    """Send only the first `keep` bytes of the body (None: half of it), then end the connection.

    `framing` says what the headers promise, and `reset` whether the connection is reset instead of closed.
    """

    needs_connection: ClassVar[bool] = True

    keep: int | None
    framing: Framing = "length"
    reset: bool = False

    def obstacle(self, sent: ByteRange) -> str:
        return "" if self.sent(sent.length) < sent.length else f"the body has only {sent.length} bytes"

    def sent(self, length: int) -> int:
        return length // 2 if self.keep is None else self.keep


class Break(Effect, frozen=True):
    """No response: the connection is reset or closed, after `garbage` if there is any."""

    needs_connection: ClassVar[bool] = True

    reset: bool = False
    garbage: bytes = b""

    def sent(self, _length: int) -> int:
        return 0


class Damage(Effect, frozen=True):
    """The bytes from `start` to `stop` of the body are wrong already; the server has nothing to do."""

    start: int
    stop: int

    def obstacle(self, sent: ByteRange) -> str:
        if sent.start <= self.start and self.stop <= sent.stop:
            return ""
        return f"bytes {self.start} to {self.stop} are wrong, and {sent.start} to {sent.stop} are asked for"
