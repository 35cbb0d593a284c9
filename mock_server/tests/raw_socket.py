"""Requests over a socket of the test's own, and by curl."""

import shutil
import socket
import subprocess
from urllib.parse import urlsplit

import pytest
import requests
from mock_server.tests.conftest import signed

from flipsnack_mock.testing import MockServer

CLOSE = ("Connection: close",)
FORM = "Content-Type: application/x-www-form-urlencoded"
A_MOMENT = 0.05
"""Real seconds: long enough to be seen, short enough to be waited for."""


def query(key: str, **changes: str | None) -> dict[str, str]:
    return signed(f"secret-{key}", apiKey=key, **changes)


def link(server: MockServer, key: str) -> str:
    return str(requests.get(server.base_url, params=query(key), timeout=10).json()["data"]["resourceUrl"])


def open_request(url: str, method: str = "GET") -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    target = f"{parts.path}?{parts.query}"
    connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return connection


def connect(server: MockServer) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def talk(server: MockServer, *pieces: bytes) -> bytes:
    """Everything that comes back for these bytes until the fake closes the connection."""
    with connect(server) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return received(connection)


def request(head: str = "GET /v1/", *, query: str = "", headers: tuple[str, ...] = (), body: bytes = b"") -> bytes:
    """A request as it goes over the wire; the last one of its connection unless `headers` say otherwise."""
    lines = [f"{head}{'?' if query else ''}{query} HTTP/1.1", "Host: fake.test", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def status_and_body(answer: bytes) -> tuple[int, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def received(connection: socket.socket) -> bytes:
    data = b""
    while piece := connection.recv(65_536):
        data += piece
    return data


def received_until_silence(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    connection.settimeout(A_MOMENT)
    try:
        while piece := connection.recv(65_536):
            data += piece
    except TimeoutError:
        return data
    raise AssertionError("the connection was closed")


def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    return subprocess.run(["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True, check=False, timeout=30)
