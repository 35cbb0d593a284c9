"""As many accounts as the fake may hold: what they cost, and that the next one is refused in so many words."""

from __future__ import annotations

import contextlib
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from itertools import islice
from statistics import median
from urllib.parse import urlsplit

from bench.figure import Figure
from bench.memory import NO_LIMITS
from bench.process import FAKE, Serving, serving
from bench.size import Size
from bench.throughput import signed_target

BATCH = 200
SOCKET_SECONDS = 30.0
TRIES = 15


def measure(size: Size) -> Iterator[Figure]:
    """Fill a fake by one call for each account; then calls, a refusal, and the page."""
    with serving(FAKE, {**NO_LIMITS, "FLIPSNACK_MOCK_MAX_ACCOUNTS": str(size.accounts)}) as server:
        before, known = server.megabytes(), len(_accounts(server))
        # The documented accounts are there from the start.
        fill(server, (signed_target(f"test-crowd-{number}", "mock-never") for number in range(size.accounts - known)))
        after = server.megabytes()
        yield Figure(f"memory with {size.accounts:,} accounts", after, "MB")
        yield Figure("memory of an account, its job and its request", 1_000 * (after - before) / size.accounts, "kB")
        target = signed_target("test-crowd-1", "mock-complete")
        yield Figure(f"a call among {size.accounts:,} accounts", _milliseconds(server, target, 200), "ms")
        yield Figure(
            "the account too many is refused", _milliseconds(server, signed_target("test-late", "x"), 503), "ms"
        )
        yield Figure("the page of one of them", _milliseconds(server, "/__admin/ui?account=test-crowd-1", 200), "ms")


def _accounts(server: Serving) -> list[object]:
    with urllib.request.urlopen(f"{server.url}/__admin/accounts") as answer:
        return list(json.load(answer)["accounts"])


def fill(server: Serving, targets: Iterable[str]) -> None:
    """Ask for each of `targets` once, many at once on one connection; raises `RuntimeError` if one is refused."""
    parts = urlsplit(server.url)
    address = str(parts.hostname), int(parts.port or 0)
    with contextlib.closing(socket.create_connection(address, timeout=SOCKET_SECONDS)) as connection:
        left = iter(targets)
        while batch := list(islice(left, BATCH)):
            lines = "".join(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n" for target in batch)
            connection.sendall(lines.encode())
            _expect(connection, len(batch))


def _expect(connection: socket.socket, count: int) -> None:
    heard = b""
    while heard.count(b'{"code":20,') < count:
        piece = connection.recv(1_000_000)
        if not piece or b'"error"' in heard:
            raise RuntimeError(f"a call was refused: {heard[-300:]!r}")
        heard += piece


def _milliseconds(server: Serving, target: str, status: int) -> float:
    """The median of some requests one after the other; raises `RuntimeError` when the status is another."""
    taken = []
    for _ in range(TRIES):
        begin = time.perf_counter()
        if (got := _status(server.url + target)) != status:
            raise RuntimeError(f"{target} was answered with HTTP {got}, not {status}")
        taken.append(1_000 * (time.perf_counter() - begin))
    return median(taken)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            if json.load(refusal)["error"]["type"] != "full":
                raise
        return refusal.code
