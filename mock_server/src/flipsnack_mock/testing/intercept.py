"""The fake without a server: inside `with intercept():`, requests to the vendor's hosts are answered in this process.

It works for everything that uses urllib3, including `requests`, through any pool, adapter, proxy or open connection,
without sockets, name lookups or TLS.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import flask
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util import parse_url
from werkzeug.test import EnvironBuilder, run_wsgi_app

from flipsnack_mock.protocol.addresses import HOSTS as VENDOR_HOSTS
from flipsnack_mock.protocol.addresses import bracketed
from flipsnack_mock.server.app import FAKE, create_app
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing.admin_client import AdminClient

HOSTS = tuple(VENDOR_HOSTS.values())


class Interception(NamedTuple):
    """The API's `base_url`, a client of the control plane (`admin`), and the WSGI application `app`."""

    base_url: str
    admin: AdminClient
    app: flask.Flask


@contextmanager
def intercept(
    *, hosts: Iterable[str] = HOSTS, others: Literal["pass", "refuse"] = "pass", **settings: Any
) -> Iterator[Interception]:
    """Answer requests to `hosts` from a fake in this process; `settings` are as for `MockServer`.

    With `others="refuse"`, requests to any other host fail as if it were unreachable (`requests.ConnectionError`).
    Faults that need a real connection are answered with HTTP 500. On exit everything is restored, including sessions
    that were opened inside, and uploaded documents are removed. Raises `SettingsError` for an invalid setting.
    """
    loaded, sources = load_settings(flags={}, environment={}, file=None, arguments=settings)
    names = [_host(name) for name in hosts]
    switch = _Switch(create_app(loaded, sources=sources), frozenset(names), refuse=others == "refuse")
    admin = AdminClient(f"https://{names[0]}", token=loaded.admin_token, trust_env=False)
    originals = HTTPConnectionPool.urlopen, HTTPConnection._new_conn
    HTTPConnectionPool.urlopen = _intercepted(originals[0], switch)  # type: ignore[method-assign]
    HTTPConnection._new_conn = _guarded(originals[1], switch)  # type: ignore[method-assign]
    try:
        yield Interception(f"https://{names[0]}/v1/", admin, switch.app)
    finally:
        admin.close()
        HTTPConnectionPool.urlopen, HTTPConnection._new_conn = originals  # type: ignore[method-assign]
        switch.app.extensions[FAKE].uploads.close()


class _Switch(NamedTuple):
    """Decides which hosts are answered here."""

    app: flask.Flask
    hosts: frozenset[str]
    refuse: bool

    def takes(self, host: str) -> bool:
        return _host(host) in self.hosts

    def refuses(self, host: str) -> bool:
        return self.refuse and not self.takes(host)


def _host(name: str) -> str:
    return name.lower().strip("[]").removesuffix(".")


def _intercepted(original: Callable[..., Any], switch: _Switch) -> Callable[..., Any]:
    """`urlopen` of a pool of connections, which every request of urllib3 and of `requests` passes.

    For the hosts of `switch`, and for those that it refuses, another pool takes the place of the one that was called,
    whatever connections, proxy or certificates that one has.
    """

    def urlopen(self: HTTPConnectionPool, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        # Through a proxy for http, the pool is the proxy's and the URL is the whole one.
        target = parse_url(url)
        scheme, host = target.scheme or self.scheme or "http", target.host or self.host
        if not switch.takes(host) and not switch.refuses(host):
            return original(self, method, url, *arguments, **options)
        port = target.port if target.host else self.port
        return original(_Pool(switch, scheme, host, port, self.retries), method, url, *arguments, **options)

    return urlopen


def _guarded(original: Callable[..., Any], switch: _Switch) -> Callable[..., Any]:
    """`_new_conn` of a connection: of one without a pool nothing leaves the process either."""

    def new_conn(self: HTTPConnection) -> Any:
        if switch.takes(self.host) or switch.refuses(self.host):
            raise _refusal(self, switch)
        return original(self)

    return new_conn


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
        if self._switch.refuses(self.host):
            raise _refusal(self, self._switch)
        self._exchange = (method, parse_url(url).request_uri, _body_bytes(body), dict(headers or {}), options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as that of its base, which says the same
        return _answer(self._switch.app, self._origin, *self._exchange)


def _answer(
    app: flask.Flask, origin: str, method: str, url: str, body: bytes, headers: dict[str, str], options: dict[str, Any]
) -> HTTPResponse:
    path, _, query = url.partition("?")
    builder = EnvironBuilder(
        path, origin, query, method=method, headers=list(headers.items()), input_stream=io.BytesIO(body)
    )
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


def _body_bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else b"".join(map(_body_bytes, body))


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
