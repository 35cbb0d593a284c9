"""Lets scripts of other origins read the vendor's surface, where a setting names them (WHATWG Fetch, "HTTP-CORS")."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flipsnack_mock.protocol.addresses import WsgiApp

_EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, X-Flipsnack-Mock-Request"
_DAY = str(24 * 3600)


def with_cors(app: WsgiApp, origins: str) -> WsgiApp:
    """`app`, whose answers scripts of `origins` may read: names with commas, `*` for all; empty leaves it as it is.

    A preflight request is answered here, and `app` does not see it.
    """
    allowed = frozenset(origin.strip().rstrip("/").lower() for origin in origins.split(",") if origin.strip())
    if not allowed:
        return app

    def shared(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = _headers(environ, allowed)
        if _is_preflight(environ):
            start_response("204 NO CONTENT", headers + (_permissions(environ) if len(headers) > 1 else []))
            return ()

        def start(status: str, own: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, own + headers, *more)

        return app(environ, start)

    return shared


def _is_preflight(environ: Mapping[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def _headers(environ: Mapping[str, Any], allowed: frozenset[str]) -> list[tuple[str, str]]:
    """What an answer says to the origin of its request; of an origin that is not allowed, only that it matters."""
    origin = environ.get("HTTP_ORIGIN", "")
    if "*" in allowed:
        return [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED)]
    if origin.lower() not in allowed:
        return [("Vary", "Origin")]
    return [
        ("Vary", "Origin"),
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", _EXPOSED),
    ]


def _permissions(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    permissions = [("Access-Control-Allow-Methods", "GET, HEAD, POST"), ("Access-Control-Max-Age", _DAY)]
    if wanted.isascii() and wanted.isprintable():
        permissions.append(("Access-Control-Allow-Headers", wanted[:1000]))
    return permissions
