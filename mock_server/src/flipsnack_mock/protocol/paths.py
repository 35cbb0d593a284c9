"""The paths of the vendor's surface, without namespace."""

from __future__ import annotations

__all__ = ["API_PATHS", "PACKAGE_PREFIX"]

API_PATHS = frozenset({"/v1", "/v1/"})

PACKAGE_PREFIX = "/packages/"
"""The path of every resource URL begins with this."""
