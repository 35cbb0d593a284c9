"""The zoo of broken clients, and how they are judged: each in a thread of this process, at a fake of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract_tests.zoo.actor import Actor
from contract_tests.zoo.client import Client
from contract_tests.zoo.mutant import Judge, Mutant, Side
from contract_tests.zoo.troupe import BROKEN_CLIENTS, name_of

from flipsnack_contract.adapter.fake_server import Fake, fake_at
from flipsnack_contract.adapter.launch import Manner, greeting_of, playing
from flipsnack_contract.adapter.session import Session
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER, Bench, judge
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_mock.testing import MockServer

__all__ = ["CLIENT_CHECKS", "SIDE", "bench_of", "judge_of", "played"]

ADAPTERS = Path(__file__).resolve().parents[1] / "adapters"
_BY_NAME = {one.name: one for one in client_checks() if one.rule.id != ADAPTER}
CLIENT_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each duty of a client; what an adapter does wrong proves nothing, so that duty is none of them."""


@contextmanager
def bench_of(client: type[Client], fake: Fake) -> Iterator[Bench]:
    """The bench before which `client` plays, at `fake`."""
    with Session(lambda: Actor(client), greeting_of("zoo")) as session:
        yield Bench(Theatre(session, fake, name=client.__name__))


def judge_of(bench: Bench) -> Judge:
    """The judge of the client that plays before `bench`."""
    return lambda name, plan: next(judge([_BY_NAME[name]], bench, plan))


@contextmanager
def _opened(mutant: Mutant) -> Iterator[Judge]:
    made = mutant.make()
    open_bench = played if isinstance(made, Manner) else bench_of
    with MockServer() as server, fake_at(server.url) as fake, open_bench(made, fake) as bench:
        yield judge_of(bench)


@contextmanager
def played(manner: Manner, fake: Fake) -> Iterator[Bench]:
    """The bench before which the client behind an adapter plays, at `fake`."""
    with playing(manner, greeting_of("zoo"), say=_silent) as player:
        yield Bench(Theatre(player, fake, name=Path(manner.command[-1]).parent.name))


def _manner(interpreter: str, adapter: str) -> Manner:
    # Patient: what is measured may share the machine with others.
    return Manner((interpreter, str(ADAPTERS / adapter)), patience=120.0)


def _silent(_text: str) -> None:
    """Nobody is asked to do anything."""


def _mutant(client: type[Client]) -> Mutant:
    return Mutant(name_of(client), client.breaks, lambda: client)


FETCH = Manner(
    ("bash", str(ADAPTERS / "bash" / "fetch.sh"), "{collection}", "{dest}", "{deadline_s}"),
    mode="exec",
    patience=120.0,
    environment={"PATH": "/usr/local/bin:/usr/bin:/bin"},
)
CORRECT = (
    Mutant("the plain client", "", lambda: Client),
    Mutant("the reference client", "", lambda: _manner(sys.executable, "python/adapter.py")),
    Mutant("the client in Node", "", lambda: _manner("node", "node/adapter.mjs")),
    Mutant("the client in Java", "", lambda: _manner("java", "java/Adapter.java")),
    Mutant("the client in bash", "", lambda: FETCH),
)
"""Clients that keep every rule: one in this process, and four that share nothing with it. Three are behind adapters and
read JSON, JSONP or XML between them; one is a program in real time, which speaks no protocol."""

SIDE = Side("client", tuple(map(_mutant, BROKEN_CLIENTS)), CLIENT_CHECKS, _opened, correct=CORRECT, shared=True)
"""The zoo of broken clients."""
