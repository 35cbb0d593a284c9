"""Thousands of connections that do nothing or drip, while normal calls go on."""

from __future__ import annotations

import contextlib
import http.client
import json
import resource
import select
import socket
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench.figure import Figure
from bench.memory import NO_LIMITS
from bench.process import FAKE, Serving, serving
from bench.size import Size
from bench.throughput import signed_target

KEY, SLOW_KEY = "test-normal", "test-slow"
# A package of 14 kB in pieces of 10 bytes takes minutes: each slow connection outlives the measurement.
DRIP = {"fault": {"kind": "drip", "bytes": 10, "seconds": 0.5}, "when": {"action": "package"}}
SPARE_FILES = 200
SOCKET_SECONDS = 30.0


def measure(size: Size) -> Iterator[Figure]:
    """Calls alone, beside idle connections, and beside slow downloads as well; then all of them must be alive."""
    _allow_files(size.idle + size.slow + SPARE_FILES)
    with serving(FAKE, NO_LIMITS) as server, contextlib.ExitStack() as stack:
        yield from _calls(server, size.calls, "alone")
        empty = server.megabytes()
        idle = [stack.enter_context(_connected(server)) for _ in range(size.idle)]
        yield from _calls(server, size.calls, f"beside {size.idle:,} idle connections")
        target = _slow_target(server)
        slow = [stack.enter_context(_asking(server, target)) for _ in range(size.slow)]
        yield from _calls(server, size.calls, f"beside {size.slow:,} slow downloads too")
        yield Figure("memory of a connection", 1_000 * (server.megabytes() - empty) / (size.idle + size.slow), "kB")
        yield Figure("threads of the server", server.number("Threads"), "")
        yield Figure("slow downloads still dripping", _dripping(slow), "", f"≥ {size.slow}")
        yield Figure("idle connections answered at last", _answered(idle), "", f"≥ {size.idle}")


def _allow_files(count: int) -> None:
    """Let this process and the server have so many open files; raises `RuntimeError` where the system forbids it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"{count} open files are needed, the system allows {hard} (ulimit -n)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def _calls(server: Serving, count: int, where: str) -> Iterator[Figure]:
    """So many calls one after the other on one connection: the median and the slowest hundredth."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=SOCKET_SECONDS)
    target = signed_target(KEY, "mock-complete")
    taken = []
    with contextlib.closing(connection):
        for _ in range(count):
            begin = time.perf_counter()
            connection.request("GET", target)
            answer = connection.getresponse()
            if not answer.read().startswith(b'{"code":20,'):
                raise RuntimeError(f"a call was refused: HTTP {answer.status}")
            taken.append(1_000 * (time.perf_counter() - begin))
    taken.sort()
    yield Figure(f"a call {where}, median", taken[count // 2], "ms")
    yield Figure(f"a call {where}, p99", taken[count * 99 // 100], "ms")


def _slow_target(server: Serving) -> str:
    """The path and query of a package that drips."""
    url = f"{server.url}/__admin/accounts/{SLOW_KEY}/faults"
    urllib.request.urlopen(urllib.request.Request(url, json.dumps(DRIP).encode())).close()
    with urllib.request.urlopen(server.url + signed_target(SLOW_KEY, "mock-complete")) as answer:
        parts = urlsplit(json.load(answer)["data"]["resourceUrl"])
    return f"{parts.path}?{parts.query}"


def _connected(server: Serving) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=SOCKET_SECONDS)


def _asking(server: Serving, target: str) -> socket.socket:
    connection = _connected(server)
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {urlsplit(server.url).netloc}\r\n\r\n".encode())
    return connection


def _dripping(slow: list[socket.socket]) -> int:
    """How many of them have got something by now and get more within the time."""
    for connection in slow:
        connection.recv(1_000_000)
    waiting = select.poll()
    for connection in slow:
        waiting.register(connection, select.POLLIN)
    alive: set[int] = set()
    until = time.monotonic() + SOCKET_SECONDS
    while len(alive) < len(slow) and time.monotonic() < until:
        for number, _ in waiting.poll(100):
            alive.add(number)
            waiting.unregister(number)
    return sum(connection.fileno() in alive and bool(connection.recv(1_000)) for connection in slow)


def _answered(idle: list[socket.socket]) -> int:
    """How many of them are answered when they speak at last."""
    request = f"GET {signed_target(KEY, 'mock-complete')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answered = 0
    for connection in idle:
        connection.sendall(request)
        answered += connection.recv(1_000).startswith(b"HTTP/1.1 200 ")
    return answered
