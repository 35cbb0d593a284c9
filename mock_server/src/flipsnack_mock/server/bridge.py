"""From a request of the engine to the WSGI application, which is called inline on the event loop.

The application answers from memory in microseconds, so a thread for each request would cost more than it gives, and so
would a task: only what takes time has one, where thousands can wait at once: a slow client, a long body, a delay that
was asked for. What keeps the processor or the disk busy runs in the thread of `start_worker`, to its end even if the
client leaves.
"""

import asyncio
import io
import sys
from collections.abc import Coroutine
from typing import Any
from urllib.parse import unquote_to_bytes

from httptools import parse_url

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, Wait, Work
from flipsnack_mock.protocol.addresses import WsgiApp
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.server.body import BODY, DEFAULT_PACE, BodyReader, Pace, receive_body, sink_of
from flipsnack_mock.server.connection import Exchange, WsgiAnswer
from flipsnack_mock.server.delivery import EFFECT, deliver
from flipsnack_mock.server.fake import Fake

Environ = dict[str, Any]
_HEADERS = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH", b"host": "HTTP_HOST"}


class Bridge:
    """Answers exchanges by the WSGI application of `fake`.

    A body that comes more slowly than `pace` is answered with 408.
    """

    def __init__(self, fake: Fake, *, pace: Pace = DEFAULT_PACE) -> None:
        self._app = fake.wsgi_app
        self._uploads = fake.uploads
        self._control = fake.control
        self._pace = pace

    def begin(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """Answer `exchange`; when that takes time, return what is left to be done."""
        answer = None
        if not (exchange.has_body or _is_conditional(exchange.environ)):
            try:
                answer = _called(self._app, exchange.environ)
                if self._is_ready(answer, exchange):
                    exchange.whole(answer)
                    return None
            except Exception as defect:
                exchange.fail(defect)
                return None
        return self._finish(exchange, answer)

    def _is_ready(self, answer: WsgiAnswer, exchange: Exchange) -> bool:
        environ = exchange.environ
        waits = WAIT in environ or environ.get(EFFECT) is not None or self._uploads.spool.due
        return not waits and type(answer.chunks) is tuple and not exchange.flow.write_paused

    async def run(self, exchange: Exchange) -> None:
        """Answer `exchange`."""
        rest = self.begin(exchange)
        if rest is not None:
            await rest

    async def _finish(self, exchange: Exchange, answer: WsgiAnswer | None) -> None:
        """Send `answer`, or the one after the body that has to be read for it."""
        try:
            answer = await self._prepared(exchange, answer)
            try:
                await deliver(answer, exchange.environ.get(EFFECT), exchange)
            finally:
                close = getattr(answer.chunks, "close", None)
                if close is not None:
                    close()
        except ConnectionAbortedError:
            return
        except asyncio.CancelledError:
            # The server ends, and has waited long enough.
            exchange.transport.close()
            raise
        except BaseException as defect:
            exchange.fail(defect)

    async def _prepared(self, exchange: Exchange, answer: WsgiAnswer | None) -> WsgiAnswer:
        environ, whole = exchange.environ, True
        try:
            if answer is None:
                if _is_conditional(environ) or _is_multipart(environ):
                    # Werkzeug parses ETags and these bodies.
                    await self._control.ready()
                whole = not exchange.has_body or await self._read_body(exchange)
                answer = _called(self._app, environ)
            answer = await self._after_waits(answer, exchange)
        finally:
            if BODY in environ:
                environ[BODY].close()
            if self._uploads.spool.due:
                # Before the answer is sent: what was deleted is gone then.
                await self._uploads.in_thread(self._uploads.spool.sweep)
        if not whole:
            # The rest of the body must not be taken for the next request.
            answer.headers.append(("connection", "close"))
        return answer

    async def _read_body(self, exchange: Exchange) -> bool:
        """Read the body for the application; False when it was not read to its end."""
        sink = exchange.environ[BODY] = sink_of(exchange.environ, self._uploads.form)
        reader = BodyReader(sink, pace=self._pace, most=sink.most)
        in_thread = self._uploads.in_thread if sink.takes_long else None
        try:
            await receive_body(exchange.receive, reader, in_thread)
            if in_thread is not None:
                await in_thread(sink.end)
        except Refused as refusal:
            sink.refusal = refusal
        return reader.ended

    async def _after_waits(self, answer: WsgiAnswer, exchange: Exchange) -> WsgiAnswer:
        """The answer after the waits that the application asks for; `answer` is it when there are none."""
        environ = exchange.environ
        done: Wait | Work | None = None
        # What was waited for may have to be worked out.
        while (wait := environ.get(WAIT)) is not None and wait is not done:
            if isinstance(wait, Work):
                await asyncio.to_thread(wait.block)
            elif not await wait.over(exchange.until_ended):
                raise ConnectionAbortedError
            answer, done = _called(self._app, environ), wait
        return answer


def _called(app: WsgiApp, environ: Environ) -> WsgiAnswer:
    start: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
        start[:] = status, headers

    chunks = app(environ, start_response)
    status, headers = start
    return WsgiAnswer(int(status[:3]), [(name.lower(), value) for name, value in headers], chunks)


def _is_conditional(environ: Environ) -> bool:
    return "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ


def _is_multipart(environ: Environ) -> bool:
    return bool(environ.get("CONTENT_TYPE", "").strip().lower().startswith("multipart/"))


def connection_environ(scheme: str, server: tuple[str, int | None], client: tuple[str, int] | None) -> dict[str, Any]:
    """What the WSGI environments of all requests of a connection have in common."""
    environ = {
        "SCRIPT_NAME": "",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        CAN_AWAIT: True,
    }
    return environ if client is None else environ | {"REMOTE_ADDR": client[0], "REMOTE_PORT": str(client[1])}


def _header_key(name: bytes) -> str:
    return "HTTP_" + name.decode("latin-1").upper().replace("-", "_")


def request_environ(
    connection: Environ, method: str, target: bytes, protocol: str, headers: list[tuple[bytes, bytes]]
) -> Environ:
    """The WSGI environment of a request on a connection with the environment `connection`."""
    environ, url = connection.copy(), parse_url(target)
    path = url.path if b"%" not in url.path else unquote_to_bytes(url.path)
    environ["REQUEST_METHOD"] = method
    environ["PATH_INFO"] = path.decode("latin-1")
    environ["QUERY_STRING"] = (url.query or b"").decode("latin-1")
    environ["SERVER_PROTOCOL"] = protocol
    for name, value in headers:
        if b"_" in name:
            # Its variable would be that of the same name with hyphens, and what that one says counts.
            continue
        key = _HEADERS.get(name) or _header_key(name)
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
