"""From the engine's ASGI to the WSGI application, called inline on the event loop.

The application answers from memory in microseconds, so a thread for each request would cost more than it gives. What
takes time is awaited here, where thousands can wait at once: a slow client, a long body, a delay that was asked for.
What keeps the processor or the disk busy runs in the thread of `start_worker`, to its end even if the client leaves.
"""

import asyncio
import io
import sys
from typing import Any
from urllib.parse import unquote_to_bytes

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, Wait, Work
from flipsnack_mock.protocol.addresses import WsgiApp
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.server.body import BODY, DEFAULT_PACE, BodyReader, Pace, receive_body, sink_of
from flipsnack_mock.server.connection import CONNECTION, Connection, Message, Receive, Send, WsgiAnswer, until_ended
from flipsnack_mock.server.delivery import EFFECT, deliver
from flipsnack_mock.server.fake import Fake

Environ = dict[str, Any]
_LENGTHS = (b"content-length", b"transfer-encoding")


class Bridge:
    """An ASGI application that answers by the WSGI one of `fake`; the scope holds the transport as `CONNECTION`.

    A body that comes more slowly than `pace` is answered with 408.
    """

    def __init__(self, fake: Fake, *, pace: Pace = DEFAULT_PACE) -> None:
        self._app = fake.wsgi_app
        self._uploads = fake.uploads
        self._control = fake.control
        self._pace = pace

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        environ, waiting = _environ(scope), until_ended(scope, receive)
        try:
            if _needs_werkzeug(scope):
                await self._control.ready()
            whole = not _has_body(scope) or await self._read_body(environ, receive)
            answer = _called(self._app, environ)
            if WAIT in environ:
                answer = await self._answer_later(answer, environ, waiting)
        except ConnectionAbortedError:
            return
        finally:
            if BODY in environ:
                environ[BODY].close()
            if self._uploads.spool.due:
                # Before the answer is sent: what was deleted is gone then.
                await self._uploads.in_thread(self._uploads.spool.sweep)
        if not whole:
            # The rest of the body must not be taken for the next request.
            answer.headers.append((b"connection", b"close"))
        try:
            await deliver(answer, environ.get(EFFECT), Connection(scope[CONNECTION], receive, send, waiting))
        finally:
            close = getattr(answer.chunks, "close", None)
            if close is not None:
                close()

    async def _read_body(self, environ: Environ, receive: Receive) -> bool:
        """Read the body for the application; False when it was not read to its end."""
        sink = environ[BODY] = sink_of(environ, self._uploads.form)
        reader = BodyReader(sink, pace=self._pace, most=sink.most)
        in_thread = self._uploads.in_thread if sink.takes_long else None
        try:
            await receive_body(receive, reader, in_thread)
            if in_thread is not None:
                await in_thread(sink.end)
        except Refused as refusal:
            sink.refusal = refusal
        return reader.ended

    async def _answer_later(self, answer: WsgiAnswer, environ: Environ, receive: Receive) -> WsgiAnswer:
        """The answer after the waits that the application asks for."""
        done: Wait | Work | None = None
        # What was waited for may have to be worked out.
        while (wait := environ.get(WAIT)) is not None and wait is not done:
            if isinstance(wait, Work):
                await asyncio.to_thread(wait.block)
            elif not await wait.over(receive):
                raise ConnectionAbortedError
            answer, done = _called(self._app, environ), wait
        return answer


def _called(app: WsgiApp, environ: Environ) -> WsgiAnswer:
    start: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        start[:] = status, headers

    chunks = app(environ, start_response)
    status, headers = start
    raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return WsgiAnswer(int(status[:3]), raw_headers, chunks)


def _has_body(scope: Message) -> bool:
    return any(name in _LENGTHS for name, _ in scope["headers"])


def _needs_werkzeug(scope: Message) -> bool:
    """Whether a form or an ETag may have to be parsed."""
    return any(name in _LENGTHS or name.startswith(b"if-") for name, _ in scope["headers"])


def _environ(scope: Message) -> Environ:
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
        "wsgi.input": io.BytesIO(),
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
