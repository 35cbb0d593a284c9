"""Runs each scenario once and keeps what came of it, so that every check is held against the same runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner

__all__ = ["MOST_FAULTS", "ScenarioCache"]

MOST_FAULTS = 10
"""After so many faults in a row nothing can be learned of the client any more."""


def _ignore(_run: ScenarioRun) -> None:
    pass


@dataclass
class ScenarioCache:
    """The runs of one client. `on_run` is called after each new run, for whoever shows progress."""

    runner: ScenarioRunner
    on_run: Callable[[ScenarioRun], None] = _ignore
    runs: dict[Scenario, ScenarioRun] = field(default_factory=dict)
    _faults: int = 0

    def watch(self, scenario: Scenario) -> ScenarioRun:
        """The run of `scenario`, which is run now if it was not run before.

        Raises `AdapterFault` after `MOST_FAULTS` faults in a row, and `Refused` or `Unreachable` when the fake fails.
        """
        known = self.runs.get(scenario)
        if known is None:
            known = self.runs[scenario] = self.runner.play(scenario)
            self._count_fault(known)
            self.on_run(known)
        return known

    def _count_fault(self, run: ScenarioRun) -> None:
        self._faults = self._faults + 1 if run.outcome is CaseOutcome.FAULT else 0
        if self._faults >= MOST_FAULTS:
            raise AdapterFault(run.report.fault, f"{MOST_FAULTS} cases in a row: {run.report.why}")
