"""The vendor's API: `handle` answers every request to its surface."""

from flipsnack_mock.api.downloads import collection_at
from flipsnack_mock.api.fetching import url_to_fetch
from flipsnack_mock.api.handler import handle

__all__ = ["collection_at", "handle", "url_to_fetch"]
