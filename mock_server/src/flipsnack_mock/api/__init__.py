"""The vendor's API: `handle` answers every request to its surface, `refuse` one that cannot be read."""

from flipsnack_mock.api.handler import handle, refuse

__all__ = ["handle", "refuse"]
