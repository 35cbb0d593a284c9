"""The journal as lines of JSON: a `Header`, then a line for each request, in the order in which they were answered.

Secrets and signatures are masked.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.protocol.expectation import expectation
from flipsnack_mock.protocol.instants import Counted
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

VERSION = 1


class BadTrace(ValueError):
    """The text is not a trace of this version; names the line and what was expected."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The source of the requests: `key` is set in the trace of one account, `dropped` counts missing requests."""

    trace: int
    world: str
    key: str | None
    dropped: Counted


class Line(msgspec.Struct, frozen=True):
    """One line after the header."""

    request: Record


class Trace(msgspec.Struct, frozen=True):
    """A trace that was read."""

    header: Header
    records: list[Record]


def trace(world: World, entries: Iterable[Entry], key: str | None, dropped: int) -> Iterator[bytes]:
    """The `entries` of `world` as lines: all of its journal, or those of the account of `key`."""
    yield msgspec.json.encode(Header(trace=VERSION, world=world.name, key=key, dropped=dropped)) + b"\n"
    for record in records_of(world, entries):
        yield msgspec.json.encode(Line(record)) + b"\n"


def read_trace(text: str) -> Trace:
    """The trace in `text`; raises `BadTrace`."""
    # Only a line feed ends a line: JSON strings may contain U+0085 and U+2028.
    raw = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not raw:
        raise BadTrace("the file is empty; expected the answer of GET /__admin/requests.ndjson")
    version = _decoded(raw[0], dict[str, Any]).get("trace")
    if version != VERSION:
        raise BadTrace(f"line 1 has trace version {version}; expected the header of a trace of version {VERSION}")
    return Trace(_decoded(raw[0], Header), [_decoded(line, Line).request for line in raw[1:]])


def _decoded(numbered: tuple[int, str], shape: Any) -> Any:
    number, line = numbered
    try:
        return msgspec.json.decode(line, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError) as damage:
        raise BadTrace(f"line {number} cannot be read: {expectation(damage, shape)}") from None
