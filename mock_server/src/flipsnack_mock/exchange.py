"""What goes into the door and what comes out of it: values without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from flipsnack_mock.faults.effects import Effect
    from flipsnack_mock.journal import Entry
    from flipsnack_mock.packages import Package

__all__ = ["Request", "Response", "Sent"]


class Request(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request to the vendor's surface.

    `path` is without the namespace and percent-decoded, `query` and `body` are raw, `at` is real time in microseconds,
    and `origin` is what resource URLs begin with: scheme, host and namespace; `range` is the header of that name.
    """

    method: str
    path: str
    query: bytes
    at: int
    origin: str
    content_type: str = ""
    body: bytes = b""
    range: str = ""


class Sent(msgspec.Struct, frozen=True, gc=False):
    """What the journal remembers of an answer."""

    http_status: int
    content_type: str
    body: bytes | Package


class Response(msgspec.Struct, frozen=True):
    """The answer: HTTP status, content type, and a body that is either bytes or a package to stream.

    `entry` is the line of the journal that remembers the exchange, `effect` what a fault does to the answer on its way.
    """

    http_status: int
    content_type: str
    body: bytes | Package
    entry: Entry
    headers: tuple[tuple[str, str], ...] = ()
    effect: Effect | None = None

    @property
    def sent(self) -> Sent:
        """What is to be remembered. Not the response itself: it knows its entry, and a circle is only freed late."""
        return Sent(self.http_status, self.content_type, self.body)
