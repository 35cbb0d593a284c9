"""Remembering what the control plane changed, so that the journal can be run again from its export."""

from __future__ import annotations

from typing import Any

import msgspec

from flipsnack_mock.control.routes import Context, Reply, Route
from flipsnack_mock.journal import NOBODY, Change

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


def remember(context: Context, entry: Route, answer: Any) -> None:
    """Put what `entry` has just changed into the journal of the world."""
    if entry.method == "GET" or not entry.changes or entry.path == _RESET:
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
    number = world.journal.next_number()
    body = b"" if whole else context.raw_body
    world.journal.record(Change(number, context.at, key, entry.method, entry.path, dict(context.args), body, state))


def _key(answer: Any) -> str:
    shown = answer.value if isinstance(answer, Reply) else answer
    return str(shown["key"])
