"""Routes for accounts: create, list, show, delete, reset, settings, maintenance, uploads."""

from typing import Any

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.listing import listed
from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.routes import Context, conflict, route
from flipsnack_mock.faults.rules import Instant, microseconds
from flipsnack_mock.protocol.identifiers import Key, Secret, automatic_secret
from flipsnack_mock.protocol.instants import Counted, month_of, to_text
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.seeds import Month, SeedAccount, SeedCollections, check_collections


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """The body that creates an account; the default secret is `secret-` plus the key.

    It begins with these collections, which a reset removes. Its clock stands still at `frozen_at`: ISO 8601 with an
    offset, or seconds since 1970; without, it shows real time.
    """

    key: Key
    secret: Secret | None = None
    collections: SeedCollections = ()
    frozen_at: Instant | None = None

    def __post_init__(self) -> None:
        check_collections(self.collections)


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a switch."""

    on: bool


class Uploads(msgspec.Struct, forbid_unknown_fields=True):
    """The body that sets the uploads of a month, as in 2026-11."""

    count: Counted
    month: Month | None = None


@route("GET", "/__admin/accounts", "list the accounts")
def list_accounts(context: Context) -> HttpResponse | Work:
    """All accounts."""
    accounts = context.world.accounts_at(context.at)
    return listed(context.world, "accounts", accounts, lambda account: shown(account, context.at))


@route("POST", "/__admin/accounts", "create an account with a key and a secret", body=NewAccount, status=201)
def create_account(context: Context) -> dict[str, Any]:
    """Create an account; 409 if the key is taken."""
    wanted = context.body(NewAccount)
    if context.world.existing(wanted.key) is not None:
        raise conflict(f"the key {wanted.key!r} is taken; delete or reset that account, or choose another key")
    secret = wanted.secret or automatic_secret(wanted.key)
    account = context.world.begin(SeedAccount(key=wanted.key, secret=secret, collections=wanted.collections))
    if wanted.frozen_at is not None:
        account.clock = VirtualClock(frozen_at=microseconds(wanted.frozen_at))
    return shown(context.world.add(account), context.at)


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
    changed = context.body(Behaviour)
    # The line above has validated the names.
    given = context.body(dict[str, msgspec.Raw])
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


@route("GET", "/__admin/accounts/<key>/uploads", "show the uploads that an account made in each month")
def show_uploads(context: Context) -> dict[str, Any]:
    """The current month of the account's clock, its uploads and those left, and the uploads of every month."""
    account, month = context.account, month_of(context.now)
    left = account.uploads_left(context.now)
    return {"month": month, "count": account.uploads.get(month, 0), "left": left, "months": account.uploads}


@route("PUT", "/__admin/accounts/<key>/uploads", "set the uploads that an account made in a month", body=Uploads)
def set_uploads(context: Context) -> dict[str, Any]:
    """Set how many uploads count in the `month`; by default in the current one."""
    wanted = context.body(Uploads)
    context.account.uploads[wanted.month or month_of(context.now)] = wanted.count
    return show_uploads(context)


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
