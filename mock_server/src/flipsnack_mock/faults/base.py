"""Base classes of all kinds of fault.

A kind acts at one moment. `request`: as soon as the account is known; it replaces the answer, or changes it later.
`zip`: before a package is served. `resource-url`: when an answer contains a resource URL.
"""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.randomness import Draw
from flipsnack_mock.protocol.messages import Response

Moment = Literal["request", "zip", "resource-url"]

CALLS = frozenset({"call"})
PACKAGES = frozenset({"package"})
ANYWHERE = CALLS | PACKAGES

MAX_PAUSE = 300.0
"""Upper bound of a pause in real seconds, whatever was drawn."""

Seconds = Annotated[float, Meta(ge=0, le=MAX_PAUSE)]
Bytes = Annotated[int, Meta(ge=0, le=1_000_000_000)]
MediaType = Annotated[
    str, Meta(pattern=r"^[\x21-\x7e][\x20-\x7e]{0,199}\Z", extra={"expected": "a media type, as text/html"})
]


class FaultNotApplicable(Exception):
    """The fault cannot be applied to this answer; the text says why."""


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every kind: its moment, what it applies to, and whether the answer needs a body."""

    moment: ClassVar[Moment] = "request"
    applies_to: ClassVar[frozenset[str]] = ANYWHERE
    needs_body: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name of the kind."""
        return str(self.__struct_config__.tag)


class AnswerFault(Kind, frozen=True):
    """A kind that changes the answer or how it is sent."""

    def disturb(self, answer: Response, fmt: str, draw: Draw) -> Response:
        """`answer`, in the format `fmt`, with the fault applied; raises `FaultNotApplicable`."""
        raise NotImplementedError
