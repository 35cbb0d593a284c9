"""Load on a server: wrk where it is installed, else threads of this Python (slower, so it understates the server)."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from bench.process import LOAD_CORE, pinned

CONNECTIONS = 16
_MICROSECONDS = {"us": 1.0, "ms": 1_000.0, "s": 1_000_000.0}


@dataclass(frozen=True)
class Load:
    """What a run came to: `median` and `p99` of the time to an answer, in microseconds.

    `errors` counts answers that are no 2xx, and broken connections.
    """

    requests: int
    per_second: float
    median: float
    p99: float
    errors: int


def run_load(
    url: str, targets: list[str], *, seconds: int, connections: int = CONNECTIONS, authorization: str = ""
) -> Load:
    """Send `targets` round and round for `seconds`; raises `RuntimeError` for any refusal, or without an answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(targets) + "\n")
        file.flush()
        generator = _wrk(url, seconds, connections) if shutil.which("wrk") else _python(url, seconds, connections)
        environment = {**os.environ, "LOAD_TARGETS": file.name, "LOAD_AUTHORIZATION": authorization}
        run = subprocess.run(pinned(LOAD_CORE, generator), env=environment, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"the load generator failed: {run.stdout}{run.stderr}")
    load = parse_report(run.stdout)
    if load.errors:
        raise RuntimeError(f"requests were refused or broken, so the figure would mean nothing: {run.stdout}")
    if not load.requests:
        raise RuntimeError(f"nothing was answered within {seconds} s; measure while the machine does less, or longer")
    return load


def _wrk(url: str, seconds: int, connections: int) -> list[str]:
    script = str(Path(__file__).with_name("load.lua"))
    # On a busy machine an answer may take longer than the two seconds that wrk waits by itself.
    options = ["-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "--latency", "-s", script]
    return ["wrk", *options, url]


def _python(url: str, seconds: int, connections: int) -> list[str]:
    return [sys.executable, "-m", "bench.load", url, str(seconds), str(connections)]


def parse_report(text: str) -> Load:
    """Read what wrk prints; `ValueError` when it is something else."""
    total = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    latencies = dict(re.findall(r"^ +(50|99)%\s+([\d.]+(?:us|ms|s)) *$", text, re.MULTILINE))
    if total is None or rate is None or len(latencies) < 2:
        raise ValueError(f"this is no report of wrk: {text[:300]!r}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    errors = int(refused[1]) if refused else 0
    errors += sum(map(int, broken.groups())) if broken else 0
    return Load(int(total[1]), float(rate[1]), _microseconds(latencies["50"]), _microseconds(latencies["99"]), errors)


def _microseconds(text: str) -> float:
    number = text.rstrip("mus")
    return float(number) * _MICROSECONDS[text[len(number) :]]


# --- the generator for machines without wrk, which prints a report like wrk's -----------------------------------------


HEADERS = {"Authorization": key} if (key := os.environ.get("LOAD_AUTHORIZATION")) else {}


def _send(url: str, targets: Iterator[str], until: float, latencies: list[float]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    while (begin := time.perf_counter()) < until:
        connection.request("GET", next(targets), headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        latencies.append(time.perf_counter() - begin if answer.status == 200 else -1.0)
    connection.close()


def main() -> None:
    """Load the server at argv[1] for argv[2] seconds over argv[3] connections."""
    url, seconds, connections = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    targets = cycle(Path(os.environ["LOAD_TARGETS"]).read_text().split())
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_send, args=(url, targets, until, latencies)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = sorted(latency for latency in latencies if latency >= 0) or [0.0]
    print(f"    50%  {good[len(good) // 2] * 1_000_000:.0f}us")
    print(f"    99%  {good[int(len(good) * 0.99)] * 1_000_000:.0f}us")
    print(f"  {len(latencies)} requests in {seconds}s")
    print(f"  Non-2xx or 3xx responses: {latencies.count(-1.0)}")
    print(f"Requests/sec:  {len(latencies) / seconds:.2f}")


if __name__ == "__main__":
    main()
