"""What goes into the door and what comes out of it: values without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from flipsnack_mock.documents.archive import Package
    from flipsnack_mock.faults.effects import Effect
    from flipsnack_mock.state.journal import Entry

__all__ = ["Part", "Request", "Response", "Sent"]


class Request(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request to the vendor's surface.

    `path` is without the namespace and percent-decoded, `query` and `body` are raw, `at` is real time in microseconds,
    and `origin` is what resource URLs begin with: scheme, host and namespace. `range` is the header of that name,
    `conditions` holds If-Match, If-None-Match and If-Range where they were sent, by their names in lower case.
    `cuttable` says whether the edge has the connection in its hand, so that a fault can cut or break it.
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


class Part(msgspec.Struct, frozen=True, gc=False):
    """The bytes from `start` up to `stop` of what there is."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes these are."""
        return self.stop - self.start


class Sent(msgspec.Struct, frozen=True, gc=False):
    """What the journal remembers of an answer; `length` is how many bytes of a body were sent.

    A client that goes away in the middle has got fewer: that much was on its way to it.
    """

    http_status: int
    content_type: str
    body: bytes | Package
    headers: tuple[tuple[str, str], ...]
    length: int


class Response(msgspec.Struct, frozen=True):
    """The answer: HTTP status, content type, and a body that is either bytes or a package to stream.

    `entry` is the line of the journal that remembers the exchange, `effect` what a fault does to the answer on its way,
    and `asked` the part of a package that is meant when it is not the whole.
    """

    http_status: int
    content_type: str
    body: bytes | Package
    entry: Entry
    headers: tuple[tuple[str, str], ...] = ()
    effect: Effect | None = None
    asked: Part | None = None

    @property
    def part(self) -> Part:
        """The part of the body that is to be sent: nothing of it to a HEAD."""
        if self.entry.request.method == "HEAD":
            return Part(0, 0)
        body = self.body
        if isinstance(body, bytes):
            return Part(0, len(body))
        return self.asked or Part(0, body.size)

    @property
    def sent(self) -> Sent:
        """What is to be remembered. Not the response itself: it knows its entry, and a circle is only freed late."""
        length = self.part.length
        if self.effect is not None:
            length = self.effect.sent(length)
        return Sent(self.http_status, self.content_type, self.body, self.headers, length)
