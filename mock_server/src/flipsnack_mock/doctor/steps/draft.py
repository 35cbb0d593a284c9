"""What the steps of signing hand on: parameters and secret become a message, and the message the bytes to digest."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]

COMMON, LIKELY, UNLIKELY, RARE = 1, 2, 3, 5
"""How likely a way to do one step is; the numbers add up when several steps are done otherwise."""


class Join(NamedTuple):
    """How parameters become one text, and the text between two of them."""

    write: Callable[[Pairs], str]
    joint: str = ""


class Draft(NamedTuple):
    """The parameters on their way to one text, which is empty until they are joined."""

    pairs: Pairs
    join: Join
    text: str = ""


Message = tuple[str, str | None]
"""The text to digest, with the secret in it, and the key of an HMAC, or None for a plain digest."""

Data = tuple[bytes, bytes | None]
"""A message as bytes."""


class Option(NamedTuple, Generic[T]):
    """One wrong way to do a step of signing: its mistake, its detail in words, and how likely it is.

    `apply` gives None when it cannot be done. `show`, where it is set, is done in place of `apply` when the signed text
    is shown: it keeps the text readable, and the secret hidden.
    """

    mistake: str
    detail: str
    cost: int
    apply: Callable[..., T | None]
    show: Callable[..., T] | None = None


class Step(NamedTuple, Generic[T]):
    """A step of signing: the vendor's way, or None where the vendor changes nothing, and the wrong ways."""

    right: Callable[[T], T] | None
    options: tuple[Option[T], ...]
