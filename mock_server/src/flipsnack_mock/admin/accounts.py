"""Accounts: create, list, show, delete, reset, and the settings of one."""

from __future__ import annotations

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, Reply, conflict, parse_body, route
from flipsnack_mock.protocol.identifiers import Key, Secret, automatic_secret
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.settings import Behaviour, SeedAccount


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """The body that creates an account; without a secret it is `secret-` and the key."""

    key: Key
    secret: Secret | None = None


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """The body that turns something on or off."""

    on: bool


@route("GET", "/__admin/accounts", "list the accounts")
def list_accounts(context: Context) -> dict[str, Any]:
    """Every account of the world."""
    return {"accounts": [shown(account, context.at) for account in context.world.accounts]}


@route("POST", "/__admin/accounts", "create an account with a key and a secret", body=NewAccount)
def create_account(context: Context) -> Reply:
    """A new account; 409 when the key is taken."""
    wanted = context.body(NewAccount)
    if any(account.key == wanted.key for account in context.world.accounts):
        raise conflict(f"the key {wanted.key!r} is taken; delete or reset that account, or choose another key")
    seed = SeedAccount(key=wanted.key, secret=wanted.secret or automatic_secret(wanted.key))
    return Reply(201, shown(context.world.add(context.world.begin(seed)), context.at))


@route("GET", "/__admin/accounts/<key>", "show an account")
def show_account(context: Context) -> dict[str, Any]:
    """One account."""
    return shown(context.account, context.at)


@route("DELETE", "/__admin/accounts/<key>", "delete an account and all it has")
def delete_account(context: Context) -> Reply:
    """The account is gone; its key is unknown from now on (a `test-` key begins anew when it is used)."""
    context.world.remove(context.account.key)
    return Reply(204, None)


@route("POST", "/__admin/accounts/<key>/reset", "put an account back to how it began")
def reset_account(context: Context) -> dict[str, Any]:
    """The account as it was seeded: collections, jobs, clock, limits, settings, journal."""
    return shown(context.world.reset_account(context.account.key), context.at)


@route("GET", "/__admin/accounts/<key>/settings", "show the settings of an account")
def show_settings(context: Context) -> Behaviour:
    """The behaviours that this account has."""
    return context.account.behaviour


@route("PATCH", "/__admin/accounts/<key>/settings", "change settings of an account", body=Behaviour)
def change_settings(context: Context) -> Behaviour:
    """The given settings are changed, the others stay."""
    given = context.body(dict[str, msgspec.Raw])
    changed = parse_body(context.raw_body, Behaviour)
    # The names were accepted by the line above, so each of them is a field.
    changes = {name: getattr(changed, name) for name in given}
    context.account.behaviour = msgspec.structs.replace(context.account.behaviour, **changes)
    return context.account.behaviour


@route("GET", "/__admin/accounts/<key>/maintenance", "show whether an account sees maintenance")
def show_maintenance(context: Context) -> dict[str, bool]:
    """Whether every request of this account is answered with code 22."""
    return {"on": context.account.maintenance}


@route("PUT", "/__admin/accounts/<key>/maintenance", "switch maintenance of an account", body=Switch)
def switch_maintenance(context: Context) -> dict[str, bool]:
    """From now on every request of this account is (or is no longer) answered with code 22."""
    context.account.maintenance = context.body(Switch).on
    return {"on": context.account.maintenance}


def shown(account: Account, at: int) -> dict[str, Any]:
    """An account as the control plane shows it."""
    return {
        "key": account.key,
        "secret": account.secret,
        "now": to_text(account.now(at)),
        "frozen": account.clock.frozen_at is not None,
        "maintenance": account.maintenance,
        "collections": len(account.collections),
        "settings": account.behaviour,
    }
