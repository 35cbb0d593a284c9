"""Sudden death: the fake is killed with a client connected, and started again on the same port."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from bench.figure import Figure
from bench.memory import NO_LIMITS
from bench.process import FAKE, URL, start
from bench.size import Size
from bench.throughput import signed_target

KEY, COLLECTION = "test-restart", "mock-never"


def measure(size: Size) -> Iterator[Figure]:
    """So many times: some state, SIGKILL, a start on that port; from the signal to the first answer."""
    taken, fresh = [], 0
    process, url = _started("0")
    try:
        for _ in range(size.starts):
            urllib.request.urlopen(url + signed_target(KEY, COLLECTION)).close()
            parts = urlsplit(url)
            with contextlib.closing(socket.create_connection((str(parts.hostname), int(parts.port or 0)))):
                begin = time.perf_counter()
                process.kill()
                process.communicate()
                process, url = _started(str(parts.port))
                urllib.request.urlopen(f"{url}/health").close()
                taken.append(1_000 * (time.perf_counter() - begin))
            fresh += _state(url) == "NEW"
    finally:
        process.terminate()
        process.communicate()
    yield Figure("killed, started and answering again", median(taken), "ms")
    yield Figure("of those, on the same port with a fresh state", fresh, "", f"≥ {size.starts}")


def _started(port: str) -> tuple[subprocess.Popen[str], str]:
    """A fake on that port, and its URL; raises `RuntimeError` when it does not listen."""
    process = start(FAKE, stdout=subprocess.PIPE, env={**NO_LIMITS, "FLIPSNACK_MOCK_PORT": port})
    assert process.stdout is not None
    match = URL.search(process.stdout.readline())
    if match is None:
        raise RuntimeError(f"the fake does not listen on port {port} (exit code {process.wait()})")
    return process, match[0]


def _state(url: str) -> str:
    """Where the job that was started before stands now."""
    with urllib.request.urlopen(f"{url}/__admin/accounts/{KEY}/jobs/{COLLECTION}") as answer:
        return str(json.load(answer)["state"])
