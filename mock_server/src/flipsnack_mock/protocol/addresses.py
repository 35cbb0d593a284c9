"""Hosts and paths of the vendor's surface; paths are without namespace."""

HOSTS = {"api": "api.flipsnack.com", "upload": "upload.flipsnack.com"}
"""The vendor's own names; a method is served by one of the two."""

_KEYS = {name: key for key, name in HOSTS.items()}

API_PATHS = frozenset({"/v1", "/v1/"})

PACKAGE_PREFIX = "/packages/"
"""The path of every resource URL begins with this."""

_PREFIXES = ("/v1/", PACKAGE_PREFIX)


def is_vendor_path(path: str) -> bool:
    """Whether `path`, without its namespace, belongs to the vendor's surface; of several leading slashes one counts."""
    if path.startswith("//"):
        path = "/" + path.lstrip("/")
    return path.startswith(_PREFIXES) or path == "/v1"


def vendor_host(header: str) -> str | None:
    """Which of `HOSTS` the header `Host` names; None when it is a name of the fake's own."""
    return _KEYS.get(header.partition(":")[0].lower())
