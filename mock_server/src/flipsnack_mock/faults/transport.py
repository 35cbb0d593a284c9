"""Faults in the sending of an answer: late, slow, partial, or not at all. The server performs them."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.base import MAX_PAUSE, AnswerFault, Bytes, Seconds
from flipsnack_mock.faults.randomness import Draw, lognormal
from flipsnack_mock.protocol.effects import Break, Cut, Drip, Effect, Framing, Pause
from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.protocol.messages import Response

Before = Literal["headers", "body"]


class TransportFault(AnswerFault, frozen=True):
    """A kind that changes how the answer is sent, not the answer."""

    def effect(self, _draw: Draw) -> Effect:
        """The effect that the server performs."""
        raise NotImplementedError

    def disturb(self, answer: Response, _fmt: str, draw: Draw) -> Response:
        return msgspec.structs.replace(answer, effect=self.effect(draw))


class Delay(TransportFault, frozen=True, tag="delay", kw_only=True):
    """A fixed delay of real `seconds`, before the headers or before the body."""

    seconds: Seconds
    before: Before = "headers"

    def effect(self, _draw: Draw) -> Effect:
        return Pause(self.seconds, self.before)


class UniformDelay(TransportFault, frozen=True, tag="delay-uniform", kw_only=True):
    """A delay drawn for each request, uniformly between `low` and `high` real seconds."""

    low: Seconds
    high: Seconds
    before: Before = "headers"

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise FieldError("high", f"{self.high:g} is less than `low`; give at least {self.low:g}")

    def effect(self, draw: Draw) -> Effect:
        return Pause(self.low + (self.high - self.low) * draw.fraction("delay"), self.before)


class LognormalDelay(TransportFault, frozen=True, tag="delay-lognormal", kw_only=True):
    """A delay drawn for each request: mostly about `median` real seconds, rarely much longer (`sigma`)."""

    median: Seconds
    sigma: Annotated[float, Meta(ge=0, le=10)]
    before: Before = "headers"

    def effect(self, draw: Draw) -> Effect:
        return Pause(min(MAX_PAUSE, lognormal(draw.fraction("delay"), self.median, self.sigma)), self.before)


class DripFeed(TransportFault, frozen=True, tag="drip", kw_only=True):
    """The body is sent in pieces of `bytes`, with real `seconds` between them."""

    needs_body: ClassVar[bool] = True

    bytes: Annotated[int, Meta(ge=1, le=1_000_000)]
    seconds: Seconds

    def effect(self, _draw: Draw) -> Effect:
        return Drip(self.bytes, self.seconds)


class Truncate(TransportFault, frozen=True, tag="truncate", kw_only=True):
    """The connection closes after `keep` bytes of the body; by default half of it.

    `framing` is what the headers promise: the full `length`, `chunked` (the last chunk is missing), or nothing
    (`close`), so that the client cannot notice.
    """

    needs_body: ClassVar[bool] = True

    keep: Bytes | None = None
    framing: Framing = "length"

    def effect(self, _draw: Draw) -> Effect:
        return Cut(self.keep, self.framing)


class ConnectionReset(TransportFault, frozen=True, tag="reset", kw_only=True):
    """The connection is reset (TCP RST) instead of an answer, or after `after` bytes of the body."""

    after: Bytes | None = None

    def effect(self, _draw: Draw) -> Effect:
        return Break(reset=True) if self.after is None else Cut(self.after, reset=True)


class EmptyReply(TransportFault, frozen=True, tag="empty-reply"):
    """The connection is closed without an answer."""

    def effect(self, _draw: Draw) -> Effect:
        return Break()


class Garbage(TransportFault, frozen=True, tag="garbage", kw_only=True):
    """`bytes` bytes that are not HTTP, then the connection is closed."""

    bytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 64

    def effect(self, draw: Draw) -> Effect:
        return Break(garbage=draw.noise(self.bytes))
