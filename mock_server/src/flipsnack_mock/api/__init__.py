"""The vendor's API: `handle` answers every request to its surface."""

from flipsnack_mock.api.downloads import collection_at
from flipsnack_mock.api.handler import handle

__all__ = ["collection_at", "handle"]
