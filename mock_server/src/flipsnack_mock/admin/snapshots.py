"""Routes for snapshots of an account or of the whole server, forks, and the export as a seed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.accounts import shown
from flipsnack_mock.admin.guard import MAX_BODY_BYTES
from flipsnack_mock.admin.listing import json_list, pieces, with_lock
from flipsnack_mock.admin.long_poll import Work, let_go, work
from flipsnack_mock.admin.routes import Context, bad_request, conflict, parse_query, route
from flipsnack_mock.inspect.json_array import json_array
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.identifiers import KEY_PATTERN, Key, Secret, automatic_secret
from flipsnack_mock.protocol.instants import Counted
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.documents import carried, kept, missing
from flipsnack_mock.state.snapshots import (
    VERSION,
    Snapshot,
    WorldSnapshot,
    fork,
    restored,
    seed_of,
    take,
    toml_lines,
)

Shape = TypeVar("Shape")

# An account with one collection has about so many bytes in a snapshot.
_ACCOUNT_BYTES = 1_300


class Versioned(msgspec.Struct):
    """The field that snapshots of all versions have."""

    version: Counted


class NewFork(msgspec.Struct, forbid_unknown_fields=True):
    """The body that forks an account; the default secret is `secret-` plus the key."""

    key: Key
    secret: Secret | None = None


class SnapshotQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The query of a snapshot: whether it carries the uploaded documents too."""

    documents: bool = False


class ExportQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The query of the export: TOML for `--config`, or JSON for the variable FLIPSNACK_MOCK_SEED."""

    format: Literal["toml", "json"] = "toml"


@route(
    "GET",
    "/__admin/accounts/<key>/snapshot",
    "take a snapshot of an account; with ?documents=true it carries its documents",
    query=SnapshotQuery,
)
def take_snapshot(context: Context) -> Any:
    """The complete state of the account, except its journal."""
    snapshot, documents = take(context.account, context.at), context.documents
    account = snapshot.account
    if not _wants_documents(context):
        return work(lambda: snapshot, size=len(account.collections) + len(account.faults))
    return Work(lambda: msgspec.structs.replace(snapshot, documents=carried(documents, [account])))


@route(
    "PUT",
    "/__admin/accounts/<key>/snapshot",
    "restore an account from a snapshot",
    body=Snapshot,
    most_bytes=MAX_BODY_BYTES,
)
def restore_snapshot(context: Context) -> Any:
    """Restore the account, including its clock, and clear its journal; create the account if necessary."""
    snapshot = _versioned(context, Snapshot)
    if snapshot.account.key != context.args["key"]:
        message = f"this is a snapshot of {snapshot.account.key!r}; restore it there, or fork that account"
        raise bad_request(message, "$.account.key", expected=context.args["key"])
    return work(lambda: _restore(context, snapshot), size=len(context.raw_body) // _ACCOUNT_BYTES)


def _restore(context: Context, snapshot: Snapshot) -> dict[str, Any]:
    account, world = _restored(snapshot, context.at, path="$.account"), context.world
    with _documents(snapshot, context), world.lock:
        try:
            world.add(account)
            world.journal.forget(account.key)
        finally:
            world.save()
    return shown(account, context.at) | missing(context.documents, [account])


@route(
    "GET",
    "/__admin/snapshot",
    "take a snapshot of all accounts; with ?documents=true it carries their documents",
    query=SnapshotQuery,
)
def take_world_snapshot(context: Context) -> HttpResponse | Work:
    """The complete state of all accounts, except journals, and whether maintenance is on.

    Each account is as it was at one instant, all of them at nearly the same.
    """
    world, at, accounts = context.world, context.at, context.world.accounts_at(context.at)
    head, has_documents = {"version": VERSION, "maintenance": world.maintenance}, _wants_documents(context)

    def taken(account: Account) -> msgspec.Raw:
        # Text at once: a copy of each account, made into text later, takes six times as long.
        return msgspec.Raw(msgspec.json.encode(Snapshot(VERSION, account.now(at), account)))

    def answer() -> HttpResponse:
        documents = carried(context.documents, accounts) if has_documents else {}
        more = {"documents": documents} if documents else {}
        return json_list("accounts", with_lock(world, accounts, taken), **head, **more)

    return Work(answer) if has_documents else work(answer, size=len(accounts))


@route(
    "PUT", "/__admin/snapshot", "restore all accounts from a snapshot", body=WorldSnapshot, most_bytes=MAX_BODY_BYTES
)
def restore_world_snapshot(context: Context) -> dict[str, Any] | Work:
    """Replace all accounts with those of the snapshot, and clear the journals."""
    return work(lambda: _restore_world(context), size=len(context.raw_body) // _ACCOUNT_BYTES)


def _restore_world(context: Context) -> dict[str, Any]:
    snapshot, world = _versioned(context, WorldSnapshot), context.world
    numbered = enumerate(snapshot.accounts)
    accounts = [_restored(one, context.at, path=f"$.accounts[{number}].account") for number, one in numbered]
    _check_keys([account.key for account in accounts], world.settings.max_accounts)
    with _documents(snapshot, context):
        removed = world.replace(accounts, maintenance=snapshot.maintenance)
        with world.lock:
            world.save()
    let_go(removed)
    return {"accounts": len(accounts)} | missing(context.documents, accounts)


def _wants_documents(context: Context) -> bool:
    return parse_query(context.query, SnapshotQuery).documents


@contextmanager
def _documents(snapshot: Snapshot | WorldSnapshot, context: Context) -> Iterator[None]:
    try:
        with kept(context.documents, snapshot.documents):
            yield
    except OSError as trouble:
        message = f"the documents of the snapshot were not kept: {trouble}"
        raise Refused(503, "not_kept", message) from None


def _check_keys(keys: list[str], most: int) -> None:
    if len(keys) > most:
        message = f"the snapshot holds {len(keys)} accounts; raise the setting max_accounts ({most})"
        raise Refused(503, "full", message, max_accounts=most)
    seen: set[str] = set()
    for number, key in enumerate(keys):
        if not re.fullmatch(KEY_PATTERN, key) or key in seen:
            path, expected = f"$.accounts[{number}].account.key", "visible ASCII without a slash, each key once"
            raise bad_request(f"{key[:80]!r} cannot be the key", path, expected=expected)
        seen.add(key)


@route("POST", "/__admin/accounts/<key>/fork", "copy an account under another key", body=NewFork, status=201)
def fork_account(context: Context) -> dict[str, Any]:
    """Create an independent copy of the account; 409 if the key is taken."""
    wanted = context.body(NewFork)
    if context.world.existing(wanted.key) is not None:
        raise conflict(f"the key {wanted.key!r} is taken; delete that account, or choose another key")
    copy = fork(context.account, wanted.key, wanted.secret or automatic_secret(wanted.key))
    return shown(context.world.add(copy), context.at)


@route(
    "GET",
    "/__admin/export",
    "export the accounts as a seed: TOML, or with ?format=json for the variable",
    query=ExportQuery,
)
def export(context: Context) -> HttpResponse | Work:
    """Keys, secrets and collections, in the format of the setting `seed`."""
    world, accounts = context.world, list(context.world.accounts)
    is_json = parse_query(context.query, ExportQuery).format == "json"

    def answer() -> HttpResponse:
        seeds = with_lock(world, accounts, seed_of)
        if is_json:
            return HttpResponse([*pieces(json_array(seeds)), b"\n"], content_type="application/json")
        lines = (line.encode() for line in toml_lines(seeds))
        return HttpResponse([*pieces(lines)], content_type="application/toml")

    return work(answer, size=len(accounts))


def _restored(snapshot: Snapshot, at: int, *, path: str) -> Account:
    try:
        return restored(snapshot, at)
    except ValueError as damage:
        message = f"the snapshot contains an invalid account: {damage}"
        raise bad_request(message, path, expected="an unchanged account of a snapshot") from None


def _versioned(context: Context, shape: type[Shape]) -> Shape:
    version = context.body(Versioned).version
    if version != VERSION:
        message = f"this is a snapshot of version {version}; this server reads version {VERSION}"
        raise bad_request(message, "$.version", expected=str(VERSION))
    return context.body(shape)
