"""Faults in how an answer is sent: late, slowly, in part, not at all. The edge carries them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.base import MAX_PAUSE, Bytes, Draw, OnAnswer, Seconds
from flipsnack_mock.faults.randomness import lognormal, noise, uniform
from flipsnack_mock.protocol.effects import Break, Cut, Drip, Effect, Framing, Pause
from flipsnack_mock.protocol.errors import FieldError

if TYPE_CHECKING:
    from flipsnack_mock.protocol.messages import Response

__all__ = ["ConnectionReset", "Delay", "DripFeed", "EmptyReply", "Garbage", "LognormalDelay", "Truncate"]
__all__ += ["UniformDelay"]

Before = Literal["headers", "body"]


class Sent(OnAnswer, frozen=True):
    """A kind that leaves the answer as it is and sends it in a way of its own."""

    def effect(self, _draw: Draw) -> Effect:
        """What the edge does."""
        raise NotImplementedError

    def disturb(self, answer: Response, _fmt: str, draw: Draw) -> Response:
        """The answer, with the effect for the edge."""
        return msgspec.structs.replace(answer, effect=self.effect(draw))


class Delay(Sent, frozen=True, tag="delay", kw_only=True):
    """A fixed wait of real `seconds`, before the headers or before the body."""

    seconds: Seconds
    before: Before = "headers"

    def effect(self, _draw: Draw) -> Effect:
        """The wait."""
        return Pause(self.seconds, self.before)


class UniformDelay(Sent, frozen=True, tag="delay-uniform", kw_only=True):
    """A wait that is drawn anew each time, anywhere between two numbers of real seconds."""

    low: Seconds
    high: Seconds
    before: Before = "headers"

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if self.low > self.high:
            raise FieldError("high", f"{self.high:g} is less than `low`; expected at least {self.low:g}")

    def effect(self, draw: Draw) -> Effect:
        """The wait."""
        return Pause(uniform(draw.fraction("delay"), self.low, self.high), self.before)


class LognormalDelay(Sent, frozen=True, tag="delay-lognormal", kw_only=True):
    """A wait that is drawn anew each time: mostly about `median` real seconds, seldom much longer (`sigma`)."""

    median: Seconds
    sigma: Annotated[float, Meta(ge=0, le=10)]
    before: Before = "headers"

    def effect(self, draw: Draw) -> Effect:
        """The wait, at most `MAX_PAUSE`."""
        return Pause(min(MAX_PAUSE, lognormal(draw.fraction("delay"), self.median, self.sigma)), self.before)


class DripFeed(Sent, frozen=True, tag="drip", kw_only=True):
    """The body comes in pieces of `bytes` with so many real `seconds` between them."""

    needs_body: ClassVar[bool] = True

    bytes: Annotated[int, Meta(ge=1, le=1_000_000)]
    seconds: Seconds

    def effect(self, _draw: Draw) -> Effect:
        """The drip."""
        return Drip(self.bytes, self.seconds)


class Truncate(Sent, frozen=True, tag="truncate", kw_only=True):
    """The connection closes after `keep` bytes of the body (None: half of it).

    `framing` is what the headers promise: the true `length`, `chunked` (the last chunk is missing), or nothing, so that
    the client can only read until `close` and cannot notice.
    """

    needs_body: ClassVar[bool] = True

    keep: Bytes | None = None
    framing: Framing = "length"

    def effect(self, _draw: Draw) -> Effect:
        """The cut."""
        return Cut(self.keep, self.framing)


class ConnectionReset(Sent, frozen=True, tag="reset", kw_only=True):
    """The connection is torn (TCP RST) instead of an answer, or (`after`) after so many bytes of the body."""

    after: Bytes | None = None

    def effect(self, _draw: Draw) -> Effect:
        """The break or the cut."""
        return Break(reset=True) if self.after is None else Cut(self.after, reset=True)


class EmptyReply(Sent, frozen=True, tag="empty-reply"):
    """The connection is closed without a byte."""

    def effect(self, _draw: Draw) -> Effect:
        """The break."""
        return Break()


class Garbage(Sent, frozen=True, tag="garbage", kw_only=True):
    """So many `bytes` that are no HTTP, then the end of the connection."""

    bytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 64

    def effect(self, draw: Draw) -> Effect:
        """The garbage."""
        return Break(garbage=noise(draw.seed, draw.number, self.bytes))
