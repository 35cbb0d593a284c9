import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from contract_tests.tests.adapter.rehearsal import GREETING
from contract_tests.zoo.actor import Actor
from contract_tests.zoo.client import Client
from contract_tests.zoo.clients import CLIENT_CHECKS, SIDE, bench_of
from contract_tests.zoo.troupe import BROKEN_CLIENTS, name_of

from flipsnack_contract.adapter.fake_server import Fake, started_fake
from flipsnack_contract.adapter.launch import Manner, playing
from flipsnack_contract.adapter.lint import lint
from flipsnack_contract.adapter.session import Patience, Session
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import Bench, broken_in, judge
from flipsnack_contract.scenarios.scenario_catalogue import SCRIPT
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_contract.target.result import Outcome

SEEDS = range(2)
COMMAND = (sys.executable, "-m", "contract_tests.zoo.actor")


def _spread() -> list[type[Client]]:
    """For each rule a broken client."""
    return list({client.breaks: client for client in BROKEN_CLIENTS}.values())


SPREAD = _spread()


@pytest.fixture(scope="module")
def played() -> Iterator[Fake]:
    """A fake of the kit's own, one for all: each client uses namespaces of its own."""
    with started_fake() as fake:
        yield fake


def _silent(_text: str) -> None:
    """Nothing is asked of anybody."""


def _first_finding(client: type[Client], bench: Bench) -> str:
    """The scenario that shows that `client` breaks the rule it names; none that does is no scenario's name."""
    own = [duty for duty in client_checks() if duty.rule.id == client.breaks]
    able = [name for name, scenario in SCRIPT.items() if scenario.needs <= bench.theatre.capabilities]
    return next((name for name in able if any(broken_in(own, bench.watch(SCRIPT[name])))), "no scenario")


@pytest.mark.parametrize("client", SPREAD, ids=lambda client: client.__name__)
def test_a_broken_client_is_caught_by_the_rule_it_breaks(client: type[Client], played: Fake) -> None:
    """Some scenario of the script shows it, whatever is drawn. The kill matrix tries all of them."""
    with bench_of(client, played) as bench:
        assert _first_finding(client, bench) in SCRIPT


def test_every_rule_of_a_client_has_a_broken_client() -> None:
    """A duty that has caught nobody yet has proved nothing."""
    assert set(CLIENT_CHECKS.values()) == {client.breaks for client in BROKEN_CLIENTS}


def test_names_are_their_own() -> None:
    """No two broken clients do the same wrong thing."""
    names = Counter(map(name_of, BROKEN_CLIENTS))
    assert [] == [name for name, number in names.items() if number > 1]
    assert list(names) == [mutant.name for mutant in SIDE.mutants]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_correct_client_breaks_nothing(seed: int, played: Fake) -> None:
    """No finding in any scenario, written or drawn: what the broken ones are made of is sound."""
    with bench_of(Client, played) as bench:
        results = list(judge(client_checks(), bench, Plan(examples=15, seed=seed)))
    assert [] == [result for result in results if result.outcome is not Outcome.PASSED]


def test_a_correct_client_keeps_the_protocol() -> None:
    """As a program of its own it is an adapter like any other."""
    findings = list(lint(COMMAND, GREETING, patience=Patience(hello=60.0, case=60.0)))
    assert [] == [finding for finding in findings if finding.wrong]


def test_a_client_in_a_thread_is_judged_as_one_in_a_process_is(played: Fake) -> None:
    """The thread is a short cut, and changes nothing."""
    chosen = [SCRIPT[name] for name in ("built in 5 s", "failed at once", "a wrong secret")]
    with playing(Manner(COMMAND), GREETING, say=_silent) as process, Session(lambda: Actor(Client), GREETING) as thread:
        theatres = [Theatre(player, played, name=name) for player, name in ((process, "process"), (thread, "thread"))]
        apart, here = ([theatre.play(scenario) for scenario in chosen] for theatre in theatres)
    assert [one.outcome for one in apart] == [one.outcome for one in here]
    assert [one.report.sleeps for one in apart] == [one.report.sleeps for one in here]
    assert [len(one.calls) for one in apart] == [len(one.calls) for one in here]


class _Crashing(Client):
    """Falls over where it should report an error."""

    def follow(self) -> str:
        raise RuntimeError("a mistake")


def test_a_crash_is_neither_a_pass_nor_a_kill(played: Fake) -> None:
    """A client that falls over breaks no rule: nothing is known of it."""
    with bench_of(_Crashing, played) as bench:
        performance = bench.watch(SCRIPT["built already"])
    assert "crash" == performance.report.fault
    assert "RuntimeError: a mistake" in performance.report.printed
    assert ["client.adapter"] == [duty.rule.id for duty, _ in broken_in(client_checks(), performance)]
