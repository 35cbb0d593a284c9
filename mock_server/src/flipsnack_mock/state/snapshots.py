"""Snapshots of an account to restore later, the fork of an account, and the server as a seed.

A snapshot holds everything but the journal, and the instant at which it was taken: a restored account goes on from that
instant.
"""

import json
from collections.abc import Iterable, Iterator

import msgspec

from flipsnack_mock.protocol.instants import Counted, Microseconds
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.magic import magic
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection

VERSION = 1
"""The version of the format; snapshots of another version are refused."""


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An account as it was when its clock showed `now`, in microseconds since 1970.

    Its collections name their documents by digest; `documents` may have the contents.
    """

    version: Counted
    now: Microseconds
    account: Account
    documents: dict[str, bytes] = {}


class WorldSnapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All accounts of a server, or of a namespace, and whether all of it was in maintenance."""

    version: Counted
    maintenance: bool
    accounts: tuple[Snapshot, ...]
    documents: dict[str, bytes] = {}


def take(account: Account, real: int) -> Snapshot:
    """The snapshot of `account` when real time is `real`; later changes of the account do not change it."""
    return Snapshot(VERSION, account.now(real), _copy(account))


def restored(snapshot: Snapshot, real: int) -> Account:
    """The account of `snapshot`, whose clock goes on from its instant, when real time is `real`.

    It is the one that the snapshot holds, changed.

    Raises `ValueError` for what no account can hold: an unknown schedule, a collection or fault rule under another
    name than its own; and `Refused` for too many collections or statistics.
    """
    account = snapshot.account
    # Its own was of the machine where the snapshot was taken.
    account.latest = max(0, real)
    if account.clock.frozen_at is None:
        account.clock = VirtualClock(offset=snapshot.now - real)
    account.counted.sort()
    _check(account)
    return account


def _check(account: Account) -> None:
    account.check_size()
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


def toml_lines(seeds: Iterable[SeedAccount]) -> Iterator[str]:
    """The seed as the lines of a settings file: what `--config` takes."""
    yield "# The accounts of a fake as they begin, for --config. Their present state is in GET /__admin/snapshot.\n"
    is_empty = True
    for seed in seeds:
        is_empty = False
        yield from (f"{line}\n" for line in _lines(seed))
    if is_empty:
        yield "seed = []\n"


def _lines(seed: SeedAccount) -> Iterator[str]:
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
    # What it holds are values, which are replaced and never changed.
    return msgspec.structs.replace(
        account,
        collections=dict(account.collections),
        counted=list(account.counted),
        uploads=dict(account.uploads),
        renamed=dict(account.renamed),
        faults=dict(account.faults),
    )
