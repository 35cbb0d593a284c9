"""Faults that replace the answer: a code of the API, any HTTP answer, a redirect, an outage."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.base import CALLS, Kind, MediaType
from flipsnack_mock.protocol.effects import Break
from flipsnack_mock.protocol.errors import CATALOGUE, FieldError
from flipsnack_mock.protocol.messages import BODILESS, Response

Status = Annotated[int, Meta(ge=200, le=599)]
HeaderName = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z", extra={"expected": "the name of a header"})
]
HeaderValue = Annotated[
    str, Meta(pattern=r"^[\x20-\x7e]{0,4000}\Z", extra={"expected": "up to 4,000 ASCII characters in one line"})
]
Location = Annotated[
    str, Meta(pattern=r"^[\x21-\x7e]{1,4000}\Z", extra={"expected": "1 to 4,000 visible ASCII characters"})
]
MAX_REPLACEMENT_BYTES = 1_000_000
"""The most bytes of the body of a fault's answer."""

_FRAMING = frozenset({"content-length", "content-type", "transfer-encoding", "connection"})
_HTML = "text/html; charset=utf-8"
_UNAVAILABLE = b"<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>\n"


class HttpAnswer(Kind, frozen=True):
    """A kind that replaces the answer with a plain HTTP answer, outside the vendor's envelope.

    As with `VendorCode`, the call is not carried out or counted, and changes nothing.
    """

    def plain(self, url: str) -> Response:
        """The answer to a request for `url`."""
        raise NotImplementedError


class VendorCode(Kind, frozen=True, tag="code", kw_only=True):
    """The API answers `code` in the requested format; a code outside the vendor's table needs a `message`."""

    applies_to: ClassVar[frozenset[str]] = CALLS

    code: Annotated[int, Meta(ge=1, le=9999)]
    message: Annotated[str, Meta(max_length=10_000)] | None = None

    def __post_init__(self) -> None:
        if self.message is None and self.code not in CATALOGUE:
            known = ", ".join(map(str, sorted(CATALOGUE)))
            raise FieldError("message", f"the vendor has no message for code {self.code}; give one, or use {known}")


class Verbatim(HttpAnswer, frozen=True, tag="status", kw_only=True):
    """An HTTP answer of any `status`, `body` (or `body_base64`), `content_type` and `headers`."""

    status: Status
    body: Annotated[str, Meta(max_length=MAX_REPLACEMENT_BYTES)] = ""
    body_base64: Annotated[bytes, Meta(max_length=MAX_REPLACEMENT_BYTES)] = b""
    content_type: MediaType = "text/plain; charset=utf-8"
    headers: Annotated[dict[HeaderName, HeaderValue], Meta(max_length=100)] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.body and self.body_base64:
            raise FieldError("body_base64", "`body` is given too; give one of the two")
        if self.status in BODILESS and (self.body or self.body_base64):
            raise FieldError("body", f"an answer with status {self.status} has no body; leave it out")
        if wrong := sorted(name for name in self.headers if name.lower() in _FRAMING):
            instead = "use `content_type` or the kind `truncate`"
            raise FieldError("headers", f"{wrong[0]} is set by the server; {instead}")

    def plain(self, _url: str) -> Response:
        body = self.body_base64 or self.body.encode()
        return Response(self.status, self.content_type, body, tuple(self.headers.items()))


class Redirect(HttpAnswer, frozen=True, tag="redirect", kw_only=True):
    """A redirect to `location`; by default to the requested URL itself."""

    status: Literal[301, 302, 303, 307, 308] = 302
    location: Location | None = None

    def plain(self, url: str) -> Response:
        return Response(self.status, _HTML, headers=(("Location", self.location or url),))


class Outage(HttpAnswer, frozen=True, tag="outage", kw_only=True):
    """The service is down: HTTP 503, or a connection that is reset or closed without an answer."""

    answer: Literal["unavailable", "reset", "empty-reply"] = "unavailable"

    def plain(self, _url: str) -> Response:
        effect = None if self.answer == "unavailable" else Break(reset=self.answer == "reset")
        return Response(503, _HTML, _UNAVAILABLE, effect=effect)
