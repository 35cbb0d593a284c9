"""What every kind of fault is.

A kind acts at one moment. `request`: as soon as the account is known; it answers instead, or is carried to the answer,
whatever that is. `zip`: when a package is about to be served. `resource-url`: when an answer hands out a resource URL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.randomness import fraction

if TYPE_CHECKING:
    from flipsnack_mock.protocol.messages import Response

__all__ = [
    "ANYWHERE",
    "CALLS",
    "FaultNotApplicable",
    "Draw",
    "ReplacementFault",
    "Kind",
    "MAX_PAUSE",
    "Moment",
    "AnswerFault",
    "PACKAGES",
]
__all__ += ["Bytes", "MediaType", "Seconds"]

Moment = Literal["request", "zip", "resource-url"]

CALLS = frozenset({"call"})
PACKAGES = frozenset({"package"})
ANYWHERE = CALLS | PACKAGES

MAX_PAUSE = 300.0
"""No pause is longer than so many real seconds, whatever was drawn."""

Seconds = Annotated[float, Meta(ge=0, le=MAX_PAUSE)]
Bytes = Annotated[int, Meta(ge=0, le=1_000_000_000)]
MediaType = Annotated[str, Meta(pattern=r"^[\x21-\x7e][\x20-\x7e]{0,199}$")]


class FaultNotApplicable(Exception):
    """A fault met an answer that it can do nothing to; the text says why."""


class Draw(msgspec.Struct, frozen=True):
    """The chance of one firing, the same for the same `seed` and `number` of the request that the rule sees."""

    seed: int
    number: int

    def fraction(self, purpose: str) -> float:
        """A number above 0 and below 1; each `purpose` has its own."""
        return fraction(self.seed, self.number, purpose)


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every kind: its moment, what it is about, and whether it only sees answers that have a body."""

    moment: ClassVar[Moment] = "request"
    applies_to: ClassVar[frozenset[str]] = ANYWHERE
    needs_body: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name of the kind."""
        return str(self.__struct_config__.tag)


class ReplacementFault(Kind, frozen=True):
    """A kind that answers instead: nothing is carried out, counted or changed."""


class AnswerFault(Kind, frozen=True):
    """A kind that changes the answer, or how it is sent."""

    def disturb(self, answer: Response, fmt: str, draw: Draw) -> Response:
        """`answer`, whose format is `fmt`, with the fault in it; raises `FaultNotApplicable`."""
        raise NotImplementedError
