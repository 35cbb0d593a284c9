"""The vendor's API: `handle` answers every request to its surface, `refuse` one that cannot be read."""

from flipsnack_mock.api.downloads import collection_at
from flipsnack_mock.api.fetching import url_to_fetch
from flipsnack_mock.api.handler import handle, refuse

__all__ = ["collection_at", "handle", "refuse", "url_to_fetch"]
