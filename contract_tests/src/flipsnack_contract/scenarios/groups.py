"""Groups of scenarios: each scenario is played once and held against every check of a client.

A group is a family of the catalogue, or a batch of scenarios that Hypothesis draws by the group's seed. A rule that
broke in a batch is shrunk afterwards: the same draws once more, with Hypothesis watching.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky
from hypothesis.reporting import with_reporter

from flipsnack_contract.adapter.case import Outcome as End
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.scenarios.scenario import Act, Fault, Scenario
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, family, name_of
from flipsnack_contract.scenarios.scenario_run import Performance
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_contract.scenarios.scenario_strategies import scenarios
from flipsnack_contract.target.result import Outcome, Result, worst

__all__ = ["ADAPTER", "Group", "ScenarioCache", "evaluate", "groups", "in_words", "merged", "shrink"]

ADAPTER = "client.adapter"
BATCH = 25
# After so many adapter faults in a row nothing can be said of the client.
MOST_FAULTS = 10
MOST_PLAYS_TO_SHRINK = 80
Known = Callable[[str, str], str]
"""The line of the list of known failures for a rule and a message; empty when there is none."""


@dataclass(frozen=True)
class Group:
    """Scenarios that are played together: those of a family, or `examples` that are drawn by `seed`."""

    name: str
    scenarios: tuple[Scenario, ...] = ()
    examples: int = 0
    seed: int = 0

    @property
    def size(self) -> int:
        """How many scenarios are played, at most."""
        return self.examples or len(self.scenarios)


def groups(capabilities: Collection[str], plan: Plan) -> tuple[Group, ...]:
    """Every group for a client with these capabilities: the families first, then the batches."""
    written = (Group(name, family(name, capabilities)) for name in FAMILIES)
    played = tuple(one for one in written if one.scenarios)
    sizes = [min(BATCH, plan.examples - begin) for begin in range(0, plan.examples, BATCH)] if played else []
    first = (plan.seed or 0) * 1000
    drawn = (Group(f"drawn-{number}", (), size, first + number) for number, size in enumerate(sizes, 1))
    return (*played, *drawn)


@dataclass
class ScenarioCache:
    """What came of each scenario. A scenario is played once; `on_play` is called after each that was not known."""

    runner: Theatre
    on_play: Callable[[], None] = lambda: None
    runs: dict[Scenario, Performance] = field(default_factory=dict)
    _faults: int = 0

    def run(self, scenario: Scenario) -> Performance:
        """What came of `scenario`. Raises `AdapterFault` after too many faults in a row."""
        known = self.runs.get(scenario)
        if known is None:
            known = self.runs[scenario] = self.runner.play(scenario)
            self.on_play()
            self._faults = self._faults + 1 if known.outcome is End.FAULT else 0
            if self._faults >= MOST_FAULTS:
                raise AdapterFault(known.report.fault, f"{MOST_FAULTS} cases in a row: {known.report.why}")
        return known


@dataclass
class _CheckRun:
    """One check while it is held against scenarios. An unlisted counterexample is kept rather than a listed one."""

    check: Check
    known: Known
    examples: int = 0
    counterexample: Performance | None = None
    violation: Violation | None = None
    is_listed: bool = False
    listed: dict[str, None] = field(default_factory=dict)

    def evaluate(self, run: Performance) -> None:
        """Hold the check against what came of a scenario; raises the `Violation` that is not listed."""
        if run.outcome is End.FAULT and self.check.rule.id != ADAPTER:
            return
        self.examples += 1
        try:
            self.check.run(run)
        except Violation as violation:
            line = self.known(self.check.rule.id, str(violation))
            self._keep(run, violation, line)
            if not line:
                raise

    def _keep(self, run: Performance, violation: Violation, line: str) -> None:
        if line:
            self.listed[line] = None
        if self.violation is None or self.is_listed or not line:
            self.counterexample, self.violation, self.is_listed = run, violation, bool(line)

    def result(self, group: Group, seconds: float) -> Result:
        """What came of the check in that group."""
        found = self.counterexample
        return Result(
            check=self.check.name,
            rule=self.check.rule.id,
            outcome=self._outcome(),
            message=str(self.violation or ""),
            broke=self.check.rule.id if found else "",
            counterexample=in_words(found.scenario) if found else {},
            steps=found.lines() if found else (),
            examples=self.examples,
            seconds=seconds,
            group=group.name,
            scenario=found.scenario.as_json().decode() if found else "",
            listed=tuple(self.listed),
        )

    def _outcome(self) -> Outcome:
        if self.violation is None:
            return Outcome.PASSED if self.examples else Outcome.SKIPPED
        if self.is_listed:
            return Outcome.KNOWN
        if self.check.rule.id == ADAPTER:
            return Outcome.ADAPTER
        return Outcome.FAILED if self.check.rule.is_must else Outcome.WARNED


def evaluate(group: Group, checks: Iterable[Check], cache: ScenarioCache, known: Known) -> tuple[Result, ...]:
    """Play the group once and hold it against every check: a result for each.

    Raises `AdapterFault` when there is no adapter to judge by, `Refused` and `Unreachable` when there is no fake.
    """
    every, capabilities, began = tuple(checks), cache.runner.capabilities, stopwatch()
    check_runs = [_CheckRun(one, known) for one in every if one.needs <= capabilities]
    for scenario in group.scenarios or _drawn(group, capabilities):
        run = cache.run(scenario)
        for check_run in check_runs:
            with suppress(Violation):
                check_run.evaluate(run)
    seconds = (stopwatch() - began) / max(1, len(check_runs))
    lacking = [(one, tuple(sorted(one.needs - capabilities))) for one in every if not one.needs <= capabilities]
    return (*(one.result(group, seconds) for one in check_runs), *(_skipped(*one, group) for one in lacking))


def shrink(check: Check, group: Group, cache: ScenarioCache, known: Known) -> Performance | None:
    """The simplest scenario like those of a drawn group that breaks the check; None when it does not break again."""
    check_run, plays = _CheckRun(check, known), 0

    def example(scenario: Scenario) -> None:
        nonlocal plays
        plays += check_run.violation is not None and scenario not in cache.runs
        if plays <= MOST_PLAYS_TO_SHRINK:
            check_run.evaluate(cache.run(scenario))

    with suppress(Violation, Flaky):
        _draw(example, group, cache.runner.capabilities)
    return None if check_run.is_listed else check_run.counterexample


def merged(results: Iterable[Result]) -> tuple[Result, ...]:
    """One result for each check out of those of all groups: the worst, and of these the first."""
    by_check: dict[str, list[Result]] = {}
    for one in results:
        by_check.setdefault(one.check, []).append(one)
    return tuple(_merged(of_one_check) for of_one_check in by_check.values())


def _merged(results: list[Result]) -> Result:
    decides = worst(one.outcome for one in results)
    first = next(one for one in results if one.outcome is decides)
    listed = tuple(dict.fromkeys(line for one in results for line in one.listed))
    examples, seconds = sum(one.examples for one in results), sum(one.seconds for one in results)
    return replace(first, examples=examples, seconds=seconds, listed=listed)


def in_words(scenario: Scenario) -> Mapping[str, str]:
    """A scenario for a reader: its name in the catalogue, and what is not as usual in it."""
    fields = {name: _in_words(getattr(scenario, name)) for name in msgspec.to_builtins(scenario)}
    return {"scenario": name_of(scenario), **fields}


def _in_words(value: Any) -> str:
    match value:
        case Fault():
            return value.name
        case Act():
            return f"{value} after {value.after_s:g} s"
        case dict():
            return ", ".join(f"{name} {number:g}" for name, number in value.items())
        case tuple():
            return ", ".join(map(_in_words, value))
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def _skipped(check: Check, missing: tuple[str, ...], group: Group) -> Result:
    why = f"needs {', '.join(missing)}"
    return Result(check.name, check.rule.id, Outcome.SKIPPED, why, missing=missing, group=group.name)


def _drawn(group: Group, capabilities: frozenset[str]) -> tuple[Scenario, ...]:
    found: list[Scenario] = []
    _draw(found.append, group, capabilities)
    return tuple(dict.fromkeys(found))


def _draw(play: Callable[[Scenario], None], group: Group, capabilities: frozenset[str]) -> None:
    def example(scenario: Scenario) -> None:
        play(scenario)

    test = settings(
        max_examples=group.examples,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )(given(scenario=scenarios(capabilities))(example))
    with with_reporter(lambda _line: None):
        hypothesis.seed(group.seed)(test)()
