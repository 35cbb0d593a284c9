"""Opens a client and holds it against the kit's checks. The only module that uses the kit's judge of clients.

A client of the zoo runs in a thread of this process; others run behind their adapters. Each has a fake of its own.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from contract_tests.zoo.broken_clients import BROKEN_CLIENTS
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter
from contract_tests.zoo.judging import cell_of
from contract_tests.zoo.mutant import Cell, Judge, Mutant, Suite, name_of

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.messages import OPERATIONS
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER_RULE, result_of, violation_in
from flipsnack_contract.scenarios.scenario_groups import ScenarioGroup, scenario_groups
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_mock.testing import MockServer

ADAPTERS = Path(__file__).resolve().parents[1] / "adapters"
_BY_NAME = {one.name: one for one in client_checks() if one.rule.id != ADAPTER_RULE}
CLIENT_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each check of a client. A fault of an adapter proves nothing, so that check is left out."""

FEW = 6
"""So many scenarios of each family are run first, which finds most of the broken clients sooner."""
PACKAGES = ("download", "poll")
BY_MODULE = {
    "documents": ("create", "call"),
    "uploads": ("create", "call"),
    "texts": ("create", "call"),
    "conversions": ("create", "call"),
    "calls": ("call",),
    "publishing": ("publish",),
    "lists": ("list", "call"),
    "statistics": ("statistics",),
}
"""The operations that concern the broken clients of a module; the others download packages."""


def fake_of(server: MockServer) -> Fake:
    """The fake of this process, whose control plane is called without HTTP: that takes a fifth less time."""
    return Fake(server.url, WsgiTarget(server.app, base_url=server.base_url), None)


@contextmanager
def runner_of(client: type[Client], fake: Fake) -> Iterator[ScenarioRunner]:
    """The scenarios of a client of the zoo that runs in a thread, at `fake`."""
    with AdapterSession(lambda: InProcessAdapter(client), greeting_of("zoo")) as session:
        yield ScenarioRunner(session, fake, client.__name__)


@contextmanager
def _runner_of_program(mode: LaunchMode, fake: Fake) -> Iterator[ScenarioRunner]:
    with playing(mode, greeting_of("zoo")) as player:
        yield ScenarioRunner(player, fake, Path(mode.command[-1]).parent.name)


@contextmanager
def _open_client(mutant: Mutant) -> Iterator[Judge]:
    made = mutant.make()
    open_runner = _runner_of_program if isinstance(made, LaunchMode) else runner_of
    with MockServer() as server, open_runner(made, fake_of(server)) as runner:
        able = runner.capabilities if isinstance(made, LaunchMode) else runner.capabilities - _foreign(made)
        # A cell has all checks of its rule: the next one of that rule would find the same.
        cells: dict[str, Cell] = {}

        def judge(name: str, plan: Plan) -> Cell:
            check = _BY_NAME[name]
            if check.rule.id not in cells:
                few = scenario_groups(able, replace(plan, rows=FEW, examples=0))
                cells[check.rule.id] = _cell(check, runner, (*few, *scenario_groups(able, plan)))
            return replace(cells[check.rule.id], check=name)

        yield judge


def _foreign(client: type[Client]) -> set[str]:
    """The operations in which a broken client does nothing wrong: it is not tried on them."""
    concerned = BY_MODULE.get(client.__module__.rpartition(".")[2], PACKAGES) if client.breaks else OPERATIONS
    return {f"op:{name}" for name in OPERATIONS if name not in concerned}


def _cell(check: Check, runner: ScenarioRunner, groups: Iterable[ScenarioGroup]) -> Cell:
    """The checks of one rule over the scenarios of these groups, until the first that breaks one of them."""
    same_rule = [check, *(one for one in _BY_NAME.values() if one.rule == check.rule and one is not check)]
    runs = (runner.watch(scenario) for group in groups for scenario in group.scenarios)
    broken = ((one, run) for run in runs for one in same_rule if violation_in(one, run))
    return cell_of(result_of(*next(broken, (check, None))))


def _mutant(client: type[Client]) -> Mutant:
    return Mutant(name_of(client), client.breaks, lambda: client)


def _program(interpreter: str, adapter: str) -> LaunchMode:
    # A JVM starts slowly on a busy machine.
    return LaunchMode((interpreter, str(ADAPTERS / adapter)), timeout=60.0)


CORRECT = (
    Mutant("the plain client", "", lambda: Client),
    Mutant("the reference client", "", lambda: _program(sys.executable, "python/adapter.py")),
    Mutant("the client in Node", "", lambda: _program("node", "node/adapter.mjs")),
)
"""Clients that keep every rule and share no code."""

SUITE = Suite("client", tuple(map(_mutant, BROKEN_CLIENTS)), CLIENT_CHECKS, _open_client, CORRECT)
"""The broken clients."""
