"""Requests a second and p99, as shares of what Flask's "hello, world" reaches under the same engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from statistics import median

from bench.figure import Figure
from bench.load import Load, run_load
from bench.process import FAKE, HELLO, serving
from bench.size import Size

# So many keys that the vendor's limits, which stay on, refuse none of them: each is asked every half second or so.
KEYS = 5_000
SHIPPED: dict[str, str] = {}
QUIET = {"FLIPSNACK_MOCK_LOG": "off"}
FORGETFUL = {**QUIET, "FLIPSNACK_MOCK_JOURNAL_SIZE": "0"}


def signed_target(key: str, collection_hash: str, *, answer_format: str = "json") -> str:
    """The request target of a correct call of `key`, one of those that exist on first use."""
    params = {
        "action": "collection.downloadHTML",
        "apiKey": key,
        "collectionHash": collection_hash,
        "format": answer_format,
    }
    text = f"secret-{key}" + "".join(name + params[name] for name in sorted(params))
    signature = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return "/v1/?" + "&".join(f"{name}={value}" for name, value in params.items()) + f"&signature={signature}"


def _targets(collection_hash: str, answer_format: str = "json") -> list[str]:
    keys = (f"test-bench-{number}" for number in range(KEYS))
    return [signed_target(key, collection_hash, answer_format=answer_format) for key in keys]


def _load(argv: list[str], env: Mapping[str, str], targets: list[str], size: Size) -> Load:
    with serving(argv, env) as server:
        run_load(server.url, targets, seconds=size.warm_up)
        return run_load(server.url, targets, seconds=size.seconds)


def measure(size: Size) -> Iterator[Figure]:
    """All variants in turn, round after round, so that what disturbs the machine disturbs each of them alike."""
    complete = _targets("mock-complete")
    variants: dict[str, tuple[list[str], Mapping[str, str], list[str]]] = {
        "Flask hello, world": (HELLO, {}, complete),
        "COMPLETE, as shipped": (FAKE, SHIPPED, complete),
        "COMPLETE, no log": (FAKE, QUIET, complete),
        "COMPLETE, no log, no journal": (FAKE, FORGETFUL, complete),
        "PROCESSING, no log": (FAKE, QUIET, _targets("mock-processing")),
        "COMPLETE as XML, no log": (FAKE, QUIET, _targets("mock-complete", "xml")),
    }
    loads: dict[str, list[Load]] = {name: [] for name in variants}
    for _ in range(size.rounds):
        for name, (argv, env, targets) in variants.items():
            loads[name].append(_load(argv, env, targets, size))
    yield from _figures(loads)


def _figures(loads: Mapping[str, list[Load]]) -> Iterator[Figure]:
    rates = {name: median(load.per_second for load in runs) for name, runs in loads.items()}
    ceiling = rates["Flask hello, world"]
    for name, runs in loads.items():
        yield Figure(f"{name}: rate", rates[name], "req/s")
        yield Figure(f"{name}: p99", median(load.p99 for load in runs) / 1000, "ms")
        if name != "Flask hello, world":
            aim = "≥ 70" if name == "COMPLETE, no log" else ""
            yield Figure(f"{name}: share of hello, world", 100 * rates[name] / ceiling, "%", aim)
    without, with_journal = rates["COMPLETE, no log, no journal"], rates["COMPLETE, no log"]
    yield Figure("what the journal costs of a request", 100 * (1 - with_journal / without), "%", "< 15")
