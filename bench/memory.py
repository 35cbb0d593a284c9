"""Memory: flat under requests, and small while a large package streams."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from bench.figure import Figure
from bench.load import run_load
from bench.process import FAKE, Serving, serving
from bench.size import Size
from bench.throughput import signed_target

# As many as the throughput is measured with; their journals together are full after a fraction of the run, so that what
# grows later is a leak.
KEYS = 5_000
NO_LIMITS = {
    "FLIPSNACK_MOCK_REQUESTS_PER_SECOND": "0",
    "FLIPSNACK_MOCK_REQUESTS_PER_MINUTE": "0",
    "FLIPSNACK_MOCK_LOG": "off",
}
CHUNK_SECONDS = 2
PIECE_BYTES = 1024 * 1024


def measure(size: Size) -> Iterator[Figure]:
    """Both, each with a server of its own."""
    with serving(FAKE, NO_LIMITS) as server:
        yield from _requests(server, size)
    with serving(FAKE, NO_LIMITS) as server:
        yield from _package(server, size)


def _requests(server: Serving, size: Size) -> Iterator[Figure]:
    targets = [signed_target(f"test-memory-{number}", "mock-complete") for number in range(KEYS)]
    yield Figure("memory at the start", server.megabytes(), "MB")
    sent = _send(server, targets, size.requests // 5, size)
    early = server.megabytes()
    yield Figure(f"memory after {sent:,} requests", early, "MB")
    sent += _send(server, targets, size.requests - sent, size)
    late = server.megabytes()
    yield Figure(f"memory after {sent:,} requests", late, "MB", "< 60")
    yield Figure("growth between the two", 100 * (late / early - 1), "%", "< 5")


def _send(server: Serving, targets: list[str], at_least: int, size: Size) -> int:
    """Send requests until there were `at_least`; ends, since a chunk without any is an error."""
    sent = 0
    while sent < at_least:
        sent += run_load(server.url, targets, seconds=min(CHUNK_SECONDS, size.seconds)).requests
    return sent


def _package(server: Serving, size: Size) -> Iterator[Figure]:
    url = resource_url(server, package_bytes=size.package_bytes)
    begin = time.perf_counter()
    received = 0
    with urllib.request.urlopen(url) as answer:
        while piece := answer.read(PIECE_BYTES):
            received += len(piece)
    seconds = time.perf_counter() - begin
    if received != size.package_bytes:
        raise RuntimeError(f"the package has {received} bytes, {size.package_bytes} were asked for")
    megabytes = size.package_bytes / 1_000_000
    yield Figure(f"most memory while {megabytes:.0f} MB streamed", server.megabytes("VmHWM"), "MB", "< 100")
    yield Figure("a package streams at", megabytes / seconds, "MB/s", "≥ 2000")


def resource_url(server: Serving, **collection: int) -> str:
    """Where the package of a new `collection` is."""
    body = {"hash": "large", "schedule": "immediate", **collection}
    url = f"{server.url}/__admin/accounts/test-memory-0/collections"
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()
    with urllib.request.urlopen(server.url + signed_target("test-memory-0", "large")) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return str(data["resourceUrl"])
