"""The fake without a server: inside `with intercept():`, requests to the vendor's hosts are answered in this process.

It works for everything that uses urllib3, including `requests`, through any pool, adapter, proxy or open connection,
without sockets, name lookups or TLS.
"""

import io
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import flask
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util import SKIP_HEADER, parse_url
from urllib3.util.request import body_to_chunks
from werkzeug.test import EnvironBuilder, run_wsgi_app

from flipsnack_mock.protocol.addresses import HOST_PATTERN, bracketed
from flipsnack_mock.protocol.addresses import HOSTS as VENDOR_HOSTS
from flipsnack_mock.server.app import FAKE, create_app
from flipsnack_mock.state.settings import SettingsError, load_settings
from flipsnack_mock.testing.admin_client import AdminClient

HOSTS = tuple(VENDOR_HOSTS.values())
_BLOCK_BYTES = 64 * 1024

Headers = list[tuple[str, str]]


class Interception(NamedTuple):
    """The API's `base_url`, a client of the control plane (`admin`), and the WSGI application `app`."""

    base_url: str
    admin: AdminClient
    app: flask.Flask


@contextmanager
def intercept(
    *, hosts: str | Iterable[str] = HOSTS, others: Literal["pass", "refuse"] = "pass", **settings: Any
) -> Iterator[Interception]:
    """Answer requests to `hosts` from a fake in this process; `settings` are as for `MockServer`.

    With `others="refuse"`, requests to any other host fail as if it were unreachable (`requests.ConnectionError`).
    Faults that need a real connection are answered with HTTP 500. Of several interceptions at a time the one that began
    last comes first. On exit everything is restored, including sessions that were opened inside, and the fake's files
    are closed or removed. Raises `SettingsError` for an invalid setting, or for a host that is none.
    """
    names = _names(hosts)
    if others not in ("pass", "refuse"):
        raise SettingsError(f"others is {others!r}: expected pass or refuse")
    loaded, sources = load_settings(flags={}, environment={}, file=None, arguments=settings)
    switch = _Switch(create_app(loaded, sources=sources), frozenset(names), refuse=others == "refuse")
    base = f"https://{bracketed(names[0])}"
    admin = AdminClient(base, token=loaded.admin_token, trust_env=False)
    _begin(switch)
    try:
        yield Interception(f"{base}/v1/", admin, switch.app)
    finally:
        admin.close()
        _end(switch)
        switch.app.extensions[FAKE].close()


def _names(hosts: str | Iterable[str]) -> list[str]:
    names = [_host(name) for name in ([hosts] if isinstance(hosts, str) else hosts)]
    if not names or not all(re.fullmatch(HOST_PATTERN, bracketed(name)) for name in names):
        raise SettingsError(f"hosts is {names}: expected names or addresses without a port, as {HOSTS[0]}")
    return names


class _Switch(NamedTuple):
    """Decides which hosts are answered here."""

    app: flask.Flask
    hosts: frozenset[str]
    refuse: bool

    def takes(self, host: str) -> bool:
        return _host(host) in self.hosts


def _host(name: str) -> str:
    return name.lower().strip("[]").removesuffix(".")


_LOCK = threading.Lock()
_ACTIVE: list[_Switch] = []
"""The interceptions in force, in the order in which they began; of several threads they end in any order."""
_ORIGINALS: list[Callable[..., Any]] = []
"""What stood in the places of `_REPLACED` before the first of them: urllib3's own, or another tool's."""


def _begin(switch: _Switch) -> None:
    with _LOCK:
        if not _ACTIVE:
            for owner, name, replaced in _REPLACED:
                original = getattr(owner, name)
                _ORIGINALS.append(original)
                setattr(owner, name, replaced(original))
        _ACTIVE.append(switch)


def _end(switch: _Switch) -> None:
    with _LOCK:
        _ACTIVE.remove(switch)
        if not _ACTIVE:
            for (owner, name, _), original in zip(_REPLACED, _ORIGINALS, strict=True):
                setattr(owner, name, original)
            _ORIGINALS.clear()


def _switch_for(host: str) -> _Switch | None:
    """The switch that answers or refuses requests to `host`; None when they go on."""
    return next((one for one in reversed(tuple(_ACTIVE)) if one.refuse or one.takes(host)), None)


def _intercepted(original: Callable[..., Any]) -> Callable[..., Any]:
    """`urlopen` of a pool of connections, which every request of urllib3 and of `requests` passes.

    For a host that has a switch, another pool takes the place of the one that was called, whatever connections, proxy
    or certificates that one has.
    """

    def urlopen(self: HTTPConnectionPool, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        # Through a proxy for http, the pool is the proxy's and the URL is the whole one.
        target = parse_url(url)
        scheme, host = target.scheme or self.scheme or "http", target.host or self.host
        switch = _switch_for(host)
        if switch is None:
            return original(self, method, url, *arguments, **options)
        port = target.port if target.host else self.port
        return original(_Pool(switch, scheme, host, port, self.retries), method, url, *arguments, **options)

    return urlopen


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """What a connection does to connect, or to send: of one without a pool nothing leaves the process either."""

    def act(self: HTTPConnection, *arguments: Any, **options: Any) -> Any:
        switch = _switch_for(self.host)
        if switch is not None:
            raise _refusal(self, switch)
        return original(self, *arguments, **options)

    return act


_REPLACED: list[tuple[type, str, Callable[..., Any]]] = [
    (HTTPConnectionPool, "urlopen", _intercepted),
    (HTTPConnection, "_new_conn", _guarded),
    (HTTPConnection, "putrequest", _guarded),
]


def _refusal(connection: HTTPConnection, switch: _Switch) -> NewConnectionError:
    return NewConnectionError(
        connection, f"{connection.host} is refused: only {sorted(switch.hosts)} are answered here, through a pool"
    )


class _Pool(HTTPConnectionPool):
    """A pool whose connections are answered by the application of `switch`, or refused."""

    def __init__(self, switch: _Switch, scheme: str, host: str, port: int | None, retries: Any) -> None:
        self.scheme = scheme
        self.switch = switch
        super().__init__(host, port, retries=retries)

    def _new_conn(self) -> Any:
        return _Connection(self)


class _Connection(HTTPConnection):
    """A connection of a `_Pool`; urllib3 asks it as any other one, so retries and redirects are urllib3's."""

    def __init__(self, pool: _Pool) -> None:
        super().__init__(pool.host, pool.port)
        self._switch = pool.switch
        default = {"http": 80, "https": 443}.get(str(pool.scheme))
        port = "" if pool.port in (None, default) else f":{pool.port}"
        self._origin = f"{pool.scheme}://{bracketed(pool.host)}{port}"

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        if not self._switch.takes(self.host):
            raise _refusal(self, self._switch)
        sent = [(_text(name), _text(value)) for name, value in (headers or {}).items() if value != SKIP_HEADER]
        self._exchange = (method, parse_url(url).request_uri, _body_bytes(method, body), sent, options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as that of its base, which says the same
        return _answer(self._switch.app, self._origin, *self._exchange)


def _answer(
    app: flask.Flask, origin: str, method: str, url: str, body: bytes, headers: Headers, options: dict[str, Any]
) -> HTTPResponse:
    path, _, query = url.partition("?")
    builder = EnvironBuilder(path, origin, query, method=method, headers=headers, input_stream=io.BytesIO(body))
    builder.content_length = len(body)
    environ = builder.get_environ()
    builder.close()
    chunks, status, answered = run_wsgi_app(app.wsgi_app, environ)
    return HTTPResponse(
        body=io.BufferedReader(_Chunks(chunks)),
        headers=dict(answered),
        status=int(status[:3]),
        version=11,
        version_string="HTTP/1.1",
        reason=status[4:],
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
    )


def _text(value: Any) -> str:
    """The name or the value of a header, which `http.client` takes as text, bytes or a number."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body_bytes(method: str, body: Any) -> bytes:
    chunks = body_to_chunks(body, method, _BLOCK_BYTES).chunks or ()
    return b"".join(chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in chunks)


class _Chunks(io.RawIOBase):
    """The chunks of a WSGI answer as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._source = chunks
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes a memoryview
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        close = getattr(self._source, "close", None)
        if close is not None and not self.closed:
            close()
        super().close()
