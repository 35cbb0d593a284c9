"""Holds checks against runs, and finds for a broken check the smallest scenario that shows it."""

from itertools import count

import msgspec
from hypothesis.errors import Flaky

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import Check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import named
from flipsnack_contract.scenarios.scenario_groups import ScenarioGroup
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result

ADAPTER_RULE = "client.adapter"
MOST_RUNS_TO_SHRINK = 80


class NotBroken(Exception):
    """The group has no scenario in which the check is broken, or not each time."""


def violation_in(check: Check, run: ScenarioRun) -> Violation | None:
    """How the client broke the check in this run; None when it kept it, or when the check does not apply.

    A run that ended by a fault of the adapter says nothing of the client: only the adapter's own check applies.
    """
    if not check.needs <= run.capabilities or (run.outcome is CaseOutcome.FAULT and check.rule.id != ADAPTER_RULE):
        return None
    try:
        check.run(run)
    except Violation as violation:
        return violation
    return None


def shrink(check: Check, group: ScenarioGroup, runner: ScenarioRunner) -> ScenarioRun:
    """The run of the smallest scenario of a batch, or of the first one of a family, in which the check is broken.

    At most `MOST_RUNS_TO_SHRINK` new scenarios are run. Raises `NotBroken`, and what `ScenarioRunner.watch` raises.
    """
    broken: list[ScenarioRun] = []
    new_runs = count()

    def look(scenario: Scenario) -> None:
        if broken and scenario not in runner.runs and next(new_runs) >= MOST_RUNS_TO_SHRINK:
            return
        run = runner.watch(scenario)
        if violation := violation_in(check, run):
            broken.append(run)
            raise violation

    try:
        group.draw(look)
    except Violation:
        return broken[-1]
    except Flaky:
        raise NotBroken(f"{check.name} is broken in some runs of a scenario and kept in others") from None
    raise NotBroken(f"{check.name} is kept in every scenario of {group.name}")


def result_of(check: Check, run: ScenarioRun | None) -> Result:
    """The result of a check that was broken in `run`; that of one that was kept without a run."""
    violation = run and violation_in(check, run)
    if run is None or violation is None:
        return Result(check.name, check.rule.id, Outcome.PASSED)
    outcome = Outcome.FAILED if check.rule.is_must else Outcome.WARNED
    return Result(
        check=check.name,
        rule=check.rule.id,
        # A broken adapter is neither a pass nor a failure of its client.
        outcome=Outcome.ADAPTER if check.rule.id == ADAPTER_RULE else outcome,
        message=str(violation),
        broke=check.rule.id,
        counterexample=named(run.scenario),
        steps=run.lines(),
        scenario=msgspec.json.encode(run.scenario).decode(),
    )
