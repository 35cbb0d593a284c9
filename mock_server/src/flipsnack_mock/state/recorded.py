"""A dict that records which of its names were set or removed, so that only these need to be written."""

from collections.abc import Iterable, MutableMapping
from typing import Any, Self, TypeVar

Value = TypeVar("Value")


class Recorded(dict[str, Value]):
    """A dict with the names that were `set` or removed since the last `settle`.

    A name that is removed and set again stands at the end of the order, as in any dict; it is among `removed` too.
    """

    __slots__ = ("changed", "removed")

    def __init__(self, items: Iterable[tuple[str, Value]]) -> None:
        super().__init__(items)
        self.changed: dict[str, None] = {}
        self.removed: dict[str, None] = {}

    def settle(self) -> None:
        """Forget what changed: it is written."""
        self.changed.clear()
        self.removed.clear()

    def __setitem__(self, name: str, value: Value) -> None:
        super().__setitem__(name, value)
        self.changed[name] = None

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self.changed.pop(name, None)
        self.removed[name] = None

    def __ior__(self, others: Any) -> Self:  # type: ignore[override,misc]
        self.update(others)
        return self

    # All other changes go by the two above.
    pop: Any = MutableMapping.pop
    popitem: Any = MutableMapping.popitem
    update: Any = MutableMapping.update
    clear: Any = MutableMapping.clear
    setdefault: Any = MutableMapping.setdefault
