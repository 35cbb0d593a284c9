"""HTTP requests to the vendor's surface and the responses to them: values without IO."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Literal, Protocol, Self

import msgspec

from flipsnack_mock.protocol.byte_ranges import ByteRange
from flipsnack_mock.protocol.effects import Effect
from flipsnack_mock.protocol.instants import Counted

BODILESS = frozenset({204, 205, 304})
"""The HTTP statuses of answers without a body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5)."""

MAX_TEXT = 2_000
"""The characters of a path or header that `Request.beginning` keeps."""


class UploadedFile(msgspec.Struct, frozen=True, gc=False):
    """One file of a multipart body: what the part's head says of it, and what was found in its bytes.

    `field` is the name of the part, `size` the number of bytes that came, `digest` their SHA-256 in hexadecimal, `kind`
    what the content is (empty: none of the kinds that are accepted), and `pages` how many pages it has. `damage` says
    why it cannot be converted, and `not_kept` why its bytes were not kept; both are empty when all is well.
    """

    field: str
    file_name: str
    size: Counted
    digest: str
    kind: Literal["pdf", "jpg", "png", ""] = ""
    pages: Counted = 1
    damage: str = ""
    not_kept: str = ""


class Form(msgspec.Struct, frozen=True, gc=False):
    """The fields of a multipart body, which was read as it came.

    `damage` says why it could not be read to its end, and `rule` is the ledger entry behind that; both are empty when
    it could.
    """

    fields: tuple[tuple[str, str], ...]
    damage: str = ""
    rule: str = ""

    @property
    def size(self) -> int:
        """How many characters all names and values have."""
        return sum([len(name) + len(value) for name, value in self.fields])

    def beginning(self, length: int) -> Self:
        """The same with the first fields only, which have at most `length` characters together."""
        sizes = accumulate(len(name) + len(value) for name, value in self.fields)
        kept = [field for field, size in zip(self.fields, sizes, strict=True) if size <= length]
        return msgspec.structs.replace(self, fields=tuple(kept))


class Request(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request to the vendor's surface.

    `path` is without the namespace and percent-decoded, `query` and `body` are raw, `at` is real time in microseconds,
    and `origin` is what resource URLs begin with: scheme, host and namespace. `host` and `range` are the headers of
    these names, `conditions` holds If-Match, If-None-Match and If-Range where they were sent, by their names in lower
    case.
    A multipart body is no `body`: `form` has its fields and `files` its files, whose bytes are kept elsewhere.
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
    files: tuple[UploadedFile, ...] = ()
    form: Form | None = None

    @property
    def body_length(self) -> int:
        """The length of what the body holds beside files."""
        return len(self.body) if self.form is None else self.form.size

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
            form=self.form and self.form.beginning(length),
        )


class Body(Protocol):
    """A body that is too large for memory, to be sent piece by piece."""

    @property
    def size(self) -> int:
        """The length in bytes."""

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to, but without, `stop`."""


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
        """The same with the first `length` bytes of a body in memory, or none of another; `sent_bytes` stays."""
        if not isinstance(self.body, bytes):
            return msgspec.structs.replace(self, body=b"", range=self.sent_range)
        if len(self.body) <= length:
            return self
        return msgspec.structs.replace(self, body=self.body[:length], range=ByteRange(0, self.size))
