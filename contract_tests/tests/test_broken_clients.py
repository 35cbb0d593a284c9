import sys
from collections import Counter

import pytest
from contract_tests.tests.adapter.cases import GREETING
from contract_tests.zoo.actor import Actor
from contract_tests.zoo.client import Client
from contract_tests.zoo.clients import CLIENT_CHECKS, SIDE, cache_of
from contract_tests.zoo.troupe import BROKEN_CLIENTS, name_of

from flipsnack_contract.adapter.adapter_check import check_adapter
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode, playing
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import broken_checks, evaluate
from flipsnack_contract.scenarios.scenario_cache import ScenarioCache
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.result import Outcome

SEEDS = range(2)
COMMAND = (sys.executable, "-m", "contract_tests.zoo.actor")


def _spread() -> list[type[Client]]:
    """For each rule a broken client."""
    return list({client.breaks: client for client in BROKEN_CLIENTS}.values())


SPREAD = _spread()


def _first_finding(client: type[Client], cache: ScenarioCache) -> str:
    """The scenario that shows that `client` breaks the rule it names; none that does is no scenario's name."""
    own = [duty for duty in client_checks() if duty.rule.id == client.breaks]
    able = [name for name, scenario in CATALOGUE.items() if scenario.needs <= cache.runner.capabilities]
    return next((name for name in able if any(broken_checks(own, cache.watch(CATALOGUE[name])))), "no scenario")


@pytest.mark.parametrize("client", SPREAD, ids=lambda client: client.__name__)
def test_a_broken_client_is_caught_by_the_rule_it_breaks(client: type[Client], fake_server: Fake) -> None:
    """Some scenario of the script shows it, whatever is drawn. The kill matrix tries all of them."""
    with cache_of(client, fake_server) as cache:
        assert _first_finding(client, cache) in CATALOGUE


def test_every_rule_of_a_client_has_a_broken_client() -> None:
    """A duty that has caught nobody yet has proved nothing."""
    assert set(CLIENT_CHECKS.values()) == {client.breaks for client in BROKEN_CLIENTS}


def test_names_are_their_own() -> None:
    """No two broken clients do the same wrong thing."""
    names = Counter(map(name_of, BROKEN_CLIENTS))
    assert [] == [name for name, number in names.items() if number > 1]
    assert list(names) == [mutant.name for mutant in SIDE.mutants]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_correct_client_breaks_nothing(seed: int, fake_server: Fake) -> None:
    """No finding in any scenario, written or drawn: what the broken ones are made of is sound."""
    with cache_of(Client, fake_server) as cache:
        results = list(evaluate(client_checks(), cache, Plan(examples=15, seed=seed)))
    assert [] == [result for result in results if result.outcome is not Outcome.PASSED]


def test_a_correct_client_keeps_the_protocol(fake_server: Fake) -> None:
    """As a program of its own it is an adapter like any other."""
    findings = list(check_adapter(LaunchMode(COMMAND, timeout=60.0), GREETING, fake_server))
    assert [] == [finding for finding in findings if finding.wrong]


def test_a_client_in_a_thread_is_judged_as_one_in_a_process_is(fake_server: Fake) -> None:
    """The thread is a short cut, and changes nothing."""
    chosen = [CATALOGUE[name] for name in ("built in 5 s", "failed at once", "a wrong secret")]
    with playing(LaunchMode(COMMAND), GREETING) as process, AdapterSession(lambda: Actor(Client), GREETING) as thread:
        runners = [
            ScenarioRunner(player, fake_server, name=name)
            for player, name in ((process, "process"), (thread, "thread"))
        ]
        apart, here = ([runner.play(scenario) for scenario in chosen] for runner in runners)
    assert [one.outcome for one in apart] == [one.outcome for one in here]
    assert [one.report.sleeps for one in apart] == [one.report.sleeps for one in here]
    assert [len(one.requests) for one in apart] == [len(one.requests) for one in here]


class _Crashing(Client):
    """Falls over where it should report an error."""

    def follow(self) -> str:
        raise RuntimeError("a mistake")


def test_a_crash_is_neither_a_pass_nor_a_kill(fake_server: Fake) -> None:
    """A client that falls over breaks no rule: nothing is known of it."""
    with cache_of(_Crashing, fake_server) as cache:
        run = cache.watch(CATALOGUE["built already"])
    assert "crash" == run.report.fault
    assert "RuntimeError: a mistake" in run.report.printed
    assert ["client.adapter"] == [duty.rule.id for duty, _ in broken_checks(client_checks(), run)]
