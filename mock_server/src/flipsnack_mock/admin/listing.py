"""Long answers in pieces: no step of making or sending them keeps other requests waiting."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.long_poll import Work, work
from flipsnack_mock.inspect.json_array import json_array
from flipsnack_mock.state.world import World

Item = TypeVar("Item")

_AT_ONCE = 200
"""So many accounts or collections are shown in a millisecond."""
_PIECE_BYTES = 256 * 1024


def listed(world: World, name: str, items: Sequence[Item], show: Callable[[Item], Any]) -> HttpResponse | Work:
    """An object with, under `name`, the list of what `show` makes of each of `items` of `world`."""
    return work(lambda: json_list(name, with_lock(world, items, show)), size=len(items))


def with_lock(world: World, items: Sequence[Item], show: Callable[[Item], Any]) -> Iterator[Any]:
    """What `show` makes of each of `items`; the lock of `world` is held for some of them at a time."""
    for first in range(0, len(items), _AT_ONCE):
        with world.lock:
            shown = [show(item) for item in items[first : first + _AT_ONCE]]
        yield from shown


def json_list(name: str, items: Iterable[Any], **others: Any) -> HttpResponse:
    """An object with the list of `items` under `name`, and with `others`."""
    return HttpResponse([*pieces(_lines(name, items, others))], content_type="application/json")


def _lines(name: str, items: Iterable[Any], others: dict[str, Any]) -> Iterator[bytes]:
    yield msgspec.json.encode(others)[:-1] + (b"," if others else b"")
    yield msgspec.json.encode(name) + b":"
    yield from json_array(items)
    yield b"}\n"


def pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    held: list[bytes] = []
    length = 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= _PIECE_BYTES:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)
