"""Namespaces in paths: `/t/<name>` is removed before a request is routed, so each route exists once."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PREFIXED = re.compile(r"/t/([A-Za-z0-9_.-]{1,100})(/.*)", re.DOTALL)
_NAMESPACE = "flipsnack_mock.namespace"


def without_namespace(app: WsgiApp) -> WsgiApp:
    """`app`, called with the namespace moved from the path to a key of the WSGI environment."""

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


def without_prefix(path: str) -> str:
    """`path` without its namespace."""
    match = _PREFIXED.fullmatch(path) if path.startswith("/t/") else None
    return match[2] if match else path
