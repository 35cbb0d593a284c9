import msgspec
import pytest
from contract_tests.tests.scenarios.rehearsal import asked, performed

from flipsnack_contract.adapter.case import Outcome as End
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.checks.check import Check, check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import HOPELESS, Bench, broken_in, judge, named
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import SCRIPT
from flipsnack_contract.scenarios.scenario_run import Performance
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_contract.target.result import Outcome

SHORT = Plan(examples=15, rows=0)


class Understudy(Theatre):
    """A theatre that plays nothing, and gives what a test wants of a scenario."""

    def __init__(self, **result: object) -> None:
        self.capabilities = frozenset({"json", "op:download", "op:poll"})
        self.played: list[Scenario] = []
        self._result = result

    def play(self, scenario: Scenario) -> Performance:
        """The same for every scenario."""
        self.played.append(scenario)
        fields = {name: getattr(scenario, name) for name in msgspec.to_builtins(scenario)}
        return performed(asked(), **{**fields, "faults": scenario.faults, "acts": scenario.acts, **self._result})


def _duty(rule: str = "client.success", *, needs: tuple[str, ...] = ()) -> Check:
    def no_more_than_two_pages(performance: Performance) -> None:
        """A package has two pages at most."""
        if performance.scenario.pages > 2:
            raise Violation("pages", "2", str(performance.scenario.pages))

    return check(rule, needs=needs)(no_more_than_two_pages)


def test_the_reference_client_breaks_no_duty(theatre: Theatre) -> None:
    """Neither in the script nor in what is drawn."""
    bench = Bench(theatre)
    results = list(judge(client_checks(), bench, Plan(examples=30)))
    assert [] == [result for result in results if result.outcome is not Outcome.PASSED]
    assert len(client_checks()) == len(results)
    assert len(SCRIPT) <= len(bench.plays)
    assert 0 < bench.hours


def test_a_broken_duty_comes_with_the_smallest_scenario() -> None:
    """Three pages are the least that is more than two; nothing else is unusual."""
    bench = Bench(Understudy())
    (result,) = judge([_duty()], bench, Plan(examples=50, rows=0))
    assert (Outcome.FAILED, "pages: expected 2, got 3") == (result.outcome, result.message)
    assert ("client.success", "drawn", "3") == (
        result.broke,
        result.counterexample["scenario"],
        result.counterexample["pages"],
    )
    assert 3 == bench.guilty[result.check].pages
    assert result.steps


def test_a_broken_should_is_a_warning() -> None:
    """It does not change the exit code."""
    (result,) = judge([_duty("client.poll-interval")], Bench(Understudy()), Plan(examples=50, rows=0))
    assert Outcome.WARNED is result.outcome


def test_a_scenario_is_played_once_for_all_duties() -> None:
    """A run costs as much as its scenarios."""
    theatre = Understudy()
    kept = [one for one in client_checks() if one.rule.id in ("client.unsupported", "client.adapter", "client.no-xml")]
    results = list(judge(kept, Bench(theatre), SHORT))
    assert len(theatre.played) == len(set(theatre.played))
    assert {len(theatre.played)} == {result.examples for result in results}


def test_the_same_seed_plays_the_same() -> None:
    """And another one something else."""

    def played(seed: int) -> list[Scenario]:
        theatre = Understudy()
        list(judge([_duty()], Bench(theatre), Plan(examples=15, rows=0, seed=seed, shrink=False)))
        return theatre.played

    assert played(1) == played(1) != played(2)


def test_a_missing_capability_skips_the_duty() -> None:
    """By name."""
    (result,) = judge([_duty(needs=("cancel",))], Bench(Understudy()), SHORT)
    assert (Outcome.SKIPPED, ("cancel",)) == (result.outcome, result.missing)


def test_a_bad_adapter_is_no_finding_about_its_client() -> None:
    """The duty of the adapter is broken, which is neither a pass nor a failure; no other duty is judged by it."""
    theatre = Understudy(outcome=End.FAULT, why="exit code 3")
    adapter = [one for one in client_checks() if one.rule.id == "client.adapter"]
    (result,) = judge(adapter, Bench(theatre), SHORT)
    assert Outcome.BROKEN is result.outcome
    assert [] == list(broken_in([_duty()], performed(outcome=End.FAULT, pages=3)))


def test_a_hopeless_adapter_ends_the_run() -> None:
    """After so many faults in a row there is nothing to judge."""
    theatre = Understudy(outcome=End.FAULT, why="exit code 3")
    with pytest.raises(AdapterFault, match="cases in a row: exit code 3"):
        list(judge([_duty()], Bench(theatre), Plan(examples=50, rows=0)))
    assert HOPELESS == len(theatre.played)


def test_a_scenario_is_named_for_the_reader() -> None:
    """By its name in the script, and by what is unusual in it."""
    assert {"scenario": "failed at once", "schedule": "failed"} == named(Scenario(schedule="failed"))
    assert {"scenario": "drawn", "pages": "7"} == named(Scenario(pages=7))


def test_a_duty_of_an_unknown_rule_is_refused() -> None:
    """Each cites the ledger."""
    with pytest.raises(UnknownRule):
        _duty("client.no-such-rule")
