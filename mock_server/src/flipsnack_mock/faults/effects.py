"""What an edge does to an answer on its way out: waiting, dripping, cutting, breaking. Values; the edge performs them.

An effect that cannot be had for the answer at hand says so (`obstacle`), so that no fault is silently nothing.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Body", "Break", "Cut", "Damage", "Drip", "Effect", "Framing", "Pause"]

Framing = Literal["length", "chunked", "close"]


class Body(msgspec.Struct, frozen=True):
    """The body that is about to be sent: the bytes from `start` to `stop` of what there is."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes will be sent."""
        return self.stop - self.start


class Effect(msgspec.Struct, frozen=True):
    """What happens to an answer; `needs_connection` when only an engine that hands out its connection can do it."""

    needs_connection: ClassVar[bool] = False

    def obstacle(self, _body: Body) -> str:
        """Why this cannot happen to an answer with `body`; nothing when it can."""
        return ""


class Pause(Effect, frozen=True):
    """Nothing is sent for so many real `seconds`, before the headers or between them and the body."""

    seconds: float
    before: Literal["headers", "body"] = "headers"

    def obstacle(self, body: Body) -> str:
        """A pause before the body needs a body."""
        return "the answer has no body to wait before" if self.before == "body" and not body.length else ""


class Drip(Effect, frozen=True):
    """The body is sent in pieces of `size` bytes with so many real `seconds` between them."""

    size: int
    seconds: float

    def obstacle(self, body: Body) -> str:
        """A drip needs more than one piece, else nothing would be slower."""
        return "" if body.length > self.size else f"the body has {body.length} bytes, one piece has {self.size}"


class Cut(Effect, frozen=True):
    """Only the first `keep` bytes of the body are sent (None: half of it), then the connection ends.

    `framing` says what the headers had promised, and `reset` whether the connection is torn instead of closed.
    """

    needs_connection: ClassVar[bool] = True

    keep: int | None
    framing: Framing = "length"
    reset: bool = False

    def obstacle(self, body: Body) -> str:
        """There must be something to cut off."""
        return "" if self.kept(body.length) < body.length else f"the body has only {body.length} bytes"

    def kept(self, length: int) -> int:
        """How many of `length` bytes are sent."""
        return length // 2 if self.keep is None else self.keep


class Break(Effect, frozen=True):
    """No answer at all: the connection is torn (`reset`) or closed, after `garbage` if there is any."""

    needs_connection: ClassVar[bool] = True

    reset: bool = False
    garbage: bytes = b""


class Damage(Effect, frozen=True):
    """The bytes from `start` to `stop` of the package are wrong already; the edge only sees that they are served."""

    start: int
    stop: int

    def obstacle(self, body: Body) -> str:
        """The damaged bytes must be among those that are sent."""
        if body.start <= self.start and self.stop <= body.stop:
            return ""
        return f"bytes {self.start} to {self.stop} are wrong, and {body.start} to {body.stop} are asked for"
