"""Faults of the connection where it is TLS: the client decrypts what was sent, and sees how it ended."""

import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from mock_server.tests.raw_socket import query

from flipsnack_mock.faults.randomness import Draw
from flipsnack_mock.testing import MockServer
from flipsnack_mock.testing.fields import FaultConditions

AT_PACKAGES: FaultConditions = {"action": "package"}


@pytest.fixture(name="secure", scope="module")
def secure_fixture() -> Iterator[MockServer]:
    with MockServer(tls=True, requests_per_second=0, requests_per_minute=0) as running:
        yield running


def received(server: MockServer, url: str) -> tuple[bytes, str]:
    """All that comes for a GET, decrypted, and how it ends: `reset`, `notified` (TLS announced it) or `closed`."""
    parts, data = urlsplit(url), b""
    raw = socket.create_connection((parts.hostname, parts.port), timeout=10)
    context = ssl.create_default_context(cafile=server.ca_file)
    # Later versions send tickets: the library would read on behind one, and it does not tell a reset from an end.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with context.wrap_socket(raw, server_hostname=parts.hostname) as connection:
        connection.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        try:
            while socket.socket.recv(connection, 1, socket.MSG_PEEK):
                if not (piece := connection.recv(65_536)):
                    return data, "notified"
                data += piece
        except ConnectionResetError:
            return data, "reset"
    return data, "closed"


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
        ({"kind": "garbage", "bytes": 40}, (Draw(3, 1).noise(40), "notified")),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_break_reaches_the_socket_below_tls(
    secure: MockServer, kind: dict[str, Any], expected: tuple[bytes, str]
) -> None:
    """A reset is one of TCP; what is no HTTP comes encrypted; other ends are orderly ends of TLS."""
    key = f"test-tls-{kind['kind']}"
    secure.admin.account(key).call("POST", "/faults", {"fault": kind, "when": {"seed": 3}})
    assert expected == received(secure, f"{secure.base_url}?{urlencode(query(key))}")


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
    data, ended = received(secure, url)
    assert (300_000, end) == (len(data.partition(b"\r\n\r\n")[2]), ended)


def test_a_dripped_package_is_whole_over_tls(secure: MockServer) -> None:
    url = link(secure, "test-tls-drip")
    whole = requests.get(url, timeout=10, verify=secure.ca_file).content
    account = secure.admin.account("test-tls-drip")
    account.faults.add("drip", bytes=100_000, seconds=0.001, when=AT_PACKAGES)
    assert whole == requests.get(url, timeout=10, verify=secure.ca_file).content
    assert 1 == account.faults.list()[0]["hits"]
