"""A world that outlives its process: what a request changes is written to a store before it is answered."""

from collections.abc import Iterable, Iterator, MutableMapping
from functools import partial
from typing import Any, Protocol, Self, TypeVar

import msgspec

from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import Counted
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import PackageOf, World, Worlds

Place = tuple[str, ...]
"""Where a row stands: world, account, part of the account, name in it; a shorter one stands for all rows below it."""

Value = TypeVar("Value")

Change = tuple[Place, bytes | None]
"""A row that is put at its place (all four names), or with None the rows at a place and below that are removed."""

PARTS: dict[str, Any] = {"collections": Collection, "faults": FaultRule, "renamed": str}
"""The parts of an account that have a row for each of their names; the rest of it is one row."""


class Store(Protocol):
    """Where rows are kept, each with its place, in the order in which they were first put."""

    def rows(self) -> Iterable[tuple[Place, bytes]]:
        """All rows, oldest first."""

    def write(self, changes: list[Change]) -> None:
        """Make all changes, in their order, or none; raises `OSError` with the reason."""


class WorldRow(msgspec.Struct, frozen=True):
    """What a world has beside its accounts; `begun` counts the accounts that it has created."""

    maintenance: bool = False
    begun: Counted = 0


class Damaged(ValueError):
    """A row that cannot be read; the text says which one."""


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


class KeptWorld(World):
    """A world whose rows are in `store`.

    An account that was handed out may have been changed: the next `save` writes its row, and of its `PARTS` the rows
    of the names that changed. A part that was replaced by a new dict, as publishing does, is written whole.
    """

    def __init__(
        self,
        settings: Settings,
        name: str = "",
        package_of: PackageOf | None = None,
        *,
        beside: World | None = None,
        store: Store,
    ) -> None:
        self._store = store
        self._touched: dict[str, None] = {}
        self._gone: dict[str, None] = {}
        self._written: WorldRow | None = None
        super().__init__(settings, name, package_of, beside=beside)

    @property
    def accounts(self) -> Iterable[Account]:
        self._touched.update(dict.fromkeys(self._accounts))
        return super().accounts

    def find(self, key: str) -> Account | None:
        self._touched[key] = None
        return super().find(key)

    def existing(self, key: str) -> Account | None:
        self._touched[key] = None
        return super().existing(key)

    def find_by_id(self, public_id: str) -> Account | None:
        account = super().find_by_id(public_id)
        if account is not None:
            self._touched[account.key] = None
        return account

    def add(self, account: Account) -> Account:
        added = super().add(account)
        # The rows of new accounts are written in the order in which they were added.
        self._touched.pop(account.key, None)
        self._touched[account.key] = None
        return added

    def remove(self, key: str) -> None:
        self._gone[key] = None
        super().remove(key)

    def replace(self, accounts: Iterable[Account], *, maintenance: bool) -> None:
        self._gone.update(dict.fromkeys(self._accounts))
        super().replace(accounts, maintenance=maintenance)
        self._touched = dict.fromkeys(self._accounts)

    def save(self) -> None:
        row = WorldRow(self.maintenance, self._begun)
        changes = list(self._changes(row))
        if changes:
            # What was not written stays to be written by the next call.
            self._write(changes)
        self._settle(row)

    def end(self) -> None:
        self._write([((self.name,), None)])
        super().end()

    def _write(self, changes: list[Change]) -> None:
        try:
            self._store.write(changes)
        except OSError as trouble:
            raise Refused(503, "not_kept", f"the change was not kept: {trouble}") from None

    def restore(self, row: WorldRow, accounts: list[Account]) -> None:
        """Be as the store has it."""
        self.replace(accounts, maintenance=row.maintenance)
        self._begun = row.begun
        self._settle(row)

    def _changes(self, row: WorldRow) -> Iterator[Change]:
        if row != self._written:
            yield (self.name, "", "", ""), msgspec.json.encode(row)
        for key in self._gone:
            yield (self.name, key), None
        for key in self._touched:
            if (account := self._accounts.get(key)) is not None:
                yield from _account_changes(self.name, account, whole=key in self._gone)

    def _settle(self, row: WorldRow) -> None:
        for key in self._touched:
            if (account := self._accounts.get(key)) is not None:
                _settle(account)
        self._touched.clear()
        self._gone.clear()
        self._written = row


def _account_changes(world: str, account: Account, *, whole: bool) -> Iterator[Change]:
    rest = msgspec.structs.replace(account, **dict.fromkeys(PARTS, _NOTHING))
    yield (world, account.key, "", ""), msgspec.json.encode(rest)
    for part in PARTS:
        place, items = (world, account.key, part), getattr(account, part)
        if whole or type(items) is not Recorded:
            yield place, None
            names: Iterable[str] = items
        else:
            yield from (((*place, name), None) for name in items.removed)
            names = items.changed
        yield from (((*place, name), msgspec.json.encode(items[name])) for name in names)


_NOTHING: dict[str, Any] = {}


def _settle(account: Account) -> None:
    for part in PARTS:
        items = getattr(account, part)
        if type(items) is Recorded:
            items.settle()
        else:
            setattr(account, part, Recorded(items.items()))


def kept_worlds(settings: Settings, package_of: PackageOf, store: Store) -> Worlds:
    """The worlds as `store` has them, and the main one as it begins when there is none.

    Raises `Damaged` for a row that cannot be read, `Refused` for more namespaces than may exist, and `OSError`.
    """
    worlds = Worlds(settings, package_of, make=partial(KeptWorld, store=store))
    found = _read(store.rows())
    for name, (row, accounts) in found.items():
        world = worlds.world(name)
        assert isinstance(world, KeptWorld)
        world.restore(row, list(accounts.values()))
    worlds.main.save()
    return worlds


def _read(rows: Iterable[tuple[Place, bytes]]) -> dict[str, tuple[WorldRow, dict[str, Account]]]:
    found: dict[str, tuple[WorldRow, dict[str, Account]]] = {}
    for place, text in rows:
        world, key, part, name = place
        try:
            if part:
                getattr(found[world][1][key], part)[name] = msgspec.json.decode(text, type=PARTS[part])
            elif key:
                found[world][1][key] = msgspec.json.decode(text, type=Account)
            else:
                found[world] = msgspec.json.decode(text, type=WorldRow), {}
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError) as damage:
            raise Damaged(f"the row {place!r} cannot be read: {damage}; move the file away to begin again") from None
    return found
