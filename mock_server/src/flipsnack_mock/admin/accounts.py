"""Routes for accounts: create, list, show, delete, reset, settings, maintenance."""

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, conflict, route
from flipsnack_mock.protocol.identifiers import Key, Secret, automatic_secret
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.seeds import SeedAccount
from flipsnack_mock.state.settings import Behaviour


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """The body that creates an account; the default secret is `secret-` plus the key."""

    key: Key
    secret: Secret | None = None


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a switch."""

    on: bool


@route("GET", "/__admin/accounts", "list the accounts")
def list_accounts(context: Context) -> dict[str, Any]:
    """All accounts."""
    return {"accounts": [shown(account, context.at) for account in context.world.accounts]}


@route("POST", "/__admin/accounts", "create an account with a key and a secret", body=NewAccount, status=201)
def create_account(context: Context) -> dict[str, Any]:
    """Create an account; 409 if the key is taken."""
    wanted = context.body(NewAccount)
    if any(account.key == wanted.key for account in context.world.accounts):
        raise conflict(f"the key {wanted.key!r} is taken; delete or reset that account, or choose another key")
    seed = SeedAccount(key=wanted.key, secret=wanted.secret or automatic_secret(wanted.key))
    return shown(context.world.add(context.world.begin(seed)), context.at)


@route("GET", "/__admin/accounts/<key>", "show an account")
def show_account(context: Context) -> dict[str, Any]:
    """One account."""
    return shown(context.account, context.at)


@route("DELETE", "/__admin/accounts/<key>", "delete an account and everything in it", status=204)
def delete_account(context: Context) -> None:
    """Delete the account. Its key is unknown afterwards; a `test-` key gets a new account on next use."""
    context.world.remove(context.account.key)


@route("POST", "/__admin/accounts/<key>/reset", "reset an account to its seed")
def reset_account(context: Context) -> dict[str, Any]:
    """Reset collections, jobs, clock, limits, settings and journal to the seed."""
    return shown(context.world.reset_account(context.account.key), context.at)


@route("GET", "/__admin/accounts/<key>/settings", "show the settings of an account")
def show_settings(context: Context) -> Behaviour:
    """The settings of this account."""
    return context.account.behaviour


@route("PATCH", "/__admin/accounts/<key>/settings", "change settings of an account", body=Behaviour)
def change_settings(context: Context) -> Behaviour:
    """Change the given settings, and keep the others."""
    given = context.body(dict[str, msgspec.Raw])
    changed = context.body(Behaviour)
    # The line above has validated the names.
    changes = {name: getattr(changed, name) for name in given}
    context.account.behaviour = msgspec.structs.replace(context.account.behaviour, **changes)
    return context.account.behaviour


@route("GET", "/__admin/accounts/<key>/maintenance", "show whether maintenance is on for an account")
def show_maintenance(context: Context) -> dict[str, bool]:
    """Whether every request of this account is answered with code 22."""
    return {"on": context.account.maintenance}


@route("PUT", "/__admin/accounts/<key>/maintenance", "switch maintenance for an account", body=Switch)
def switch_maintenance(context: Context) -> dict[str, bool]:
    """Answer every request of this account with code 22, or stop doing so."""
    context.account.maintenance = context.body(Switch).on
    return {"on": context.account.maintenance}


def shown(account: Account, at: int) -> dict[str, Any]:
    """The JSON representation of an account."""
    return {
        "key": account.key,
        "secret": account.secret,
        "now": to_text(account.now(at)),
        "frozen": account.clock.frozen_at is not None,
        "maintenance": account.maintenance,
        "collections": len(account.collections),
        "settings": account.behaviour,
    }
