"""A world that outlives its process: what a request changes is written to a store before it is answered."""

from collections.abc import Iterable, Iterator, MutableMapping
from functools import partial
from operator import attrgetter
from typing import Any, Protocol, Self, TypeVar

import msgspec

from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import Counted, Microseconds
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import PackageOf, World, Worlds

Place = tuple[str, ...]
"""Where a row stands: world, account, part of the account, name in it; a shorter one stands for all rows below it."""

Value = TypeVar("Value")

Change = tuple[Place, bytes | None]
"""A row that is put at its place (all four names), or with None the rows at a place and below that are removed."""

PARTS: dict[str, Any] = {"collections": Collection, "faults": FaultRule, "renamed": str}
"""The parts of an account that have a row for each of their names."""

COUNTS = "counts"
"""The part with the row of `Counts`; the rest of an account is the row of no part."""

_encode = msgspec.msgpack.Encoder().encode


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


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """What a call changes of its account beside the `PARTS`: a small row, as most calls change nothing else."""

    latest: Microseconds = 0
    counted: list[Microseconds] = []
    urls_made: Counted = 0
    uploads: dict[str, Counted] = {}
    hashes_made: Counted = 0


_ELSEWHERE: dict[str, Any] = {name: {} for name in PARTS} | msgspec.structs.asdict(Counts())
_counts = attrgetter(*Counts.__struct_fields__)
# All of these are values, which are replaced and never changed.
_rest = attrgetter(*(name for name in Account.__struct_fields__ if name not in _ELSEWHERE))


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

    An account that was handed out may have been changed: the next `save` writes its `Counts`, of its `PARTS` the rows
    of the names that changed, and the rest of it where that is not what was written last. A part that was replaced by
    a new dict, as publishing does, is written whole.
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
        self._rests: dict[str, tuple[Any, ...]] = {}
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

    def _become(self, accounts: dict[str, Account], *, maintenance: bool) -> None:
        self._gone.update(dict.fromkeys(self._accounts))
        super()._become(accounts, maintenance=maintenance)
        self._touched = dict.fromkeys(accounts)

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
            yield (self.name, "", "", ""), _encode(row)
        for key in self._gone:
            yield (self.name, key), None
        for key in self._touched:
            if (account := self._accounts.get(key)) is not None:
                yield from self._account_changes(account, whole=key in self._gone)

    def _account_changes(self, account: Account, *, whole: bool) -> Iterator[Change]:
        if whole or self._rests.get(account.key) != _rest(account):
            yield (self.name, account.key, "", ""), _encode(msgspec.structs.replace(account, **_ELSEWHERE))
        yield (self.name, account.key, COUNTS, ""), _encode(_counts(account))
        for part in PARTS:
            items = getattr(account, part)
            if whole or type(items) is not Recorded:
                yield from _replaced((self.name, account.key, part), items)
            elif items.changed or items.removed:
                yield from _changed((self.name, account.key, part), items)

    def _settle(self, row: WorldRow) -> None:
        for key in self._gone:
            self._rests.pop(key, None)
        for key in self._touched:
            if (account := self._accounts.get(key)) is not None:
                self._rests[key] = _rest(account)
                _settle(account)
        self._touched.clear()
        self._gone.clear()
        self._written = row


def _replaced(place: Place, items: dict[str, Any]) -> Iterator[Change]:
    yield place, None
    for name, value in items.items():
        yield (*place, name), _encode(value)


def _changed(place: Place, items: Recorded[Any]) -> Iterator[Change]:
    for name in items.removed:
        yield (*place, name), None
    for name in items.changed:
        yield (*place, name), _encode(items[name])


def _settle(account: Account) -> None:
    for part in PARTS:
        items = getattr(account, part)
        if type(items) is not Recorded:
            setattr(account, part, Recorded(items.items()))
        elif items.changed or items.removed:
            items.settle()


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
    for place, value in rows:
        world, key, part, name = place
        try:
            if part == COUNTS:
                _count(found[world][1][key], msgspec.msgpack.decode(value, type=Counts))
            elif part:
                getattr(found[world][1][key], part)[name] = msgspec.msgpack.decode(value, type=PARTS[part])
            elif key:
                found[world][1][key] = msgspec.msgpack.decode(value, type=Account)
            else:
                found[world] = msgspec.msgpack.decode(value, type=WorldRow), {}
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError) as damage:
            raise Damaged(f"the row {place!r} cannot be read: {damage}; move the file away to begin again") from None
    return found


def _count(account: Account, counts: Counts) -> None:
    for name, value in msgspec.structs.asdict(counts).items():
        setattr(account, name, value)
