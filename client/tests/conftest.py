"""A virtual clock, the fake, and a scripted server for what the fake does not do."""

import contextlib
import io
import json
import re
import socket
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from client.tests.command_runner import CommandRunner

from flipsnack_client import Flipsnack, RetryPolicy
from flipsnack_mock.testing import AccountAdmin, MockServer

KEY = "test-client"
SECRET = "secret-test-client"  # the fake's rule for keys that begin with test-

Action = Callable[[socket.socket], None]


@dataclass
class VirtualClock:
    """Time that passes only by sleeping; `on_sleep` lets a test move another clock along."""

    time: float = 1000.0
    chance: float = 0.5
    sleeps: list[float] = field(default_factory=list)
    on_sleep: Callable[[float], object] = lambda _seconds: None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        del cancel
        self.sleeps.append(seconds)
        self.time += seconds
        self.on_sleep(seconds)

    def random(self) -> float:
        return self.chance


@dataclass
class Sandbox:
    """The fake, one account of it, and a client that shares its frozen clock."""

    account: AccountAdmin
    clock: VirtualClock
    base_url: str

    def client(self, *, secret: str = SECRET, **options: Any) -> Flipsnack:
        """A client of this account."""
        return Flipsnack(self.account.key, secret, base_url=self.base_url, clock=self.clock, **options)


@pytest.fixture(scope="session")
def fake() -> Iterator[MockServer]:
    """The fake, one for all tests; each uses an account of its own."""
    with MockServer() as server:
        yield server


@pytest.fixture(scope="session")
def secure() -> Iterator[MockServer]:
    """The fake behind TLS, with a certificate of an authority of its own."""
    with MockServer(tls=True) as server:
        yield server


@pytest.fixture
def sandbox(fake: MockServer) -> Iterator[Sandbox]:
    """A fresh account whose clock moves only when the client sleeps."""
    account = fake.admin.account(KEY)
    account.show()
    account.reset()
    account.clock.freeze()
    clock = VirtualClock(on_sleep=account.clock.advance)
    yield Sandbox(account, clock, fake.base_url)
    account.reset()


class ScriptedServer:
    """Answers the n-th connection with the n-th action of `plan`, and all further ones with the last action.

    It keeps the heads of the requests. Of each body it reads at most `reads` bytes, and keeps about `keeps`.
    """

    def __init__(self) -> None:
        self.plan: list[Action] = []
        self.requests: list[bytes] = []
        self.bodies: list[bytes] = []
        self.reads = self.keeps = 1 << 40
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        # Only shutdown wakes a thread that is in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        head = bytearray()
        # A TLS greeting is as much of a request as this server understands.
        while b"\r\n\r\n" not in head and not head.startswith(b"\x16"):
            block = connection.recv(65536)
            if not block:
                return
            head += block
        number = len(self.requests)
        request, blank, body = bytes(head).partition(b"\r\n\r\n")
        self.requests.append(request + blank)
        announced = re.search(rb"\r\nContent-Length: (\d+)", request)
        left = min(int(announced[1]) if announced else 0, self.reads) - len(body)
        kept = bytearray(body)
        while left > 0 and (block := connection.recv(min(left, 65_536))):
            left -= len(block)
            kept += block if len(kept) < self.keeps else b""
        self.bodies.append(bytes(kept))
        action = self.plan[min(number, len(self.plan) - 1)]
        action(connection)


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with contextlib.closing(ScriptedServer()) as server:
        yield server


def raw(data: bytes) -> Action:
    return lambda connection: connection.sendall(data)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def http(body: bytes, *, status: int = 200, length: int | None = -1, headers: str = "") -> Action:
    """Answer with a body; `length` -1 is the true Content-Length, None leaves it out."""
    announced = len(body) if length == -1 else length
    line = "" if announced is None else f"Content-Length: {announced}\r\n"
    return raw(f"HTTP/1.1 {status} X\r\nConnection: close\r\n{line}{headers}\r\n".encode() + body)


def answer(**fields: object) -> Action:
    return http(json.dumps(fields).encode())


def complete(url: str) -> Action:
    """Answer COMPLETE with this link."""
    return answer(code=20, status="OK", data={"status": "COMPLETE", "resourceUrl": url})


PROCESSING = answer(code=20, status="OK", data={"status": "PROCESSING"})


def drip(data: bytes, *, then: bytes, every: float = 0.02) -> Action:
    """Send `data` byte by byte with a pause after each, then the rest."""

    def act(connection: socket.socket) -> None:
        pause = threading.Event()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            pause.wait(every)
        connection.sendall(then)

    return act


def package(size: int = 200_000) -> bytes:
    """A real zip that is hard to compress."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("index.html", "<!doctype html>")
        archive.writestr("data.bin", bytes((index * 7919) % 251 for index in range(size)))
    return content.getvalue()


@dataclass
class ScriptedApi:
    """A client that talks to the scripted server, in virtual time."""

    server: ScriptedServer
    clock: VirtualClock

    def client(self, *, attempts: int = 3, **options: Any) -> Flipsnack:
        """A client of the scripted server."""
        return Flipsnack(
            KEY,
            SECRET,
            base_url=f"{self.server.url}/v1/",
            clock=self.clock,
            retry=RetryPolicy(attempts=attempts),
            **options,
        )


@pytest.fixture
def api(scripted: ScriptedServer) -> ScriptedApi:
    """The scripted server with a virtual clock."""
    return ScriptedApi(scripted, VirtualClock())


@pytest.fixture
def runner(tmp_path: Path, fake: MockServer) -> Iterator[CommandRunner]:
    """Runs the command against an account of its own."""
    account = fake.admin.account("test-cli")
    account.show()
    account.reset()
    yield CommandRunner(tmp_path, fake.base_url, account)
    account.reset()
