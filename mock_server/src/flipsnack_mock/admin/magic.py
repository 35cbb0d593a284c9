"""Route for the list of magic collection hashes."""

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, route
from flipsnack_mock.state.magic import listed
from flipsnack_mock.state.schedules import GRAMMAR


@route("GET", "/__admin/magic", "list the magic collection hashes")
def list_magic(_context: Context) -> dict[str, Any]:
    """Each hash with what it does; for a pattern with a variable part, examples."""
    rows = [{"hash": row.hash, "pattern": row.pattern} | msgspec.structs.asdict(row.magic) for row in listed()]
    return {"magic": rows, "schedules": GRAMMAR}
