"""Ours, Flask's "hello, world" and the peers in one run, round after round; what counts are the ratios."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from bench.figure import Figure
from bench.load import run_load
from bench.peers import PEERS, Peer
from bench.process import FAKE, HELLO, answering, free_port
from bench.size import Size
from bench.throughput import HELLO_WORLD, QUIET, SHIPPED, complete_targets

OURS, OURS_SHIPPED = "ours, no log", "ours, as shipped"
UNITS = {"rate": "req/s", "processor": "µs", "p99": "ms", "memory": "MB", "cold start": "ms"}


@dataclass(frozen=True)
class Contender:
    """A server under load: `argv` and `env` start it on a port, `targets` are asked for round and round."""

    name: str
    argv: Callable[[int], list[str]]
    targets: list[str]
    env: Callable[[int], Mapping[str, str]] = field(default=lambda _: {})
    authorization: str = ""
    warm_up: int = 1


def measure(size: Size) -> Iterator[Figure]:
    """What each costs, and how ours compares with the best of the peers in the same run."""
    contenders = [*_own(), *_installed()]
    rounds: dict[str, list[dict[str, float]]] = {one.name: [] for one in contenders}
    for _ in range(size.rounds):
        for one in contenders:
            rounds[one.name].append(_run(one, size))
    medians = {name: {figure: median(run[figure] for run in runs) for figure in UNITS} for name, runs in rounds.items()}
    for name, figures in medians.items():
        yield from (Figure(figure, value, UNITS[figure], of=name) for figure, value in figures.items())
    yield from ratios(medians)


def versions() -> dict[str, str]:
    """What runs beside us, by name."""
    found = {peer.name: peer.package.rpartition("=" if "==" in peer.package else "@")[2] for peer in PEERS}
    for name, argv in (("node", ["node", "--version"]), ("java", ["java", "--version"])):
        try:
            found[name] = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.partition("\n")[0]
        except OSError:
            found[name] = "not installed"
    return found


def _own() -> list[Contender]:
    targets = complete_targets()

    def fake(settings: Mapping[str, str]) -> Callable[[int], Mapping[str, str]]:
        return lambda port: {**settings, "FLIPSNACK_MOCK_PORT": str(port)}

    return [
        Contender(OURS, lambda _: FAKE, targets, fake(QUIET)),
        Contender(OURS_SHIPPED, lambda _: FAKE, targets, fake(SHIPPED)),
        Contender(HELLO_WORLD, lambda port: [*HELLO, str(port)], targets),
    ]


def _installed() -> list[Contender]:
    contenders = []
    for peer in PEERS:
        try:
            peer.install()
        except RuntimeError as reason:
            print(f"{peer.name} is left out, it cannot be installed: {reason}", file=sys.stderr)
        else:
            contenders.append(_contender(peer))
    return contenders


def _contender(peer: Peer) -> Contender:
    return Contender(peer.name, peer.argv, [peer.target], authorization=peer.authorization, warm_up=peer.warm_up)


def _run(one: Contender, size: Size) -> dict[str, float]:
    port = free_port()
    asked = one.authorization
    with answering(one.argv(port), one.env(port), port, one.targets[0], asked) as (server, seconds):
        run_load(server.url, one.targets, seconds=one.warm_up * size.warm_up, authorization=asked)
        before = server.cpu_seconds()
        load = run_load(server.url, one.targets, seconds=size.seconds, authorization=asked)
        return {
            "rate": load.per_second,
            "processor": 1_000_000 * (server.cpu_seconds() - before) / load.requests,
            "p99": load.p99 / 1_000,
            "memory": server.megabytes(),
            "cold start": 1_000 * seconds,
        }


def ratios(medians: Mapping[str, Mapping[str, float]]) -> Iterator[Figure]:
    """What ours costs, in what the best of the others costs."""
    ours, shipped = medians[OURS], medians[OURS_SHIPPED]
    hello = medians[HELLO_WORLD]["processor"]
    yield Figure("processor time, as shipped to without log", shipped["processor"] / ours["processor"], "", "< 1.15")
    yield Figure("processor time, of hello, world", ours["processor"] / hello, "", "< 1")
    peers = [name for name in medians if name in {peer.name for peer in PEERS}]
    for figure, what, bound in (("processor", "processor time", "< 0.6"), ("cold start", "cold start", "< 0.8")):
        if peers:
            best = min(peers, key=lambda name: medians[name][figure])
            yield Figure(f"{what}, of the best peer's ({best})", ours[figure] / medians[best][figure], "", bound)
