"""The fake without a server: inside `with intercept():`, requests to the vendor's hosts are answered in this process.

It works for everything that uses urllib3, including `requests`, without sockets, name lookups or TLS.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import flask
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from flipsnack_mock.protocol.addresses import HOSTS as VENDOR_HOSTS
from flipsnack_mock.server.app import create_app
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
    that were opened inside. Raises `SettingsError` for an invalid setting.
    """
    loaded, sources = load_settings(flags=settings, environment={}, file=None)
    app = create_app(loaded, sources=sources)
    names = [name.lower() for name in hosts]
    switch = _Switch(app, frozenset(names), refuse=others == "refuse")
    pools: tuple[Any, ...] = (HTTPConnectionPool, HTTPSConnectionPool)
    originals = [pool.ConnectionCls for pool in pools]
    for pool, original in zip(pools, originals, strict=True):
        pool.ConnectionCls = _intercepted(original, switch)
    admin = AdminClient(f"https://{names[0]}", token=loaded.admin_token)
    try:
        yield Interception(f"https://{names[0]}/v1/", admin, app)
    finally:
        switch.on = False
        admin.close()
        for pool, original in zip(pools, originals, strict=True):
            pool.ConnectionCls = original


class _Switch:
    """Decides which hosts are answered here; off after the interception."""

    def __init__(self, app: flask.Flask, hosts: frozenset[str], *, refuse: bool) -> None:
        self.app = app
        self.hosts = hosts
        self.refuse = refuse
        self.on = True

    def takes(self, host: str) -> bool:
        return self.on and host.lower() in self.hosts

    def refuses(self, host: str) -> bool:
        return self.on and self.refuse and host.lower() not in self.hosts


def _intercepted(original: type[HTTPConnection], switch: _Switch) -> type[HTTPConnection]:
    """A connection class that answers the switch's hosts itself and behaves like `original` for all others.

    It checks the switch at each step, so that a session that keeps such a connection connects for real afterwards.
    """

    class Intercepted(original):  # type: ignore[valid-type, misc]  # the class to extend is known only now
        def connect(self) -> None:
            if switch.refuses(self.host):
                raise NewConnectionError(self, f"{self.host} is refused: only {sorted(switch.hosts)} are answered here")
            if switch.takes(self.host):
                self.is_verified = True
            else:
                super().connect()

        def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
            if not switch.takes(self.host):
                super().request(method, url, body=body, headers=headers, **options)
                return
            self._exchange = (method, url, _body_bytes(body), dict(headers or {}), options)

        def getresponse(self) -> HTTPResponse:
            if not switch.takes(self.host):
                return super().getresponse()  # type: ignore[no-any-return]  # the base is unknown to the checker
            scheme = "https" if self.default_port == 443 else "http"
            port = "" if self.port in (None, self.default_port) else f":{self.port}"
            return _answer(switch.app, f"{scheme}://{self.host}{port}", *self._exchange)

    return Intercepted


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
