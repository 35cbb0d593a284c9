"""A long JSON array, made element by element."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec


def json_array(items: Iterable[Any]) -> Iterator[bytes]:
    """The JSON of a list of `items`, in parts."""
    yield b"["
    for number, item in enumerate(items):
        yield (b"," if number else b"") + msgspec.json.encode(item)
    yield b"]"
