"""Faults in the content of an answer: its type, its body, the package, the resource URL."""

import re
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.base import (
    CALLS,
    PACKAGES,
    AnswerFault,
    Bytes,
    FaultNotApplicable,
    Kind,
    MediaType,
    Moment,
)
from flipsnack_mock.faults.randomness import Draw
from flipsnack_mock.protocol.addresses import HOST_PATTERN
from flipsnack_mock.protocol.effects import Damage
from flipsnack_mock.protocol.messages import BODILESS, Response

# Longer than the end of central directory record (PKWARE APPNOTE, 4.3.16).
_END_BYTES = 256
_ORIGIN = re.compile(r"^https?://[^/]+")


class WrongContentType(AnswerFault, frozen=True, tag="content-type", kw_only=True):
    """The right body under another `content_type`."""

    content_type: MediaType

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        if answer.http_status in BODILESS:
            raise FaultNotApplicable(f"an answer with status {answer.http_status} has no content type")
        if answer.content_type == self.content_type:
            raise FaultNotApplicable(f"the content type is already {self.content_type}")
        return msgspec.structs.replace(answer, content_type=self.content_type)


class EmptyBody(AnswerFault, frozen=True, tag="empty-body"):
    """The right status and headers with an empty body."""

    needs_body: ClassVar[bool] = True

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        return msgspec.structs.replace(answer, body=b"")


class InvalidJson(AnswerFault, frozen=True, tag="invalid-json"):
    """JSON or JSONP without its last brace, so that it does not parse."""

    applies_to: ClassVar[frozenset[str]] = CALLS

    def disturb(self, answer: Response, fmt: str, _draw: Draw) -> Response:
        if fmt not in ("json", "jsonp"):
            raise FaultNotApplicable(f"the answer is {fmt}, not json or jsonp")
        return _without(answer, b"}")


class InvalidXml(AnswerFault, frozen=True, tag="invalid-xml"):
    """XML without its last tag, so that it is not well-formed."""

    applies_to: ClassVar[frozenset[str]] = CALLS

    def disturb(self, answer: Response, fmt: str, _draw: Draw) -> Response:
        if fmt != "xml":
            raise FaultNotApplicable(f"the answer is {fmt}, not xml")
        return _without(answer, b"</response>")


class InvalidZip(AnswerFault, frozen=True, tag="invalid-zip"):
    """A package of the right length that cannot be opened: the end of its directory is overwritten."""

    moment: ClassVar[Moment] = "zip"
    applies_to: ClassVar[frozenset[str]] = PACKAGES
    needs_body: ClassVar[bool] = True

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        end = bytes(_END_BYTES)
        return _damaged(answer, _package(answer).size - len(end), end)


class WrongByte(AnswerFault, frozen=True, tag="wrong-byte", kw_only=True):
    """A package with one wrong bit, at `offset`; by default where a checksum detects it."""

    moment: ClassVar[Moment] = "zip"
    applies_to: ClassVar[frozenset[str]] = PACKAGES
    needs_body: ClassVar[bool] = True

    offset: Bytes | None = None

    def disturb(self, answer: Response, _fmt: str, _draw: Draw) -> Response:
        package = _package(answer)
        offset = package.middle if self.offset is None else self.offset
        if offset >= package.size:
            raise FaultNotApplicable(f"the package has {package.size} bytes, so offset {offset} does not exist")
        return _damaged(answer, offset, bytes([package.byte(offset) ^ 1]))


class ResourceUrlFault(Kind, frozen=True):
    """A kind that changes the resource URL in an answer."""

    moment: ClassVar[Moment] = "resource-url"
    applies_to: ClassVar[frozenset[str]] = CALLS

    @property
    def lifetime(self) -> float | None:
        """Seconds that the URL is valid; None for the account's setting."""
        return None

    def moved(self, origin: str) -> str:
        """The origin (scheme, host and namespace) of the URL, in place of `origin`."""
        return origin


class UrlLifetime(ResourceUrlFault, frozen=True, tag="url-lifetime", kw_only=True):
    """The resource URL expires after `seconds` of the account's clock; 0 is expired from the start."""

    seconds: Annotated[float, Meta(ge=0, le=86_400)]

    @property
    def lifetime(self) -> float:
        return self.seconds


class UrlOrigin(ResourceUrlFault, frozen=True, tag="url-origin", kw_only=True):
    """The resource URL points to another `origin` (scheme, host, port); by default to a closed port."""

    origin: Annotated[
        str,
        Meta(
            pattern=rf"^https?://{HOST_PATTERN}\Z",
            extra={"expected": "scheme and host, as http://127.0.0.1:1"},
        ),
    ] = "http://127.0.0.1:1"

    def moved(self, origin: str) -> str:
        return _ORIGIN.sub(self.origin, origin, count=1)


def _without(answer: Response, last: bytes) -> Response:
    if not isinstance(answer.body, bytes) or last not in answer.body:
        raise FaultNotApplicable(f"the answer contains no {last.decode()} to remove")
    before, _, after = answer.body.rpartition(last)
    return msgspec.structs.replace(answer, body=before + after)


def _package(answer: Response) -> Package:
    if not isinstance(answer.body, Package):
        raise FaultNotApplicable("the answer is not a package")
    return answer.body


def _damaged(answer: Response, offset: int, wrong: bytes) -> Response:
    package = _package(answer).overwritten(offset, wrong)
    return msgspec.structs.replace(answer, body=package, effect=Damage(offset, offset + len(wrong)))
