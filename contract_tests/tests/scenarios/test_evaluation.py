from collections.abc import Callable

import msgspec
import pytest
from contract_tests.tests.scenarios.builders import call, scenario_run

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.messages import CAPABILITIES, OPERATIONS, AdapterFault
from flipsnack_contract.checks.check import Check, Plan, check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import NotBroken, result_of, shrink, violation_in
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE, FAMILIES
from flipsnack_contract.scenarios.scenario_groups import BATCH, drawn_group, fixed_group, scenario_groups
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import MOST_FAULTS, ScenarioRunner
from flipsnack_contract.target.outcome import Outcome

ALL = frozenset(CAPABILITIES) | {f"op:{name}" for name in OPERATIONS}


class FixedRunner(ScenarioRunner):
    """A runner that runs nothing: every scenario ends as the test says."""

    def __init__(self, on_run: Callable[[ScenarioRun], None] = lambda _run: None, **result: object) -> None:
        self.capabilities = frozenset({"json", "op:download", "op:poll"})
        self.runs = {}
        self.on_run = on_run
        self._result = result

    def play(self, scenario: Scenario) -> ScenarioRun:
        """The same for every scenario."""
        return scenario_run(call(), **msgspec.structs.asdict(scenario) | self._result)


def _check(rule: str = "client.success", *, needs: tuple[str, ...] = ()) -> Check:
    def no_more_than_two_pages(run: ScenarioRun) -> None:
        """A package has two pages at most."""
        if run.scenario.pages > 2:
            raise Violation("pages", "2", str(run.scenario.pages))

    return check(rule, needs=needs)(no_more_than_two_pages)


def test_the_reference_client_breaks_no_check(runner: ScenarioRunner) -> None:
    """In up to four scenarios of each family; the matrix runs this client through all of them."""
    for family in scenario_groups(runner.capabilities, Plan(examples=0)):
        for run in map(runner.play, family.scenarios[:4]):
            assert [] == [f"{one.name}: {found}" for one in client_checks() if (found := violation_in(one, run))]


@pytest.mark.parametrize(
    ("rule", "outcome", "ended"),
    [
        ("client.success", Outcome.FAILED, CaseOutcome.OK),
        ("client.poll-interval", Outcome.WARNED, CaseOutcome.OK),
        ("client.adapter", Outcome.ADAPTER, CaseOutcome.FAULT),
    ],
)
def test_a_broken_check_comes_with_its_scenario_and_steps(rule: str, outcome: Outcome, ended: CaseOutcome) -> None:
    """In words, and as JSON to run it again. Only a MUST fails, and a fault of an adapter is neither."""
    result = result_of(_check(rule), scenario_run(call(), outcome=ended, pages=3))
    assert (outcome, "pages: expected 2, got 3") == (result.outcome, result.message)
    assert (rule, {"scenario": "drawn", "pages": "3"}) == (result.broke, result.counterexample)
    assert Scenario(pages=3) == msgspec.json.decode(result.scenario, type=Scenario)
    assert result.steps


@pytest.mark.parametrize(
    ("needs", "ended"), [(("no-such-capability",), CaseOutcome.OK), ((), CaseOutcome.FAULT)], ids=["needs", "fault"]
)
def test_a_check_that_does_not_apply_is_not_broken(needs: tuple[str, ...], ended: CaseOutcome) -> None:
    """The client lacks a capability, or its adapter failed, so that nothing is known of the client."""
    one, run = _check(needs=needs), scenario_run(outcome=ended, pages=3)
    assert violation_in(one, run) is None
    assert Outcome.PASSED is result_of(one, run).outcome


def test_a_hopeless_adapter_ends_the_run() -> None:
    """After so many faults in a row there is nothing to judge."""
    runner = FixedRunner(outcome=CaseOutcome.FAULT, why="exit code 3")
    with pytest.raises(AdapterFault, match="cases in a row: exit code 3"):
        list(map(runner.watch, CATALOGUE.values()))
    assert MOST_FAULTS == len(runner.runs)


def test_progress_is_told_run_by_run() -> None:
    """From the first one; a scenario that was run before is not run again."""
    seen: list[ScenarioRun] = []
    runner = FixedRunner(seen.append)
    for scenario in (Scenario(), Scenario(pages=3), Scenario()):
        runner.watch(scenario)
    assert [Scenario(), Scenario(pages=3)] == [run.scenario for run in seen]


def test_the_groups_hold_the_catalogue_once_and_what_is_drawn() -> None:
    """Each family under its name; the drawn scenarios in batches, each drawn by a seed of its own."""
    groups = scenario_groups(ALL, Plan(examples=BATCH + 5, seed=3))
    families, batches = groups[: len(FAMILIES)], groups[len(FAMILIES) :]
    assert list(FAMILIES) == [family.name for family in families]
    assert list(CATALOGUE.values()) == [scenario for family in families for scenario in family.scenarios]
    assert [("drawn-1", BATCH), ("drawn-2", 5)] == [(batch.name, batch.size) for batch in batches]
    first, again = (drawn_group("drawn", ALL, 5, seed=seed).scenarios for seed in (3001, 3002))
    assert first != again == batches[1].scenarios


def test_no_scenario_is_in_two_groups() -> None:
    """In XML some scenarios of two families are the same. A client that can be put into nothing has no groups."""
    groups = scenario_groups(frozenset({"xml", "op:download", "op:poll"}), Plan(examples=0))
    scenarios = [scenario for group in groups for scenario in group.scenarios]
    assert len(set(scenarios)) == len(scenarios) > 0
    assert () == scenario_groups(frozenset({"virtual_sleep"}), Plan())


def test_a_counterexample_is_shrunk_within_its_group() -> None:
    """Of a batch to the smallest scenario, of a family to its first."""
    runner = FixedRunner()
    batch = drawn_group("drawn-1", runner.capabilities, 50, seed=1)
    assert 3 == shrink(_check(), batch, runner).scenario.pages
    family = fixed_group("family", (Scenario(), Scenario(pages=7), Scenario(pages=5)))
    assert 7 == shrink(_check(), family, runner).scenario.pages
    with pytest.raises(NotBroken, match="kept in every scenario of family"):
        shrink(_check(), fixed_group("family", (Scenario(),)), runner)
