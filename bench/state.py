"""What a state file costs a request, and that the cost does not grow with the collections of an account."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from statistics import median

from bench.figure import Figure
from bench.load import Load, run_load
from bench.memory import NO_LIMITS
from bench.process import FAKE, Serving, serving
from bench.size import Size
from bench.throughput import QUIET, complete_targets, signed_target

MANY = 10_000
KEY = "test-many"


def measure(size: Size) -> Iterator[Figure]:
    """With and without in turn, round after round: many keys with a collection each, and one key with many."""
    many = min(MANY, size.requests)
    yield from _compared("1 collection", dict(QUIET), lambda _: complete_targets(), size)
    yield from _compared(f"{many:,} collections", NO_LIMITS, lambda server: _crowd(server, many), size)


def _compared(name: str, env: dict[str, str], prepare: Callable[[Serving], list[str]], size: Size) -> Iterator[Figure]:
    runs: dict[bool, list[tuple[Load, float]]] = {False: [], True: []}
    for _ in range(size.rounds):
        for kept, done in runs.items():
            with tempfile.TemporaryDirectory() as folder:
                done.append(_run(env | ({"FLIPSNACK_MOCK_STATE": f"{folder}/state"} if kept else {}), prepare, size))
    cost = {kept: median(cpu for _, cpu in done) for kept, done in runs.items()}
    for kept, done in runs.items():
        of = f"{name}, {'with' if kept else 'without'} a state file"
        yield Figure(f"{of}: rate", median(load.per_second for load, _ in done), "req/s")
        yield Figure(f"{of}: p99", median(load.p99 for load, _ in done) / 1000, "ms")
        yield Figure(f"{of}: processor time a request", cost[kept], "µs")
    yield Figure(f"{name}: with over without", cost[True] / cost[False], "times", "< 1.5")


def _run(env: dict[str, str], prepare: Callable[[Serving], list[str]], size: Size) -> tuple[Load, float]:
    with serving(FAKE, env) as server:
        targets = prepare(server)
        asked = 0
        # An account and a job that are new cost more, with a file and without.
        while asked < len(targets):
            asked += run_load(server.url, targets, seconds=1).requests
        before = server.cpu_seconds()
        load = run_load(server.url, targets, seconds=max(1, size.seconds // 2))
        return load, 1_000_000 * (server.cpu_seconds() - before) / load.requests


def _crowd(server: Serving, many: int) -> list[str]:
    """A call for each of many collections of one account, whose package is never built: each call counts as a poll."""
    hashes = put_collections(server, KEY, many)
    return [signed_target(KEY, one) for one in hashes]


def put_collections(server: Serving, key: str, count: int) -> list[str]:
    """The hashes of `count` collections, which take the place of those of the account of `key`."""
    url = f"{server.url}/__admin/accounts/{key}/snapshot"
    with urllib.request.urlopen(url) as answer:
        snapshot = json.load(answer)
    hashes = [f"c{number}" for number in range(count)]
    snapshot["account"]["collections"] = {one: {"hash": one, "schedule": "never"} for one in hashes}
    request = urllib.request.Request(url, json.dumps(snapshot).encode(), method="PUT")
    urllib.request.urlopen(request).close()
    return hashes
