"""What is judged: something that answers HTTP requests, over a socket or as a WSGI app; and the trace of its answers.

In a trace keys are shortened and signatures left out.
"""

import http.client
import io
import re
import ssl
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from flipsnack_contract.contract.assertions import Inconclusive
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.contract.decoding import Malformed, cut, decode
from flipsnack_contract.contract.ledger import named
from flipsnack_contract.target.bounds import BoundedResponse, Bounds, Unbounded, bounded

MOST_LOST = 90.0
"""Seconds of real time that requests in a row may take without a whole answer."""
MOST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer of the API or the control plane: a run keeps many of them. A package may have more."""
# What the number of an error says, the words behind it say too.
_NUMBER = re.compile(r"^\[Errno -?[0-9]+\] ")


class Unreachable(Inconclusive):
    """No whole HTTP answer came back; the text says from where and why."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, sent as it is: the URL is not re-quoted."""

    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def path_and_query(self) -> str:
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_address(text: str) -> bool:
    """Whether a text is an http or https URL with a host."""
    try:
        return urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).netloc)
    except ValueError:
        return False


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type with its parameters, blanks removed, in lower case."""
        return self.headers.get("content-type", "").replace(" ", "").lower()


class Target(Protocol):
    """A server to judge, at `base_url`, which ends in a slash."""

    base_url: str
    over_socket: bool

    def send(self, request: Request) -> Reply:
        """The answer to `request`; raises `Unreachable`."""


class HttpTarget(AbstractContextManager["HttpTarget"]):
    """A server behind a URL, over HTTP/1.1 with kept-alive connections. A context manager."""

    over_socket = True

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        trust: ssl.SSLContext | None = None,
        bounds: Callable[[], Bounds] = Bounds,
        most_lost: float = MOST_LOST,
    ) -> None:
        """`timeout` is in seconds and bounds each wait for bytes; `trust` is for https, by default the system's.

        Each answer is bounded by what `bounds` makes. After `most_lost` seconds of requests in a row without a whole
        answer no further one is sent.
        """
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self._timeout = timeout
        self._trust = trust
        self._response = partial(BoundedResponse, bounds=bounds)
        self._connections: dict[tuple[str, str], http.client.HTTPConnection] = {}
        self._plane = self.base_url.removesuffix("v1/") + "__admin"
        self._most_lost = most_lost
        # Each for itself: one may work where the other does not.
        self._lost = {"api": 0.0, "control plane": 0.0}

    def send(self, request: Request) -> Reply:
        place = "control plane" if request.url.startswith(self._plane) else "api"
        if self._lost[place] >= self._most_lost:
            raise Unreachable(
                f"the last requests took {self._most_lost:g} s without a whole answer; no further one is sent"
            )
        kept, since = False, stopwatch()
        try:
            connection = self._connection(request.url)
            kept = connection.sock is not None
            reply = _exchange(connection, request)
            self._check_size(request, reply)
            self._lost[place] = 0.0
            return reply
        except (OSError, http.client.HTTPException, ValueError, OverflowError) as trouble:
            # A server may close a kept-alive connection at any time: once more, on a new one.
            if kept and isinstance(trouble, (ConnectionError, http.client.BadStatusLine)):
                return self.send(request)
            self._lost[place] += stopwatch() - since
            said = cut(_NUMBER.sub("", str(trouble))) or type(trouble).__name__
        raise Unreachable(f"no whole answer from {cut(request.url.partition('?')[0])}: {said}")

    def _check_size(self, request: Request, reply: Reply) -> None:
        is_call = request.url.partition("?")[0] == self.base_url or request.url.startswith(self._plane)
        if is_call and len(reply.body) > MOST_ANSWER:
            raise Unbounded(f"it has more than {MOST_ANSWER} bytes")

    def _connection(self, url: str) -> http.client.HTTPConnection:
        scheme, place = urlsplit(url)[:2]
        if scheme not in ("http", "https") or not place:
            raise ValueError("it is not an http or https address")
        if (scheme, place) not in self._connections:
            self._connections[scheme, place] = (
                http.client.HTTPSConnection(place, timeout=self._timeout, context=self._trust)
                if scheme == "https"
                else http.client.HTTPConnection(place, timeout=self._timeout)
            )
            # Only called, as the class would be.
            self._connections[scheme, place].response_class = self._response  # type: ignore[assignment]
        return self._connections[scheme, place]

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def __exit__(self, *_error: object) -> None:
        self.close()


def _exchange(connection: http.client.HTTPConnection, request: Request) -> Reply:
    try:
        headers = {"Accept-Encoding": "identity", **request.headers}
        connection.request(request.method, request.path_and_query, request.body or None, headers)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    except BaseException:
        connection.close()  # the next request opens it again
        raise


class WsgiTarget:
    """A WSGI app in this process: no socket, no thread, and about ten times the speed."""

    over_socket = False

    def __init__(self, app: Callable[..., Iterable[bytes]], *, base_url: str = "http://in-process.test/v1/") -> None:
        """`base_url` is the URL of the app in its WSGI environment."""
        self.base_url = base_url
        self._app = app

    def send(self, request: Request) -> Reply:
        """The answer of the app; when it raises, HTTP 500 with the end of its traceback."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _failure: Any = None) -> Callable[..., None]:
            started.append((status, headers))
            return lambda _data: None

        try:
            result = self._app(_environ(request), start_response)
            try:
                body = b"".join(bounded(result, Bounds()))
            finally:
                if close := getattr(result, "close", None):
                    close()
            status, headers = started[-1]
            return Reply(int(status.split(" ", 1)[0]), {name.lower(): value for name, value in headers}, body)
        except Unbounded as endless:
            said = str(endless)
        except (Exception, SystemExit):
            return Reply(500, {"content-type": "text/plain"}, traceback.format_exc(limit=-3).encode())
        raise Unreachable(f"no whole answer from the app: {said}")


def _environ(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.url)
    environ = {
        "REQUEST_METHOD": request.method,
        # WSGI hands bytes on as Latin-1 text (PEP 3333).
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": request.path_and_query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "CONTENT_LENGTH": str(len(request.body)),
        "SCRIPT_NAME": "",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.version": (1, 0),
        "wsgi.errors": io.StringIO(),
        **dict.fromkeys(("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"), False),
    }
    for name, value in request.headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"] = value
    return environ


_SIGNATURE = re.compile(r"(?<=[?&])(signature|Signature)=[^&\s]*")
_KEY = re.compile(r"(?<=[?&])apiKey=([^&\s]{0,6})[^&\s]*")
FORMS = {"application/json": "json", "application/javascript": "jsonp", "application/xml": "xml"}
MOST = 200


class Trace:
    """The steps of one example, oldest first; beyond 200 the middle is left out."""

    def __init__(self) -> None:
        self._steps: list[str | Callable[[], str]] = []

    def add(self, step: str | Callable[[], str]) -> None:
        """Add a step; a function is called only when the steps are read, which is after a failure."""
        self._steps.append(step)

    def __iter__(self) -> Iterator[str]:
        half, left_out = MOST // 2, len(self._steps) - MOST
        shown = [*self._steps[:half], f"… {left_out} steps …", *self._steps[-half:]] if left_out > 0 else self._steps
        return (masked(step if isinstance(step, str) else step()) for step in shown)


def masked(text: str) -> str:
    """`text` with the value of each signature left out and each API key shortened to six characters."""
    return _KEY.sub(r"apiKey=\1…", _SIGNATURE.sub(r"\1=…", text))


def in_words(request: Request, reply: Reply) -> str:
    """`GET /v1/ with action=…, note=… -> code 20 (OK), status COMPLETE`."""
    sent = _parameters(request)
    return f"{_request(request, sent)} -> {_answer(reply, dict(sent).get('callback'))}"


def _parameters(request: Request) -> list[tuple[str, str]]:
    form = request.body.decode("latin-1") if "form-urlencoded" in request.headers.get("Content-Type", "") else ""
    text = "&".join(filter(None, (urlsplit(request.url).query, form)))
    sent = parse_qsl(text, keep_blank_values=True)
    return sent if any(name == "action" for name, _ in sent) else []


def _request(request: Request, sent: list[tuple[str, str]]) -> str:
    if sent:
        shown = ", ".join(f"{name}={_hidden(name, value)}" for name, value in sent)
        return f"{request.method} {urlsplit(request.url).path} with {cut(shown)}"
    body = f" with {len(request.body)} bytes" if request.body else ""
    part = f", {request.headers['Range']}" if "Range" in request.headers else ""
    return f"{request.method} {cut(request.url)}{body}{part}"


def _hidden(name: str, value: str) -> str:
    if name == "signature":
        return "…"
    return value[:6] + "…" if name == "apiKey" and len(value) > 6 else cut(value, 80)


def _answer(reply: Reply, callback: str | None) -> str:
    kind, status = reply.content_type or "no content type", f"HTTP {reply.status}, "
    try:
        answer = decode(reply.body, FORMS[kind.partition(";")[0]], callback=callback)
    except (KeyError, Malformed):
        is_text = kind.startswith((*FORMS, "text/"))
        text = f": {cut(reply.body[:600].decode('utf-8', 'replace'))}"
        return f"{status}{kind}{text if is_text else f', {len(reply.body)} bytes'}"
    known = "".join(f", {name} {cut(str(value), 80)}" for name, value in (answer.data or {}).items())
    return f"{'' if reply.status == 200 else status}code {named(answer.code)}{known}"
