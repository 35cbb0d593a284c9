"""Snapshots of an account to restore later, the fork of an account, and the server as a seed.

A snapshot holds everything but the journal, and the instant at which it was taken: a restored account goes on from that
instant.
"""

import json
from collections.abc import Iterable, Iterator

import msgspec

from flipsnack_mock.protocol.instants import Microseconds
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.magic import magic
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.world import World

VERSION = 1
"""The version of the format; snapshots of another version are refused."""


_PIECE = 500
"""So many accounts take one or two milliseconds."""


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An account as it was when its clock showed `now`, in microseconds since 1970.

    Its collections name their documents by digest; `documents` may have the contents.
    """

    version: int
    now: Microseconds
    account: Account
    documents: dict[str, bytes] = {}


class WorldSnapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All accounts of a server, or of a namespace, and whether all of it was in maintenance."""

    version: int
    maintenance: bool
    accounts: tuple[Snapshot, ...]
    documents: dict[str, bytes] = {}


def take_all(world: World, real: int, documents: dict[str, bytes]) -> bytes:
    """The JSON of a `WorldSnapshot` of `world` when real time is `real`, with `documents`.

    It is taken in pieces, between which the lock is free: each account is as it was at one instant, all of them at
    nearly the same.
    """
    with world.lock:
        maintenance, accounts = world.maintenance, list(world.look())
    pieces = [accounts[first : first + _PIECE] for first in range(0, len(accounts), _PIECE)]
    taken = [snapshot for piece in pieces for snapshot in _taken(world, piece, real)]
    snapshot = {"version": VERSION, "maintenance": maintenance, "accounts": taken}
    return msgspec.json.encode(snapshot | {"documents": documents} if documents else snapshot)


def _taken(world: World, accounts: list[Account], real: int) -> list[msgspec.Raw]:
    # Text at once: a copy of each account, made into text later, takes six times as long.
    with world.lock:
        return [msgspec.Raw(msgspec.json.encode(Snapshot(VERSION, account.now(real), account))) for account in accounts]


def take(account: Account, real: int) -> Snapshot:
    """The snapshot of `account` when real time is `real`; later changes of the account do not change it."""
    return Snapshot(VERSION, account.now(real), _copy(account))


def restored(snapshot: Snapshot, real: int) -> Account:
    """The account of `snapshot`, whose clock goes on from its instant, when real time is `real`.

    Raises `ValueError` for what no account can hold: an unknown schedule, a collection or fault rule under another
    name than its own.
    """
    account = _copy(snapshot.account)
    # Its own was of the machine where the snapshot was taken.
    account.latest = max(0, real)
    if account.clock.frozen_at is None:
        account.clock = VirtualClock(offset=snapshot.now - real)
    account.counted.sort()
    _check(account)
    return account


def _check(account: Account) -> None:
    for known_as, collection in account.collections.items():
        if known_as != collection.hash:
            raise ValueError(f"the collection {collection.hash!r} is listed under {known_as!r}")
        collection.job_schedule(account.behaviour)
        collection.conversion_state(0)
    for known_as, rule in account.faults.items():
        if known_as != rule.id:
            raise ValueError(f"the fault rule {rule.id!r} is listed under {known_as!r}")


def fork(account: Account, key: str, secret: str) -> Account:
    """A copy of `account` under another key; resource URLs of the one are not valid for the other."""
    twin = _copy(account)
    twin.key, twin.secret = key, secret
    return twin


def seed_of(account: Account) -> SeedAccount:
    """The seed of `account`: key, secret, and the collections that are neither deleted nor magic."""
    kept = (item for item in account.collections.values() if not item.deleted and magic(item.hash) is None)
    fields = SeedCollection.__struct_fields__
    collections = tuple(SeedCollection(**{name: getattr(item, name) for name in fields}) for item in kept)
    return SeedAccount(account.key, account.secret, collections, account.uploads)


def seed_toml(seeds: Iterable[SeedAccount]) -> str:
    """The seed as a settings file: what `--config` takes."""
    return "\n".join(_lines(list(seeds))) + "\n"


def _lines(seeds: list[SeedAccount]) -> Iterator[str]:
    yield "# The accounts of a fake as they begin, for --config. Their present state is in GET /__admin/snapshot."
    if not seeds:
        yield "seed = []"
    for seed in seeds:
        yield from ("", "[[seed]]", f"key = {_text(seed.key)}", f"secret = {_text(seed.secret)}")
        if seed.uploads:
            yield f"uploads = {_value(seed.uploads)}"
        for collection in seed.collections:
            yield from ("", "[[seed.collections]]")
            for name, value in msgspec.to_builtins(collection).items():
                if value is not None and value != ():
                    yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_text(name)} = {_value(one)}' for name, one in value.items())} }}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(_value(one) for one in value)}]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    # JSON escapes all that TOML wants escaped, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _copy(account: Account) -> Account:
    return msgspec.json.decode(msgspec.json.encode(account), type=Account)
