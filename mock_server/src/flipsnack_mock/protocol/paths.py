"""The paths of the vendor's surface, without namespace."""

from __future__ import annotations

__all__ = ["API_PATHS", "PACKAGE_PREFIX", "is_vendor_path"]

API_PATHS = frozenset({"/v1", "/v1/"})

PACKAGE_PREFIX = "/packages/"
"""The path of every resource URL begins with this."""

_PREFIXES = ("/v1/", PACKAGE_PREFIX)


def is_vendor_path(path: str) -> bool:
    """Whether `path`, without its namespace, belongs to the vendor's surface; of several leading slashes one counts."""
    if path.startswith("//"):
        path = "/" + path.lstrip("/")
    return path.startswith(_PREFIXES) or path == "/v1"
