"""The list of magic collection hashes."""

from __future__ import annotations

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, route
from flipsnack_mock.state.magic import listed
from flipsnack_mock.state.schedules import GRAMMAR


@route("GET", "/__admin/magic", "list the collection hashes that ask for an outcome")
def list_magic(_context: Context) -> dict[str, Any]:
    """Each hash with what it does; of a pattern with a part to choose, examples."""
    rows = [{"hash": row.hash, "pattern": row.pattern} | msgspec.structs.asdict(row.magic) for row in listed()]
    return {"magic": rows, "schedules": GRAMMAR}
