"""Faults that answer instead: a code of the API, any HTTP answer, a redirect, an outage."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.base import CALLS, Instead, MediaType
from flipsnack_mock.protocol.effects import Break, Effect
from flipsnack_mock.protocol.errors import CATALOGUE, FieldError

__all__ = ["HttpAnswer", "Outage", "PlainAnswer", "Redirect", "VendorCode", "Verbatim"]

Status = Annotated[int, Meta(ge=200, le=599)]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
HeaderValue = Annotated[str, Meta(pattern=r"^[\x20-\x7e]{0,4000}$")]
Location = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,4000}$")]
_FRAMING = frozenset({"content-length", "content-type", "transfer-encoding", "connection"})
_BODILESS = frozenset({204, 304})
_HTML = "text/html; charset=utf-8"
_UNAVAILABLE = b"<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>\n"


class PlainAnswer(msgspec.Struct, frozen=True):
    """An HTTP answer that is none of the vendor's."""

    status: int
    content_type: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    effect: Effect | None = None


class HttpAnswer(Instead, frozen=True):
    """A kind that answers in HTTP, not in the vendor's envelope."""

    def plain(self, url: str) -> PlainAnswer:
        """The answer; `url` is what was asked for."""
        raise NotImplementedError


class VendorCode(Instead, frozen=True, tag="code", kw_only=True):
    """The API answers `code`, in the format that was asked for; `message` is needed for a code this fake has not."""

    about: ClassVar[frozenset[str]] = CALLS

    code: Annotated[int, Meta(ge=1, le=9999)]
    message: str | None = None

    def __post_init__(self) -> None:
        """Refuse a code that has no message."""
        if self.message is None and self.code not in CATALOGUE:
            known = ", ".join(map(str, sorted(CATALOGUE)))
            raise FieldError("message", f"code {self.code} has no message of the vendor's; expected one, or {known}")

    @property
    def text(self) -> str:
        """The message of the answer."""
        return CATALOGUE[self.code].message if self.message is None else self.message


class Verbatim(HttpAnswer, frozen=True, tag="status", kw_only=True):
    """An HTTP answer of any `status`, `body` (or `body_base64`), `content_type` and `headers`."""

    status: Status
    body: str = ""
    body_base64: bytes = b""
    content_type: MediaType = "text/plain; charset=utf-8"
    headers: dict[HeaderName, HeaderValue] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse two bodies, a body where HTTP has none, and headers that would break the answer's frame."""
        if self.body and self.body_base64:
            raise FieldError("body_base64", "there is a `body` too; expected one of the two")
        if self.status in _BODILESS and (self.body or self.body_base64):
            raise FieldError("body", f"an answer {self.status} has no body; expected none")
        if wrong := sorted(name for name in self.headers if name.lower() in _FRAMING):
            expected = "others; for these there are `content_type` and the kind `truncate`"
            raise FieldError("headers", f"{wrong[0]} says where the body ends or what it is; expected {expected}")

    def plain(self, _url: str) -> PlainAnswer:
        """The answer that was given."""
        body = self.body_base64 or self.body.encode()
        return PlainAnswer(self.status, self.content_type, body, tuple(self.headers.items()))


class Redirect(HttpAnswer, frozen=True, tag="redirect", kw_only=True):
    """A redirect to `location`, or (None) to the very URL that was asked for."""

    status: Literal[301, 302, 303, 307, 308] = 302
    location: Location | None = None

    def plain(self, url: str) -> PlainAnswer:
        """The redirect."""
        return PlainAnswer(self.status, _HTML, headers=(("Location", self.location or url),))


class Outage(HttpAnswer, frozen=True, tag="outage", kw_only=True):
    """Nothing behind the address works: HTTP 503, or a connection that is reset or closed without a word."""

    answer: Literal["unavailable", "reset", "empty-reply"] = "unavailable"

    def plain(self, _url: str) -> PlainAnswer:
        """The answer of what stands before a service that is gone, or no answer."""
        effect = None if self.answer == "unavailable" else Break(reset=self.answer == "reset")
        return PlainAnswer(503, _HTML, _UNAVAILABLE, effect=effect)
