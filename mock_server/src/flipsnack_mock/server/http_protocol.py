"""HTTP/1.1 on one connection: uvicorn's protocol, with bounds, without upgrades, and with refusals that are seen.

What is no request that RFC 9110 and RFC 9112 allow is answered here, before the application, in the order in which it
came.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.server.bridge import connection_environ, request_environ
from flipsnack_mock.server.connection import Exchange, WsgiAnswer, lines_of

MAX_HEAD_BYTES = 2 * 1024 * 1024
"""The most bytes of a request before its body, between two pieces of it, and behind it."""
MAX_URL_BYTES = 65_535
MAX_HEADERS, MAX_HEADER_BYTES = 200, 16_384
"""The most headers, and bytes of the value of one: to read them may take the square of either."""
MAX_PIPELINED = 256
"""The most requests of one connection that wait for their answers; the connection is closed behind them."""

OnRefusal = Callable[[bytes, Refused], None]
"""Is told of each refusal, with the beginning of the request line as far as it is known."""

_KEPT_LINE = 2_000
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP/1\.[01]\r?(\n|\Z)")
_HOST = re.compile(rb"([A-Za-z0-9._~!$&'()*+,;=%-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{0,5})?")
_EMPTY_PORT = re.compile(rb"(://[^/?#]*):(?=[/?#]|\Z)")
# What people send here by mistake.
_HINTS = (
    (b"\x16\x03", "this is TLS: use an http URL, or set tls"),
    (b"PRI * HTTP/2", "this is HTTP/2: only HTTP/1.1 is served"),
)


class HttpProtocol(HttpToolsProtocol):
    """The protocol of one connection; `on_refusal` is told of each request that is refused here."""

    _unused_bytes = 0
    _line = b""
    _in_message = False
    _in_body = False
    _is_last = False
    _ended = False
    _is_due = False
    _idle_since = 0.0
    _earlier: Any = None
    _answering: Any = None

    def __init__(self, *arguments: Any, on_refusal: OnRefusal, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._on_refusal = on_refusal

    def data_received(self, data: bytes) -> None:
        self._unused_bytes += len(data)
        if not self._in_message:
            self._line = b""
        self._line += data[: _KEPT_LINE - len(self._line)]
        try:
            while data and not self._is_last:
                data = self._parse(data)
        except httptools.HttpParserInvalidMethodError:
            known = _REQUEST_LINE.match(self._line)
            self._refuse(501, "no such method is known") if known else self._refuse(400, "this is no request line")
        except httptools.HttpParserError as damage:
            # An exception of a callback is the context of the parser's.
            cause = damage.__context__
            self._refuse(*(cause.args if isinstance(cause, _Refusal) else (400, str(damage))))

    def _parse(self, data: bytes) -> bytes:
        """Parse `data`, and return what is to be parsed next."""
        if self._unused_bytes > MAX_HEAD_BYTES:
            self._refuse(431, f"the head has more than {MAX_HEAD_BYTES} bytes")
            return b""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._head_without_upgrade() + data[upgrade.args[0] :]
        return b""

    def _head_without_upgrade(self) -> bytes:
        """The head of a request that asks for another protocol, without the header that asks.

        The parser stops behind such a head, so it would take the body for the next request.
        """
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"CONNECT":
            raise httptools.HttpParserError("this server is no proxy")
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        lines = [b"%s %s HTTP/%s" % (method, self.url, version.encode())]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self._environ = connection_environ(self.scheme or "http", self.server or ("localhost", 80), self.client)
        self._idle_since = self.loop.time()
        self._look_again(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        if self._answering is not None and not self._answering.response_complete:
            # Further requests may wait behind it: uvicorn tells the latest one.
            self._answering.disconnected = True
            self._answering.message_event.set()
        # An exchange refers to its protocol: without this, both would stay until the collector looks for cycles.
        self.cycle = self._earlier = self._answering = None  # type: ignore[assignment]  # as before the first request
        self.pipeline.clear()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._in_message = True
        self._idle_since = self.loop.time()

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        version = self.parser.get_http_version()
        self._check_head(version)
        self._earlier = self.cycle
        exchange = self._exchange(version)
        self.cycle = exchange  # type: ignore[assignment]  # in the place of one of uvicorn's, with what the base uses
        self._in_body = True
        # Trailers come behind a chunked body. They may not join the headers of a request that is being answered.
        self.headers = []
        if self._earlier is not None and not self._earlier.response_complete:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        elif exchange.has_body:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self._is_due = True

    def _exchange(self, version: str) -> Exchange:
        method = self.parser.get_method().decode("latin-1")
        environ = request_environ(self._environ, method, self.url, f"HTTP/{version}", self.headers)
        return Exchange(
            environ,
            self.transport,
            self.flow,
            has_body="CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ,
            expects_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            own_headers=self.server_state.default_headers,
            client_ended=lambda: self._ended,
            on_response=self.on_response_complete,
        )

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answering = cycle
        self._in_task(app.run(cycle))

    def _in_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _check_head(self, version: str) -> None:
        """Raise `_Refusal` for a head that is none, and give the one that is the form of the others."""
        if not version.startswith("1."):
            raise _Refusal(505, f"HTTP/{version} is not served: send HTTP/1.1")  # RFC 9110, 15.6.6
        if len(self.headers) > MAX_HEADERS or any(len(value) > MAX_HEADER_BYTES for _, value in self.headers):
            raise _Refusal(431, f"more than {MAX_HEADERS} headers, or one of more than {MAX_HEADER_BYTES} bytes")
        if version == "1.0":
            self.expect_100_continue = False  # RFC 9110, 10.1.1
        if not self.url.startswith(b"/") and b"://" in self.url:
            self._take_absolute_target()
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and version != "1.0") or not all(map(_HOST.fullmatch, hosts)):
            raise _Refusal(400, "a request has one header Host with a host and perhaps a port")  # RFC 9112, 3.2
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if codings and b",".join(codings).strip().lower() != b"chunked":
            raise _Refusal(501, "of transfer codings only `chunked` is known")  # RFC 9112, 6.1

    def _take_absolute_target(self) -> None:
        # Its host counts, and the header does not (RFC 9112, 3.2.2).
        try:
            # A port may be empty (RFC 3986, 3.2.3).
            target = httptools.parse_url(_EMPTY_PORT.sub(rb"\1", self.url, count=1))
        except httptools.HttpParserInvalidURLError:
            raise _Refusal(400, "the target is a URL without a valid host and port") from None
        host = b"[%s]" % target.host if b":" in target.host else target.host
        host += b":%d" % target.port if target.port else b""
        self.url = (target.path or b"/") + (b"?" + target.query if target.query is not None else b"")
        self.headers[:] = [header for header in self.headers if header[0] != b"host"] + [(b"host", host)]

    def on_body(self, body: bytes) -> None:
        self._unused_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._unused_bytes = 0
        self._in_message = self._in_body = False
        # Where the next request line begins in what came is not known.
        self._line = b""
        super().on_message_complete()
        if self._is_due:
            self._is_due = False
            self._answering = self.cycle
            rest = self.app.begin(self.cycle)
            if rest is not None:
                self._in_task(rest)
        if len(self.pipeline) >= MAX_PIPELINED:
            self._end_after(self.cycle)
            raise httptools.HttpParserError("too many requests wait for their answers")

    def on_response_complete(self) -> None:
        """Go on with the next request; without one, the connection is idle from now on."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def _look_again(self, seconds: float) -> None:
        # One timer for a connection, not one for each request: it is cheaper to look whether it rang too soon.
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection when it was idle for long enough, or the head of a request took too long."""
        self.timeout_keep_alive_task = None
        if self._in_body or (self.cycle is not None and not self.cycle.response_complete):
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again(left)
        elif self._in_message:
            self._refuse(408, f"its head did not come within {self.timeout_keep_alive} s")
        else:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes a bool
        """The client sends no more, but may read: what it asked for is answered (RFC 9112, 9.3.2 and 9.6)."""
        self._ended = True
        if self._in_message and not self._is_last:
            self._refuse(400, "the connection ended in the middle of a request")
        if self.cycle is None or self.cycle.response_complete or self.scheme == "https":
            return False
        self._end_after(self.cycle)
        # Whoever waits sees that the client ended.
        for waiting in (self._answering, *(exchange for exchange, _ in self.pipeline)):
            waiting.message_event.set()
        return True

    def _end_after(self, cycle: Any) -> None:
        """Read no more, and close the connection behind the answer of `cycle`, which says so (RFC 9112, 9.6)."""
        self._is_last = True
        cycle.keep_alive = False

    def _refuse(self, status: int, why: str) -> None:
        """Answer the message that is being read, behind those that came before it, and read no more."""
        if self._is_last:
            return
        self._is_last = True
        # The parser gives up on a URL that is too long for it.
        status = 414 if status == 400 and len(getattr(self, "url", b"")) > MAX_URL_BYTES else status
        hint = next((hint for start, hint in _HINTS if self._line.startswith(start)), "")
        refusal = Refused(status, "not_http", "; ".join(filter(None, (f"no HTTP/1.1 request: {why}", hint))))
        self._on_refusal(self._line, refusal)
        waiting = self._waiting_before()
        if waiting is not None:
            self._end_after(waiting)
        elif not (self._in_body and self.cycle.response_started):
            self._write(status, msgspec.json.encode(refusal.body()))
        else:
            self.transport.close()

    def _waiting_before(self) -> Any:
        """The latest request before this message whose answer is not complete, if there is one."""
        latest = self._earlier if self._in_body else self.cycle
        if self._in_body and self.pipeline and self.pipeline[0][0] is self.cycle:
            self.pipeline.popleft()
        return None if latest is None or latest.response_complete else latest

    def _write(self, status: int, body: bytes) -> None:
        length, own = str(len(body)), lines_of(self.server_state.default_headers)
        headers = [("content-type", "application/json"), ("content-length", length), ("connection", "close")]
        self.transport.write(WsgiAnswer(status, headers, ()).head() + own + b"\r\n" + body)
        self.transport.close()


class _Refusal(Exception):
    """Why a head is refused: the HTTP status, and the reason."""
