"""What the steps of signing hand on: parameters become a text, and the text becomes the bytes to digest."""

from collections.abc import Callable
from typing import NamedTuple

Pair = tuple[str, str]
Pairs = tuple[Pair, ...]

COMMON, LIKELY, UNLIKELY, RARE = 1, 2, 3, 5
"""How likely a way to do one step is; the numbers add up when several steps are done otherwise."""


class Join(NamedTuple):
    """How parameters become one text, and the text between two of them."""

    write: Callable[[Pairs], str]
    joint: str = ""


class Draft(NamedTuple):
    """A signature in the making.

    `text` is what is digested, `data` the same as bytes; `key` is the key of an HMAC, or None for a plain digest.
    """

    pairs: Pairs
    secret: str
    join: Join
    text: str = ""
    key: str | None = None
    data: bytes = b""
    key_data: bytes = b""


class Option(NamedTuple):
    """One wrong way to do a step of signing: its mistake, its detail in words, and how likely it is.

    `apply` gives None when it cannot be done with this draft. `show`, where it is set, is done in place of `apply` when
    the signed text is shown: it keeps the text readable, and the secret hidden.
    """

    mistake: str
    detail: str
    cost: int
    apply: Callable[[Draft], Draft | None]
    show: Callable[[Draft], Draft] | None = None


class Step(NamedTuple):
    """A step of signing: the vendor's way, or None where the vendor changes nothing, and the wrong ways."""

    right: Callable[[Draft], Draft] | None
    options: tuple[Option, ...]
