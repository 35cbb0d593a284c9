"""A world that outlives its process: what a request changes is written to a store before it is answered."""

from collections.abc import Iterable, MutableMapping
from functools import partial
from operator import attrgetter
from types import GenericAlias
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
    """What a world has beside its accounts: `begun` counts those that it has created, `latest` is that of them all."""

    maintenance: bool = False
    begun: Counted = 0
    latest: Microseconds = 0


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """What most calls change of their account beside the `PARTS`: a small row."""

    counted: list[Microseconds] = []
    urls_made: Counted = 0
    uploads: dict[str, Counted] = {}
    hashes_made: Counted = 0


# What the rows of an account hold, by part: an item, and `latest` of the account when it was written. Each call changes
# `latest`, and the greatest one of all rows counts: so a call needs no row more for it.
_ROWS: dict[str, Any] = {
    part: GenericAlias(tuple, (Microseconds, item)) for part, item in {**PARTS, "": Account, COUNTS: Counts}.items()
}
_ELSEWHERE: dict[str, Any] = {name: {} for name in PARTS} | msgspec.structs.asdict(Counts()) | {"latest": 0}
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
        dict.__setitem__(self, name, value)
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

    An account that was handed out may have been changed: the next `save` writes of its `PARTS` the rows of the names
    that changed, and its `Counts` and the rest of it where they are not what was written last. A part that was replaced
    by a new dict, as publishing does, is written whole.
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
        self._kept: dict[str, _Kept] = {}
        self._pending: dict[str, _Kept] = {}
        super().__init__(settings, name, package_of, beside=beside)

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
        self._kept.pop(account.key, None)
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
        row = WorldRow(self.maintenance, self._begun, self.latest)
        if changes := self._changes(row):
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
        for account in accounts:
            account.latest = max(account.latest, row.latest)
        self.replace(accounts, maintenance=row.maintenance)
        self._begun, self.latest = row.begun, row.latest
        self._pending = {account.key: _kept(account) for account in accounts}
        self._settle(row)

    def _changes(self, row: WorldRow) -> list[Change]:
        self._pending.clear()
        changes: list[Change] = [] if row == self._written else [((self.name, "", "", ""), _encode(row))]
        changes += [((self.name, key), None) for key in self._gone]
        for key in self._touched:
            if (account := self._accounts.get(key)) is not None:
                changes += self._account_changes(account, whole=key in self._gone)
        return changes

    def _account_changes(self, account: Account, *, whole: bool) -> list[Change]:
        """What of `account` is to be written: at least one row, which has its `latest`."""
        changes: list[Change] = []
        place, latest = (self.name, account.key), account.latest
        before = _UNKNOWN if whole else self._kept.get(account.key, _UNKNOWN)
        rest, counts = self._pending[account.key] = _kept(account)
        if rest != before[0]:
            changes.append(((*place, "", ""), _encode((latest, msgspec.structs.replace(account, **_ELSEWHERE)))))
        for part in PARTS:
            items = getattr(account, part)
            if whole or type(items) is not Recorded or items.changed or items.removed:
                changes += _part_changes((*place, part), latest, items, whole=whole)
        if counts != before[1] or not changes or changes[-1][1] is None:
            changes.append(((*place, COUNTS, ""), _encode((latest, msgspec.Raw(counts)))))
        return changes

    def _settle(self, row: WorldRow) -> None:
        for key in self._gone:
            self._kept.pop(key, None)
        self._kept |= self._pending
        for key in self._pending:
            _settle(self._accounts[key])
        self._touched.clear()
        self._gone.clear()
        self._written = row


_Kept = tuple[tuple[Any, ...], bytes]  # the rest of an account as it was written last, and its `Counts`
_UNKNOWN: _Kept = (), b""


def _kept(account: Account) -> _Kept:
    return _rest(account), _encode(_counts(account))


def _part_changes(place: Place, latest: int, items: dict[str, Any], *, whole: bool) -> list[Change]:
    gone: list[Change] = [(place, None)]
    names: Iterable[str] = items
    if isinstance(items, Recorded) and not whole:
        gone, names = [((*place, name), None) for name in items.removed], items.changed
    return gone + [((*place, name), _encode((latest, items[name]))) for name in names]


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
        world = worlds.begin(name) if name else worlds.main
        assert isinstance(world, KeptWorld)
        world.restore(row, list(accounts.values()))
    worlds.main.save()
    return worlds


def _read(rows: Iterable[tuple[Place, bytes]]) -> dict[str, tuple[WorldRow, dict[str, Account]]]:
    found: dict[str, tuple[WorldRow, dict[str, Account]]] = {}
    for place, value in rows:
        world, key, part, _ = place
        try:
            if key:
                _take(found[world][1], place, *msgspec.msgpack.decode(value, type=_ROWS[part]))
            else:
                found[world] = msgspec.msgpack.decode(value, type=WorldRow), {}
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError) as damage:
            raise Damaged(f"the row {place!r} cannot be read: {damage}; move the file away to begin again") from None
    return found


def _take(accounts: dict[str, Account], place: Place, latest: int, item: Any) -> None:
    """Add what a row at `place` holds to `accounts`."""
    _, key, part, name = place
    if not part:
        accounts[key] = item
    elif part == COUNTS:
        for field in Counts.__struct_fields__:
            setattr(accounts[key], field, getattr(item, field))
    else:
        getattr(accounts[key], part)[name] = item
    accounts[key].latest = max(accounts[key].latest, latest)
