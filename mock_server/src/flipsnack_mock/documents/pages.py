"""A page of a document, as a package shows it: a picture, and the text that can be read in it."""

from typing import Literal

import msgspec


class TextRun(msgspec.Struct, frozen=True):
    """Text on one line of a page. Its box is in fractions of the page's width and height, from the top left."""

    text: str
    left: float
    top: float
    width: float
    height: float


class Page(msgspec.Struct, frozen=True):
    """The picture of a page, `width` by `height` pixels, and its text in reading order.

    `picture` may be a view of mapped memory: a package refers to it and copies nothing.
    """

    picture: bytes | memoryview
    media_type: Literal["image/png", "image/jpeg", "image/svg+xml"]
    width: int
    height: int
    text: tuple[TextRun, ...] = ()
