"""Which part of a package is sent: what HTTP makes of Range and of the conditions that come with it (RFC 9110).

The door decides it, so that the journal, a replay and the metrics know what was answered without asking the edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags

from flipsnack_mock.api.resource_urls import INVALID_RANGE
from flipsnack_mock.protocol.messages import Part, Request, Response

if TYPE_CHECKING:
    from flipsnack_mock.documents.archive import Package
    from flipsnack_mock.state.journal import Entry

__all__ = ["CONDITIONS", "package_response"]

CONDITIONS = ("if-match", "if-none-match", "if-range")
"""The conditions that are heeded; a package has no date of change, so those that name one never matter."""

_ZIP = "application/zip"
_ONE_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})")


def package_response(package: Package, entry: Entry) -> Response:
    """The answer to the request of `entry` for `package`: 200, 206 a part of it, 304, 412 or 416."""
    request = entry.request
    headers: tuple[tuple[str, str], ...] = (("ETag", package.etag), ("Accept-Ranges", "bytes"))
    if status := _unmet(request.conditions, package.etag):
        return Response(status, _ZIP, b"", entry, headers)
    part = _wanted(request, package)
    if part is None:
        return Response(200, _ZIP, package, entry, headers)
    if not part.length:
        headers = (*headers, ("Content-Range", f"bytes */{package.size}"))
        return Response(416, "application/xml", INVALID_RANGE, entry, headers)
    headers = (*headers, ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{package.size}"))
    return Response(206, _ZIP, package, entry, headers, asked=part)


def _unmet(conditions: Mapping[str, str], etag: str) -> int:
    """The status of a request whose condition does not hold (13.2.2), 0 when all do."""
    tag = etag.strip('"')
    if "if-match" in conditions and not parse_etags(conditions["if-match"]).contains(tag):
        return 412
    if "if-none-match" in conditions and parse_etags(conditions["if-none-match"]).contains_weak(tag):
        return 304
    return 0


def _wanted(request: Request, package: Package) -> Part | None:
    """The part that was asked for, which may be empty; None for the whole."""
    if request.method != "GET" or request.conditions.get("if-range", package.etag) != package.etag:
        # Only GET knows ranges (14.2), and a part of something else would be of no use (13.1.5).
        return None
    match = _ONE_RANGE.fullmatch(request.range)
    if match is None or (match[1] and match[2] and int(match[2]) < int(match[1])):
        # Several ranges may be ignored, other units and nonsense must be (14.2).
        return None
    return _part(match[1], match[2], package.size)


def _part(first: str, last: str, size: int) -> Part:
    if not first:
        # The last n bytes of something shorter are all of it (14.1.2).
        return Part(max(0, size - int(last)), size)
    start = min(int(first), size)
    return Part(start, min(int(last) + 1, size) if last else size)
