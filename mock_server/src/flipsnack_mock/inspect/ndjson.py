"""The journal as lines of JSON, with all that it takes to run it again: settings, changes from outside, requests.

The first line is the `Header`; every other line is a `request` or a `change`, in the order in which they happened.
Secrets and signatures are masked: `***` stands for each secret, and a replay takes it for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from flipsnack_mock.inspect.masking import MASK
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import Change
from flipsnack_mock.state.settings import Settings

if TYPE_CHECKING:
    from flipsnack_mock.state.world import World

__all__ = ["BadTrace", "Header", "Line", "Step", "Trace", "VERSION", "read_trace", "trace"]

VERSION = 1


class BadTrace(ValueError):
    """A text that is no trace, or not one that this version reads; says which line and what was expected."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the world was made from. `key` is set in the trace of one account, `dropped` counts what is missing."""

    trace: int
    world: str
    key: str | None
    dropped: int
    settings: Settings


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A change made through the control plane: the route and what it was given, or the `account` that came of it.

    The account is null for one that is gone; it is left out where the route says it all.
    """

    id: str
    wall: str
    at_us: int
    key: str
    method: str
    path: str
    args: dict[str, str]
    body: Any = None
    account: Account | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def number(self) -> int:
        """The place of this change in the journal."""
        return int(self.id[1:])


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line after the header: a request or a change."""

    request: Record | None = None
    change: Step | None = None


class Trace(msgspec.Struct, frozen=True):
    """A trace that was read; `lines` come with the number of their line in the text."""

    header: Header
    lines: tuple[tuple[int, Line], ...]

    @property
    def records(self) -> list[Record]:
        """The requests alone."""
        return [line.request for _, line in self.lines if line.request is not None]


def trace(world: World, key: str | None = None) -> str:
    """The journal of `world` as text, or that of one account with the changes that concerned everybody."""
    lines = [*_requests(world, key), *_changes(world, key)]
    lines.sort(key=lambda item: item[0])
    return "\n".join([_encoded(_header(world, key)), *(_encoded(line) for _, line in lines)]) + "\n"


def read_trace(text: str) -> Trace:
    """The trace in `text`; raises `BadTrace`."""
    # Lines of JSON end in a line feed alone: other ends of lines, as U+0085 and U+2028, may stand within a text.
    raw = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not raw:
        raise BadTrace("there is nothing in it; expected the answer of GET /__admin/requests.ndjson")
    version = _decoded(raw[0], dict[str, Any]).get("trace")
    if version != VERSION:
        raise BadTrace(f"line 1 is not the header of a trace of version {VERSION}, but has version {version}")
    lines = tuple((number, _decoded((number, line), Line)) for number, line in raw[1:])
    return Trace(_decoded(raw[0], Header), lines)


def _decoded(numbered: tuple[int, str], shape: Any) -> Any:
    number, line = numbered
    try:
        return msgspec.json.decode(line, type=shape)
    except (msgspec.DecodeError, ValueError) as damage:
        raise BadTrace(f"line {number} cannot be read: {damage}") from None


def _header(world: World, key: str | None) -> dict[str, Any]:
    rings = world.journal.rings(key)
    settings = msgspec.structs.replace(world.settings, admin_token="")
    return {
        "trace": VERSION,
        "world": world.name,
        "key": key,
        "dropped": sum(ring.dropped for name, ring in rings.items() if key is None or name == key),
        "settings": _masked(msgspec.to_builtins(settings)),
    }


def _requests(world: World, key: str | None) -> Iterator[tuple[int, Any]]:
    for record in records_of(world, world.journal.entries(key)):
        yield record.number, {"request": record}


def _changes(world: World, key: str | None) -> Iterator[tuple[int, Any]]:
    for ring in world.journal.rings(key).values():
        for change in ring.changes:
            yield change.number, {"change": _step(change)}


def _step(change: Change) -> dict[str, Any]:
    step = {
        "id": f"c{change.number}",
        "wall": to_text(change.at),
        "at_us": change.at,
        "key": change.key,
        "method": change.method,
        "path": change.path,
        "args": change.args,
    }
    if change.account is None:
        return step | {"body": _masked(msgspec.json.decode(change.body)) if change.body else None}
    return step | {"account": _masked(msgspec.json.decode(change.account)) if change.account else None}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: MASK if name == "secret" else _masked(inner) for name, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode()
