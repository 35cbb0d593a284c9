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
from flipsnack_contract.adapter.launch import LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER_RULE, evaluate
from flipsnack_contract.scenarios.scenario_cache import ScenarioCache
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_mock.testing import MockServer

__all__ = ["CLIENT_CHECKS", "SIDE", "cache_of", "judge_of", "played"]

ADAPTERS = Path(__file__).resolve().parents[1] / "adapters"
_BY_NAME = {one.name: one for one in client_checks() if one.rule.id != ADAPTER_RULE}
CLIENT_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each duty of a client; what an adapter does wrong proves nothing, so that duty is none of them."""


@contextmanager
def cache_of(client: type[Client], fake: Fake) -> Iterator[ScenarioCache]:
    """The cache before which `client` plays, at `fake`."""
    with AdapterSession(lambda: Actor(client), greeting_of("zoo")) as session:
        yield ScenarioCache(ScenarioRunner(session, fake, name=client.__name__))


def judge_of(cache: ScenarioCache) -> Judge:
    """The judge of the client that plays before `cache`."""
    return lambda name, plan: next(evaluate([_BY_NAME[name]], cache, plan))


@contextmanager
def _opened(mutant: Mutant) -> Iterator[Judge]:
    made = mutant.make()
    open_bench = played if isinstance(made, LaunchMode) else cache_of
    with MockServer() as server, fake_at(server.url) as fake, open_bench(made, fake) as cache:
        yield judge_of(cache)


@contextmanager
def played(mode: LaunchMode, fake: Fake) -> Iterator[ScenarioCache]:
    """The cache before which the client behind an adapter plays, at `fake`."""
    with playing(mode, greeting_of("zoo")) as player:
        yield ScenarioCache(ScenarioRunner(player, fake, name=Path(mode.command[-1]).parent.name))


def _launch_mode(interpreter: str, adapter: str) -> LaunchMode:
    # Patient: what is measured may share the machine with others.
    return LaunchMode((interpreter, str(ADAPTERS / adapter)), timeout=120.0)


def _mutant(client: type[Client]) -> Mutant:
    return Mutant(name_of(client), client.breaks, lambda: client)


FETCH = LaunchMode(
    ("bash", str(ADAPTERS / "bash" / "fetch.sh"), "{collection}", "{dest}", "{deadline_s}"),
    mode="exec",
    timeout=120.0,
    environment={"PATH": "/usr/local/bin:/usr/bin:/bin"},
)
CORRECT = (
    Mutant("the plain client", "", lambda: Client),
    Mutant("the reference client", "", lambda: _launch_mode(sys.executable, "python/adapter.py")),
    Mutant("the client in Node", "", lambda: _launch_mode("node", "node/adapter.mjs")),
    Mutant("the client in Java", "", lambda: _launch_mode("java", "java/Adapter.java")),
    Mutant("the client in bash", "", lambda: FETCH),
)
"""Clients that keep every rule: one in this process, and four that share nothing with it. Three are behind adapters and
read JSON, JSONP or XML between them; one is a program in real time, which speaks no protocol."""

SIDE = Side("client", tuple(map(_mutant, BROKEN_CLIENTS)), CLIENT_CHECKS, _opened, correct=CORRECT, shared=True)
"""The zoo of broken clients."""
