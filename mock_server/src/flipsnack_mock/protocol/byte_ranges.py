"""Byte ranges: what a request for a part of a body, and the conditions with it, ask for (RFC 9110)."""

import re
from collections.abc import Mapping

import msgspec

CONDITIONS = ("if-match", "if-none-match", "if-range")
"""The conditions that are evaluated. Those that name a date are not: a package has no date of change."""

_ONE_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})")


class ByteRange(msgspec.Struct, frozen=True, gc=False):
    """The bytes from `start` up to, but without, `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes these are."""
        return self.stop - self.start


def failed_condition(conditions: Mapping[str, str], etag: str) -> int:
    """The HTTP status of a request whose condition fails (13.2.2): 304 or 412; 0 when all hold."""
    if "if-match" not in conditions and "if-none-match" not in conditions:
        return 0
    # Imported on first use: few downloads have a condition, and it takes long.
    from werkzeug.http import parse_etags

    tag = etag.strip('"')
    if "if-match" in conditions and not parse_etags(conditions["if-match"]).contains(tag):
        return 412
    if "if-none-match" in conditions and parse_etags(conditions["if-none-match"]).contains_weak(tag):
        return 304
    return 0


def requested_range(header: str, if_range: str | None, *, size: int, etag: str) -> ByteRange | None:
    """The range that the header `Range` of a GET asks for, of `size` bytes; None stands for all of them.

    A range that begins behind the last byte is empty.
    """
    if if_range not in (None, etag):
        # A part of something else would be of no use (13.1.5).
        return None
    match = _ONE_RANGE.fullmatch(header)
    if match is None or (match[1] and match[2] and int(match[2]) < int(match[1])):
        # Several ranges may be ignored, other units and nonsense must be (14.2).
        return None
    return _range(match[1], match[2], size)


def _range(first: str, last: str, size: int) -> ByteRange:
    if not first:
        # The last n bytes of something shorter are all of it (14.1.2).
        return ByteRange(max(0, size - int(last)), size)
    start = min(int(first), size)
    return ByteRange(start, min(int(last) + 1, size) if last else size)
