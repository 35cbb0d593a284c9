"""Remembering what the control plane changed, so that the journal can be run again from its export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, Reply, Route
from flipsnack_mock.state.journal import NOBODY, Change

__all__ = ["remember"]

_WHOLE = frozenset(
    {
        ("POST", "/__admin/accounts"),
        ("POST", "/__admin/accounts/<key>/fork"),
        ("POST", "/__admin/accounts/<key>/reset"),
        ("PUT", "/__admin/accounts/<key>/snapshot"),
    }
)
"""Routes that put the whole state of an account: it is remembered instead of what led to it."""

_RESET = "/__admin/reset"
_WORLD = ("PUT", "/__admin/snapshot")


def remember(context: Context, entry: Route, answer: Any) -> None:
    """Put what `entry` has just changed into the journal of the world."""
    if entry.method == "GET" or not entry.changes or entry.path == _RESET:
        return
    if (entry.method, entry.path) == _WORLD:
        _remember_world(context)
        return
    world = context.world
    whole = (entry.method, entry.path) in _WHOLE
    key = _key(answer) if whole else context.args.get("key", NOBODY)
    account = world.existing(key)
    if key and account is None and not world.is_seeded(key):
        # It is gone and leaves nothing behind that a replay would have to undo.
        world.journal.forget(key)
        return
    state = msgspec.json.encode(account) if whole else None
    body = b"" if whole else context.raw_body
    _record(context, entry.method, entry.path, key=key, args=context.args, body=body, state=state)


def _remember_world(context: Context) -> None:
    """As if each account had been put back by itself, and those that are gone had been deleted."""
    world = context.world
    for key in dict.fromkeys((*world.seeded, *(account.key for account in world.accounts))):
        account = world.existing(key)
        state = b"" if account is None else msgspec.json.encode(account)
        _record(context, "PUT", "/__admin/accounts/<key>/snapshot", key=key, args={"key": key}, state=state)
    if world.maintenance:
        _record(context, "PUT", "/__admin/maintenance", body=b'{"on":true}')


def _record(
    context: Context,
    method: str,
    path: str,
    *,
    key: str = NOBODY,
    args: Mapping[str, str] | None = None,
    body: bytes = b"",
    state: bytes | None = None,
) -> None:
    journal = context.world.journal
    journal.record(Change(journal.next_number(), context.at, key, method, path, dict(args or {}), body, state))


def _key(answer: Any) -> str:
    shown = answer.value if isinstance(answer, Reply) else answer
    return str(shown["key"])
