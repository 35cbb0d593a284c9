"""Addresses of the vendor's surface: hosts, paths, namespaces in front of paths (`/t/<name>`), origins."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

HOSTS = {"api": "api.flipsnack.com", "upload": "upload.flipsnack.com"}
"""The vendor's own names; a method is served by one of the two."""

API_PATHS = frozenset({"/v1", "/v1/"})

PACKAGE_PREFIX = "/packages/"
"""The path of every resource URL begins with this."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THUMBNAIL_PREFIX = "/thumbnails/"
"""The path of every picture of a first page begins with this."""

PLAYER_PATH = "/player"
"""The page that embedded code loads."""

PAGE_PATH = "/__admin/ui"
"""The page for people."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}
_KEYS = {name: key for key, name in HOSTS.items()}
# A client takes `.` and `..` out of a path (RFC 3986, 5.2.4).
_NAME = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.-]{1,100}"
_PREFIXED = re.compile(rf"/t/({_NAME})(/.*)", re.DOTALL)
_NAMESPACE_END = re.compile(rf"/t/{_NAME}\Z")
_NAMESPACE = "flipsnack_mock.namespace"
HOST_PATTERN = r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
"""A host name or an address, IPv6 in brackets, and its port if there is one."""

_HOST = re.compile(HOST_PATTERN)
_URL = re.compile(r"(?:[^:/?#]*:)?(?://(?P<host>[^/?#]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?")


class UrlParts(NamedTuple):
    """The host of a URL with its port, the path and the query; empty where there is none."""

    host: str
    path: str
    query: str


def is_vendor_path(path: str) -> bool:
    """Whether `path`, without its namespace, belongs to the vendor's surface."""
    return path.startswith(("/v1/", PACKAGE_PREFIX)) or path == "/v1"


def vendor_host(header: str) -> str | None:
    """Which of `HOSTS` the header `Host` names; None when it is a name of the fake's own."""
    return _KEYS.get(header.partition(":")[0].lower().removesuffix("."))


def without_namespace(app: WsgiApp) -> WsgiApp:
    """`app`, called with the namespace moved from the path to a key of the WSGI environment: each route exists once."""

    def stripped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        # An environment that has the key already is served a second time.
        if path.startswith("/t/") and _NAMESPACE not in environ and (match := _PREFIXED.fullmatch(path)):
            environ[_NAMESPACE], environ["PATH_INFO"] = match[1], match[2]
        return app(environ, start_response)

    return stripped


def namespace_of(environ: Mapping[str, Any]) -> str:
    """The namespace of a request; empty for the main world."""
    return str(environ.get(_NAMESPACE, ""))


def split_namespace(path: str) -> tuple[str, str]:
    """The namespace of `path`, empty for the main world, and the path without it."""
    match = _PREFIXED.fullmatch(path) if path.startswith("/t/") else None
    return (match[1], match[2]) if match else ("", path)


def origin_of(environ: Mapping[str, Any], *, base_url: str, namespace: str) -> str:
    """Scheme, host, mount point and namespace under which the WSGI request came: resource URLs begin with them.

    The mount point is WSGI's SCRIPT_NAME. `base_url`, where it is set, replaces scheme, host and mount point.
    """
    origin = base_url.rstrip("/")
    if not origin:
        host = environ.get("HTTP_HOST", "")
        if not _HOST.fullmatch(host):
            host = f"{bracketed(environ['SERVER_NAME'])}:{environ['SERVER_PORT']}"
        origin = f"{environ['wsgi.url_scheme']}://{host}"
        if mount := environ.get("SCRIPT_NAME", ""):
            origin += quote(mount, encoding="latin-1").rstrip("/")
    return f"{origin}/t/{namespace}" if namespace else origin


def namespace_path(origin: str) -> str:
    """The path `/t/<name>` of the namespace at the end of `origin`; empty for the main world."""
    match = _NAMESPACE_END.search(origin) if "/t/" in origin else None
    return match[0] if match else ""


def reachable(host: str) -> str:
    """Where a server that listens on `host` is reached from its own machine."""
    return _EVERYWHERE.get(host, host)


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine whatever a table of names says (RFC 6761, 6.3)."""
    name = host.lower().strip("[]").removesuffix(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def url_parts(url: str) -> UrlParts:
    """The parts of any text as a URL (RFC 3986, appendix B); `urlsplit` raises for an invalid host."""
    match = _URL.match(url)
    assert match is not None  # each part may be empty
    return UrlParts(match["host"] or "", match["path"], match["query"] or "")


def bracketed(host: str) -> str:
    """`host` as it stands in a URL: an IPv6 address in brackets (RFC 3986, 3.2.2), which it may have."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
