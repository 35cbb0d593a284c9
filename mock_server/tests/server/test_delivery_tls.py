"""Faults of the connection where it is TLS: the client decrypts what was sent, and its socket sees how it ended."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from mock_server.tests.raw_socket import query

from flipsnack_mock.faults.randomness import noise
from flipsnack_mock.testing import MockServer

AT_PACKAGES = {"action": "package"}


@pytest.fixture(name="secure", scope="module")
def secure_fixture() -> Iterator[MockServer]:
    with MockServer(tls=True, requests_per_second=0, requests_per_minute=0) as running:
        yield running


class Secured:
    """A TLS connection whose socket stays in our hand: what ends it is not hidden by the library."""

    def __init__(self, server: MockServer) -> None:
        parts = urlsplit(server.url)
        self.raw = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=server.ca_file)
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=parts.hostname)
        while not self._shaken():
            self._flush()
            self._coming.write(self.raw.recv(65_536))
        self._flush()

    def _shaken(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def _flush(self) -> None:
        self.raw.sendall(self._going.read())

    def ask(self, url: str) -> None:
        parts = urlsplit(url)
        self._tls.write(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        self._flush()

    def received(self) -> tuple[bytes, str]:
        """All that came, decrypted, and how it ended: `reset`, `notified` (the end was announced) or `closed`."""
        data = b""
        with self.raw:
            while True:
                try:
                    piece = self.raw.recv(65_536)
                except ConnectionResetError:
                    return data + self._plain()[0], "reset"
                self._coming.write(piece)
                if not piece:
                    self._coming.write_eof()
                plain, ended = self._plain()
                data += plain
                if ended or not piece:
                    return data, ended or "closed"

    def _plain(self) -> tuple[bytes, str]:
        data = b""
        try:
            while piece := self._tls.read(65_536):
                data += piece
        except ssl.SSLWantReadError:
            return data, ""
        except ssl.SSLZeroReturnError:
            return data, "notified"
        except ssl.SSLEOFError:
            return data, "closed"
        return data, "notified"


def call(server: MockServer, key: str) -> str:
    return f"{server.base_url}?{urlencode(query(key))}"


def link(server: MockServer, key: str) -> str:
    """The resource URL of a package of half a megabyte."""
    server.admin.account(key).collections.create(hash="large", package_bytes=500_000, schedule="immediate")
    params = query(key, collectionHash="large")
    answer = requests.get(server.base_url, params=params, timeout=10, verify=server.ca_file)
    return str(answer.json()["data"]["resourceUrl"])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ({"kind": "reset"}, (b"", "reset")),
        ({"kind": "empty-reply"}, (b"", "notified")),
        ({"kind": "garbage", "bytes": 40}, (noise(3, 1, 40), "notified")),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_break_reaches_the_socket_below_tls(
    secure: MockServer, kind: dict[str, Any], expected: tuple[bytes, str]
) -> None:
    """A reset is one of TCP; what is no HTTP comes encrypted; other ends are orderly ends of TLS."""
    key = f"test-tls-{kind['kind']}"
    secure.admin.account(key).call("POST", "/faults", {"fault": kind, "when": {"seed": 3}})
    connection = Secured(secure)
    connection.ask(call(secure, key))
    assert expected == connection.received()


@pytest.mark.parametrize(
    ("name", "kind", "end"),
    [
        ("length", {"kind": "truncate", "keep": 300_000}, "notified"),
        ("close", {"kind": "truncate", "keep": 300_000, "framing": "close"}, "notified"),
        ("reset", {"kind": "reset", "after": 300_000}, "reset"),
    ],
)
def test_a_cut_comes_after_the_bytes_that_were_kept(
    secure: MockServer, name: str, kind: dict[str, Any], end: str
) -> None:
    key = f"test-tls-cut-{name}"
    url = link(secure, key)
    secure.admin.account(key).call("POST", "/faults", {"fault": kind, "when": AT_PACKAGES})
    connection = Secured(secure)
    connection.ask(url)
    data, ended = connection.received()
    assert (300_000, end) == (len(data.partition(b"\r\n\r\n")[2]), ended)


def test_a_dripped_package_is_whole_over_tls(secure: MockServer) -> None:
    url = link(secure, "test-tls-drip")
    account = secure.admin.account("test-tls-drip")
    account.faults.add("drip", bytes=100_000, seconds=0.001, when=AT_PACKAGES)
    assert 500_000 == len(requests.get(url, timeout=10, verify=secure.ca_file).content)
    assert 1 == account.faults.list()[0]["hits"]
