"""Requests a second and p99, as shares of what Flask's "hello, world" reaches under the same engine."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from bench.figure import Figure
from bench.load import Load, run_load
from bench.process import FAKE, HELLO, serving
from bench.size import Size

# So many keys that the vendor's limits, which stay on, refuse none of them: each is asked every half second or so.
KEYS = 5_000
HELLO_WORLD = "Flask hello, world"
SHIPPED: dict[str, str] = {}
QUIET = {"FLIPSNACK_MOCK_LOG": "off"}
FORGETFUL = {**QUIET, "FLIPSNACK_MOCK_JOURNAL_SIZE": "0"}


def signed_target(key: str, collection_hash: str, *, answer_format: str = "json") -> str:
    """The request target of a correct call for a package by `key`, one of those that exist on first use."""
    return signed(key, "collection.downloadHTML", collectionHash=collection_hash, format=answer_format)


def signed(key: str, action: str, **more: str) -> str:
    """The request target of a correct call of `action` by `key`."""
    params = {"action": action, "apiKey": key, **more}
    text = f"secret-{key}" + "".join(name + params[name] for name in sorted(params))
    signature = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return "/v1/?" + "&".join(f"{name}={value}" for name, value in params.items()) + f"&signature={signature}"


def complete_targets() -> list[str]:
    """A call for each of `KEYS` keys; each is answered COMPLETE."""
    return _targets("mock-complete")


def _targets(collection_hash: str, answer_format: str = "json") -> list[str]:
    keys = (f"test-bench-{number}" for number in range(KEYS))
    return [signed_target(key, collection_hash, answer_format=answer_format) for key in keys]


@dataclass(frozen=True)
class Run:
    """One run of load; `cpu` is what a request cost the server, in microseconds of its processor."""

    load: Load
    cpu: float


def _run(argv: list[str], env: Mapping[str, str], targets: list[str], size: Size) -> Run:
    with serving(argv, env) as server:
        run_load(server.url, targets, seconds=size.warm_up)
        before = server.cpu_seconds()
        load = run_load(server.url, targets, seconds=size.seconds)
        return Run(load, 1_000_000 * (server.cpu_seconds() - before) / load.requests)


def measure(size: Size) -> Iterator[Figure]:
    """All variants in turn, round after round, so that what disturbs the machine disturbs each of them alike."""
    complete = complete_targets()
    variants: dict[str, tuple[list[str], Mapping[str, str], list[str]]] = {
        HELLO_WORLD: (HELLO, {}, complete),
        "COMPLETE, as shipped": (FAKE, SHIPPED, complete),
        "COMPLETE, no log": (FAKE, QUIET, complete),
        "COMPLETE, no log, no journal": (FAKE, FORGETFUL, complete),
        "PROCESSING, no log": (FAKE, QUIET, _targets("mock-processing")),
        "COMPLETE as XML, no log": (FAKE, QUIET, _targets("mock-complete", "xml")),
    }
    runs: dict[str, list[Run]] = {name: [] for name in variants}
    for _ in range(size.rounds):
        for name, (argv, env, targets) in variants.items():
            runs[name].append(_run(argv, env, targets, size))
    yield from _figures(runs)
    yield from _crowded(complete, size)


def _crowded(targets: list[str], size: Size) -> Iterator[Figure]:
    """The slowest hundredth under 64 connections."""
    with serving(FAKE, SHIPPED) as server:
        run_load(server.url, targets, seconds=size.warm_up)
        load = run_load(server.url, targets, seconds=size.seconds, connections=64)
    yield Figure("p99 under 64 connections, in medians", load.p99 / load.median, "times", "< 3")


def _figures(runs: Mapping[str, list[Run]]) -> Iterator[Figure]:
    """Shares are of processor time, which other processes on the machine disturb less than the rate."""
    cpu = {name: median(run.cpu for run in of_name) for name, of_name in runs.items()}
    for name, of_name in runs.items():
        yield Figure(f"{name}: rate", median(run.load.per_second for run in of_name), "req/s")
        yield Figure(f"{name}: p99", median(run.load.p99 for run in of_name) / 1000, "ms")
        yield Figure(f"{name}: processor time a request", cpu[name], "µs")
        if name != HELLO_WORLD:
            aim = "≥ 100" if name == "COMPLETE, no log" else ""
            yield Figure(f"{name}: share of hello, world", 100 * cpu[HELLO_WORLD] / cpu[name], "%", aim)
    journal = cpu["COMPLETE, no log"] - cpu["COMPLETE, no log, no journal"]
    yield Figure("journal: share of hello, world", 100 * journal / cpu[HELLO_WORLD], "%", "< 15")
