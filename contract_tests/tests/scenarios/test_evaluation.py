import msgspec
import pytest
from contract_tests.tests.scenarios.builders import call, scenario_run

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.messages import CAPABILITIES, AdapterFault
from flipsnack_contract.checks.check import Check, check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import NotBroken, broken_checks, evaluate, shrink
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_cache import MOST_FAULTS, ScenarioCache
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE, FAMILIES
from flipsnack_contract.scenarios.scenario_groups import BATCH, DrawnBatch, ScenarioGroup, scenario_groups
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.scenarios.scenario_text import named
from flipsnack_contract.target.result import Outcome

ALL = frozenset(CAPABILITIES) | {"op:download", "op:poll"}
SHORT = Plan(examples=15, rows=0)


class FixedRunner(ScenarioRunner):
    """A runner that runs nothing: every scenario ends as the test says."""

    def __init__(self, **result: object) -> None:
        self.capabilities = frozenset({"json", "op:download", "op:poll"})
        self.played: list[Scenario] = []
        self._result = result

    def play(self, scenario: Scenario) -> ScenarioRun:
        """The same for every scenario."""
        self.played.append(scenario)
        fields = {name: getattr(scenario, name) for name in msgspec.to_builtins(scenario)}
        return scenario_run(
            call(), **{**fields, "faults": scenario.faults, "timeline": scenario.timeline, **self._result}
        )


def _check(rule: str = "client.success", *, needs: tuple[str, ...] = ()) -> Check:
    def no_more_than_two_pages(run: ScenarioRun) -> None:
        """A package has two pages at most."""
        if run.scenario.pages > 2:
            raise Violation("pages", "2", str(run.scenario.pages))

    return check(rule, needs=needs)(no_more_than_two_pages)


def test_the_reference_client_breaks_no_check(runner: ScenarioRunner) -> None:
    """Neither in the script nor in what is drawn."""
    cache = ScenarioCache(runner)
    results = list(evaluate(client_checks(), cache, Plan(examples=30)))
    assert [] == [result for result in results if result.outcome is not Outcome.PASSED]
    assert len(client_checks()) == len(results)
    assert len(CATALOGUE) <= len(cache.runs)


def test_a_broken_check_comes_with_its_scenario_and_steps() -> None:
    """In words, and as JSON to run it again."""
    (result,) = evaluate([_check()], ScenarioCache(FixedRunner()), Plan(examples=50, rows=0))
    pages = int(result.counterexample["pages"])
    assert (Outcome.FAILED, f"pages: expected 2, got {pages}") == (result.outcome, result.message)
    assert ("client.success", "drawn") == (result.broke, result.counterexample["scenario"])
    assert pages == Scenario.from_json(result.scenario).pages
    assert result.steps


def test_a_broken_should_is_a_warning() -> None:
    """It does not change the exit code."""
    (result,) = evaluate([_check("client.poll-interval")], ScenarioCache(FixedRunner()), Plan(examples=50, rows=0))
    assert Outcome.WARNED is result.outcome


def test_a_scenario_is_played_once_for_all_duties() -> None:
    """A run costs as much as its scenarios."""
    runner = FixedRunner()
    kept = [one for one in client_checks() if one.rule.id in ("client.unsupported", "client.adapter", "client.no-xml")]
    results = list(evaluate(kept, ScenarioCache(runner), SHORT))
    assert len(runner.played) == len(set(runner.played))
    assert {len(runner.played)} == {result.examples for result in results}


def test_the_same_seed_plays_the_same() -> None:
    """And another one something else."""

    def played(seed: int) -> list[Scenario]:
        runner = FixedRunner()
        list(evaluate([_check()], ScenarioCache(runner), Plan(examples=15, rows=0, seed=seed)))
        return runner.played

    assert played(1) == played(1) != played(2)


def test_a_missing_capability_skips_the_check() -> None:
    """By name."""
    (result,) = evaluate([_check(needs=("cancel",))], ScenarioCache(FixedRunner()), SHORT)
    assert (Outcome.SKIPPED, ("cancel",)) == (result.outcome, result.missing)


def test_a_bad_adapter_is_no_finding_about_its_client() -> None:
    """The duty of the adapter is broken, which is neither a pass nor a failure; no other duty is judged by it."""
    runner = FixedRunner(outcome=CaseOutcome.FAULT, why="exit code 3")
    adapter = [one for one in client_checks() if one.rule.id == "client.adapter"]
    (result,) = evaluate(adapter, ScenarioCache(runner), SHORT)
    assert Outcome.ADAPTER is result.outcome
    assert [] == list(broken_checks([_check()], scenario_run(outcome=CaseOutcome.FAULT, pages=3)))


def test_a_hopeless_adapter_ends_the_run() -> None:
    """After so many faults in a row there is nothing to judge."""
    runner = FixedRunner(outcome=CaseOutcome.FAULT, why="exit code 3")
    with pytest.raises(AdapterFault, match="cases in a row: exit code 3"):
        list(evaluate([_check()], ScenarioCache(runner), Plan(examples=50, rows=0)))
    assert MOST_FAULTS == len(runner.played)


def test_progress_is_told_run_by_run() -> None:
    """From the first one; a scenario that was run before is not run again."""
    seen: list[ScenarioRun] = []
    cache = ScenarioCache(FixedRunner(), on_run=seen.append)
    for scenario in (Scenario(), Scenario(pages=3), Scenario()):
        cache.watch(scenario)
    assert [Scenario(), Scenario(pages=3)] == [run.scenario for run in seen]


def test_the_groups_hold_the_catalogue_once_and_what_is_drawn() -> None:
    """Each family under its name; the drawn scenarios in batches, each drawn by a seed of its own."""
    groups = scenario_groups(ALL, Plan(examples=BATCH + 5, seed=3))
    families = [group for group in groups if isinstance(group, ScenarioGroup)]
    batches = [group for group in groups if isinstance(group, DrawnBatch)]
    assert list(FAMILIES) == [family.name for family in families]
    assert list(CATALOGUE.values()) == [scenario for family in families for scenario in family.scenarios]
    assert [("drawn-1", BATCH, 3001), ("drawn-2", 5, 3002)] == [(one.name, one.examples, one.seed) for one in batches]
    assert all(0 < len(batch.scenarios) <= batch.examples for batch in batches)


def test_no_scenario_is_in_two_groups_for_a_client_of_another_format() -> None:
    """In XML some scenarios of two families are the same."""
    groups = scenario_groups({"xml", "op:download", "op:poll"}, Plan(examples=0))
    scenarios = [scenario for group in groups for scenario in group.scenarios]
    assert len(set(scenarios)) == len(scenarios) > 0


def test_a_client_that_can_be_put_into_nothing_has_no_groups() -> None:
    """Nothing is drawn for it either."""
    assert () == scenario_groups({"virtual_sleep"}, Plan())


def test_a_counterexample_is_shrunk_within_its_group() -> None:
    """Of a batch to the smallest scenario, of a family to its first."""
    cache = ScenarioCache(FixedRunner())
    batch = DrawnBatch("drawn-1", cache.runner.capabilities, 50, 1)
    assert 3 == shrink(_check(), batch, cache).scenario.pages
    family = ScenarioGroup("family", (Scenario(), Scenario(pages=7), Scenario(pages=5)))
    assert 7 == shrink(_check(), family, cache).scenario.pages
    with pytest.raises(NotBroken, match="kept in every scenario of family"):
        shrink(_check(), ScenarioGroup("family", (Scenario(),)), cache)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario(schedule="failed"), {"scenario": "failed at once", "schedule": "failed"}),
        (Scenario(pages=7, deadline_s=None), {"scenario": "drawn", "pages": "7", "deadline_s": "none"}),
        (
            CATALOGUE["suspended after code 32"],
            {
                "scenario": "suspended after code 32",
                "deadline_s": "2592000 s",
                "faults": "32 once",
                "timeline": "suspend for 28800 s after 0.01 s",
            },
        ),
        (
            CATALOGUE["one request a minute"],
            {"scenario": "one request a minute", "schedule": "after-5s", "settings": "requests_per_minute 1"},
        ),
    ],
)
def test_a_scenario_is_named_for_the_reader(scenario: Scenario, words: dict[str, str]) -> None:
    """By its name in the catalogue, and by what is unusual in it, in words."""
    assert words == named(scenario)


def test_a_check_of_an_unknown_rule_is_refused() -> None:
    """Each cites the ledger."""
    with pytest.raises(UnknownRule):
        _check("client.no-such-rule")
