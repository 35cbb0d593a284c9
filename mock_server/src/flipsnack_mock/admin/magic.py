"""Route for the list of magic collection hashes and of magic names of uploads."""

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, route
from flipsnack_mock.state.magic import listed, listed_uploads
from flipsnack_mock.state.schedules import GRAMMAR


@route("GET", "/__admin/magic", "list the magic collection hashes, and the magic names of uploads")
def list_magic(_context: Context) -> dict[str, Any]:
    """Each hash and each name with what it does; for a pattern with a variable part, examples."""
    rows = [{"hash": row.hash, "pattern": row.pattern} | msgspec.structs.asdict(row.magic) for row in listed()]
    uploads = [{"name": name, "does": does} for name, does in listed_uploads()]
    return {"magic": rows, "uploads": uploads, "schedules": GRAMMAR}
