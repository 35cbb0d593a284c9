"""From the engine's ASGI to the WSGI application, called inline on the event loop.

The application answers from memory in microseconds, so a thread for each request would cost more than it gives. What
takes time (a slow client, a long body, a delay that was asked for) is awaited here, where thousands can wait at once.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES
from flipsnack_mock.server.delivery import CONNECTION, EFFECT, Answer, Connection, Message, Receive, Send, deliver

__all__ = ["Bridge"]

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What is read beyond the limit is thrown away, so that the client gets its answer; an endless body is cut off.
KEPT_BODY_BYTES = 10 * MAX_BODY_BYTES
MAX_READ_BYTES = 256 * 1024 * 1024


class Bridge:
    """An ASGI application that answers by `app`, a WSGI one; the scope holds the transport as `CONNECTION`."""

    def __init__(self, app: WsgiApp) -> None:
        """Answer by `app`."""
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _read(receive) if _has_body(scope) else b""
        if body is None:
            return
        environ = _environ(scope, body)
        start: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
            start[:] = status, headers

        chunks = self._app(environ, start_response)
        wait = environ.get(WAIT)
        if wait is not None:
            if not await wait.over(receive):
                return
            chunks = self._app(environ, start_response)
        try:
            connection = Connection(scope[CONNECTION], receive, send)
            await deliver(_answer(start, chunks), environ.get(EFFECT), connection)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()


def _answer(start: list[Any], chunks: Iterable[bytes]) -> Answer:
    status, headers = start
    raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status[:3]), raw_headers, chunks)


def _has_body(scope: Message) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _read(receive: Receive) -> bytes | None:
    """The body, or its beginning when it is too long; None when the client went away."""
    body, length = bytearray(), 0
    while length < MAX_READ_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        length += len(piece)
        if len(body) <= KEPT_BODY_BYTES:
            body += piece
        if not message.get("more_body"):
            break
    return bytes(body)


def _environ(scope: Message, body: bytes) -> dict[str, Any]:
    host, port = scope["server"] or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        CONNECTION: scope[CONNECTION],
        CAN_AWAIT: True,
    }
    for name, value in scope["headers"]:
        key = _HEADERS.get(name) or _header_key(name)
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if client := scope["client"]:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    return environ


def _header_key(name: bytes) -> str:
    return "HTTP_" + name.decode("latin-1").upper().replace("-", "_")


_HEADERS = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH", b"host": "HTTP_HOST"}
