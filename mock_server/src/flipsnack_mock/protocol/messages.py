"""HTTP requests to the vendor's surface and the responses to them: values without IO."""

from typing import BinaryIO, Protocol, Self

import msgspec

from flipsnack_mock.protocol.byte_ranges import ByteRange
from flipsnack_mock.protocol.effects import Effect

BODILESS = frozenset({204, 205, 304})
"""The HTTP statuses of answers without a body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5)."""

MAX_TEXT = 2_000
"""The characters of a path or header that `Request.beginning` keeps."""


class Request(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request to the vendor's surface.

    `path` is without the namespace and percent-decoded, `query` and `body` are raw, `at` is real time in microseconds,
    and `origin` is what resource URLs begin with: scheme, host and namespace. `host` and `range` are the headers of
    these names, `conditions` holds If-Match, If-None-Match and If-Range where they were sent, by their names in lower
    case.
    `cuttable` says whether the server has access to the connection, so that a fault can cut or break it.
    """

    method: str
    path: str
    query: bytes
    at: int
    origin: str
    content_type: str = ""
    body: bytes = b""
    range: str = ""
    conditions: dict[str, str] = {}
    cuttable: bool = True
    host: str = ""

    def beginning(self, length: int) -> Self:
        """The same with the first `length` bytes of query and body, and `MAX_TEXT` characters of path and headers."""
        return msgspec.structs.replace(
            self,
            path=self.path[:MAX_TEXT],
            query=self.query[:length],
            body=self.body[:length],
            content_type=self.content_type[:MAX_TEXT],
            range=self.range[:MAX_TEXT],
            conditions={name: value[:MAX_TEXT] for name, value in self.conditions.items()},
        )


class Body(Protocol):
    """A body that is too large for memory: a file to open, read and seek in."""

    @property
    def size(self) -> int:
        """The length in bytes."""

    def open(self) -> BinaryIO:
        """A new reader at the first byte."""


class Response(msgspec.Struct, frozen=True, gc=False):
    """One HTTP response. The journal keeps it, so it refers to nothing that refers to a journal entry.

    `range` is the part of the body that was asked for, when that is not all of it; `effect` is what a fault does to the
    response while it is sent; `head` says that it answers a HEAD request, to which no byte of the body is sent.
    """

    http_status: int
    content_type: str
    body: bytes | Body = b""
    headers: tuple[tuple[str, str], ...] = ()
    range: ByteRange | None = None
    effect: Effect | None = None
    head: bool = False

    @property
    def size(self) -> int:
        """The length of the whole body in bytes."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.size

    @property
    def sent_range(self) -> ByteRange:
        """The part of the body that is to be sent."""
        if self.head:
            return ByteRange(0, 0)
        return self.range or ByteRange(0, self.size)

    @property
    def sent_bytes(self) -> int:
        """How many bytes of the body are sent: fewer than `sent_range` has when a fault cuts the response."""
        length = self.sent_range.length
        return length if self.effect is None else self.effect.sent(length)

    def beginning(self, length: int) -> Self:
        """The same with the first `length` bytes of a body in memory; what it says of bytes sent stays."""
        if not isinstance(self.body, bytes) or len(self.body) <= length:
            return self
        return msgspec.structs.replace(self, body=self.body[:length], range=ByteRange(0, self.size))
