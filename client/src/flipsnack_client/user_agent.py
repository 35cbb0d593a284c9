"""The User-Agent header of this client."""

from flipsnack_client import __version__

HEADERS = {"User-Agent": f"flipsnack-client/{__version__}"}
"""Sent with every request."""
