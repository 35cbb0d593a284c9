"""Faults in what an answer is: its type, its body, the package, the resource URL in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, ClassVar

import msgspec
from msgspec import Meta

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.base import CALLS, PACKAGES, Bytes, CannotAct, Draw, Kind, MediaType, Moment, OnAnswer
from flipsnack_mock.protocol.effects import Damage

if TYPE_CHECKING:
    from flipsnack_mock.protocol.messages import Response

__all__ = ["EmptyBody", "InvalidJson", "InvalidXml", "InvalidZip", "OnResourceUrl", "UrlLifetime", "UrlOrigin"]
__all__ += ["WrongByte", "WrongContentType"]

# More than the record that an archive ends with and that says where everything is (PKWARE APPNOTE, 4.3.16).
_END_BYTES = 256
_ORIGIN = re.compile(r"^https?://[^/]+")


class WrongContentType(OnAnswer, frozen=True, tag="content-type", kw_only=True):
    """The right body under another `content_type`."""

    content_type: MediaType

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        """The answer with that content type."""
        if answer.content_type == self.content_type:
            raise CannotAct(f"the content type is {self.content_type} anyway")
        return msgspec.structs.replace(answer, content_type=self.content_type)


class EmptyBody(OnAnswer, frozen=True, tag="empty-body"):
    """The right status and headers with an empty body."""

    needs_body: ClassVar[bool] = True

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        """The answer without its body."""
        return msgspec.structs.replace(answer, body=b"")


class InvalidJson(OnAnswer, frozen=True, tag="invalid-json"):
    """JSON (or JSONP) that does not parse: its last brace is missing."""

    about: ClassVar[frozenset[str]] = CALLS

    def disturb(self, answer: Response, fmt: str, _draw: Draw) -> Response:
        """The damaged answer."""
        if fmt not in ("json", "jsonp"):
            raise CannotAct(f"the answer is {fmt}, not json or jsonp")
        return _without(answer, b"}")


class InvalidXml(OnAnswer, frozen=True, tag="invalid-xml"):
    """XML that is not well-formed: its last tag is missing."""

    about: ClassVar[frozenset[str]] = CALLS

    def disturb(self, answer: Response, fmt: str, _draw: Draw) -> Response:
        """The damaged answer."""
        if fmt != "xml":
            raise CannotAct(f"the answer is {fmt}, not xml")
        return _without(answer, b"</response>")


class InvalidZip(OnAnswer, frozen=True, tag="invalid-zip"):
    """A package of the right length that no program opens: its directory's end is overwritten."""

    moment: ClassVar[Moment] = "zip"
    about: ClassVar[frozenset[str]] = PACKAGES
    needs_body: ClassVar[bool] = True

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        """The damaged package."""
        end = bytes(_END_BYTES)
        return _damaged(answer, _package(answer).size - len(end), end)


class WrongByte(OnAnswer, frozen=True, tag="wrong-byte", kw_only=True):
    """A package with one bit turned at `offset` (None: in the middle of its largest part, where a checksum sees it)."""

    moment: ClassVar[Moment] = "zip"
    about: ClassVar[frozenset[str]] = PACKAGES
    needs_body: ClassVar[bool] = True

    offset: Bytes | None = None

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        """The damaged package."""
        package = _package(answer)
        offset = package.middle if self.offset is None else self.offset
        if offset >= package.size:
            raise CannotAct(f"the package has {package.size} bytes, none at {offset}")
        return _damaged(answer, offset, bytes([package.byte(offset) ^ 1]))


class OnResourceUrl(Kind, frozen=True):
    """A kind that changes the resource URL that an answer hands out."""

    moment: ClassVar[Moment] = "resource-url"
    about: ClassVar[frozenset[str]] = CALLS

    @property
    def lifetime(self) -> float | None:
        """How long the URL lives, in seconds; None: as long as the account's settings say."""
        return None

    def moved(self, origin: str) -> str:
        """What the URL begins with, which would be `origin`: scheme, host and namespace."""
        return origin


class UrlLifetime(OnResourceUrl, frozen=True, tag="url-lifetime", kw_only=True):
    """The resource URL lives so many `seconds` of the account's clock; 0 is dead on arrival."""

    seconds: Annotated[float, Meta(ge=0, le=86_400)]

    @property
    def lifetime(self) -> float:
        """Those seconds."""
        return self.seconds


class UrlOrigin(OnResourceUrl, frozen=True, tag="url-origin", kw_only=True):
    """The resource URL points at another `origin` (scheme, host, port); by default at a port where nobody listens."""

    origin: Annotated[str, Meta(pattern=r"^https?://[A-Za-z0-9.\[\]:-]{1,253}$")] = "http://127.0.0.1:1"

    def moved(self, origin: str) -> str:
        """The other origin, with the same namespace."""
        return _ORIGIN.sub(self.origin, origin, count=1)


def _without(answer: Response, last: bytes) -> Response:
    if not isinstance(answer.body, bytes) or last not in answer.body:
        raise CannotAct(f"the answer holds no {last.decode()} to take away")
    before, _, after = answer.body.rpartition(last)
    return msgspec.structs.replace(answer, body=before + after)


def _package(answer: Response) -> Package:
    if not isinstance(answer.body, Package):
        raise CannotAct("no package is served")
    return answer.body


def _damaged(answer: Response, offset: int, wrong: bytes) -> Response:
    package = _package(answer).overwritten(offset, wrong)
    return msgspec.structs.replace(answer, body=package, effect=Damage(offset, offset + len(wrong)))
