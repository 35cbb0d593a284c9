"""The fake from the outside: curl, requests and bare sockets."""

import shutil
import socket
import subprocess
from urllib.parse import urlsplit

import pytest
import requests
from mock_server.tests.conftest import signed

from flipsnack_mock.testing import MockServer

A_MOMENT = 0.05
"""Real seconds: long enough to be seen, short enough to be waited for."""


def query(key: str, **changes: str | None) -> dict[str, str]:
    """A signed call of that account."""
    return signed(f"secret-{key}", apiKey=key, **changes)


def link(server: MockServer, key: str) -> str:
    """A resource URL of that account."""
    return str(requests.get(server.base_url, params=query(key), timeout=10).json()["data"]["resourceUrl"])


def open_request(url: str, method: str = "GET") -> socket.socket:
    """A connection on which `url` was asked for."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    target = f"{parts.path}?{parts.query}"
    connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    return connection


def received(connection: socket.socket) -> bytes:
    """Everything until the other side ends the connection."""
    data = b""
    while piece := connection.recv(65_536):
        data += piece
    return data


def received_until_silence(connection: socket.socket) -> bytes:
    """Everything until nothing more comes for a moment."""
    data = connection.recv(65_536)
    connection.settimeout(A_MOMENT)
    try:
        while piece := connection.recv(65_536):
            data += piece
    except TimeoutError:
        return data
    raise AssertionError("the connection was closed")


def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What curl does with it."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    return subprocess.run(["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True, check=False, timeout=30)
