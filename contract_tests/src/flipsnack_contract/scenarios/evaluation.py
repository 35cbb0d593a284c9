"""Judges a client: plays every scenario of the script and as many drawn ones, and shrinks one for each duty it breaks.

Every duty is held against the same scenarios: the seed is the same for all, and a scenario that was played once is not
played again. So a run costs as much as its scenarios, not as much as its duties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.reporting import with_reporter

from flipsnack_contract.adapter.case import Outcome as End
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import name_of, script
from flipsnack_contract.scenarios.scenario_run import Performance
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_contract.scenarios.scenario_strategies import scenarios
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target import Unreachable

__all__ = ["ADAPTER", "Bench", "broken_in", "judge", "named"]

ADAPTER = "client.adapter"
# An adapter that breaks that often in a row has nothing to say about its client.
HOPELESS = 10
# Plays that may be spent on making one counterexample smaller.
MOST_PLAYS_TO_SHRINK = 80


@dataclass
class Bench:
    """Where performances are kept: each scenario is played once.

    `guilty` has for each broken duty the scenario that shows it.
    """

    theatre: Theatre
    plays: dict[Scenario, Performance] = field(default_factory=dict)
    guilty: dict[str, Scenario] = field(default_factory=dict)
    _drawn: tuple[Plan, tuple[Scenario, ...]] | None = None
    _faults: int = 0

    def watch(self, scenario: Scenario) -> Performance:
        """What came of `scenario`. Raises `AdapterFault` when the adapter breaks again and again."""
        known = self.plays.get(scenario)
        if known is None:
            known = self.plays[scenario] = self.theatre.play(scenario)
            self._faults = self._faults + 1 if known.outcome is End.FAULT else 0
            if self._faults >= HOPELESS:
                raise AdapterFault(known.report.fault, f"{HOPELESS} cases in a row: {known.report.why}")
        return known

    @property
    def hours(self) -> float:
        """How many hours of the accounts' clocks went by in all plays."""
        return sum(one.report.elapsed_ms for one in self.plays.values()) / 3_600_000

    @property
    def suspended_hours(self) -> float:
        """In how many of them the client's machine was suspended."""
        return sum(one.suspended_s for one in self.plays.values()) / 3600

    @property
    def succeeded(self) -> bool:
        """Whether any download came to a good end."""
        return any(one.outcome is End.OK and one.scenario.op == "download" for one in self.plays.values())

    def drawn(self, plan: Plan) -> tuple[Scenario, ...]:
        """The scenarios that are drawn for `plan`: the same for every duty."""
        if self._drawn is None or self._drawn[0] != plan:
            found: list[Scenario] = []
            if _rows(self.theatre.capabilities, None):
                _draw(found.append, self.theatre.capabilities, plan)
            self._drawn = (plan, tuple(dict.fromkeys(found)))
        return self._drawn[1]


@dataclass
class _Hearing:
    """One duty while it is judged."""

    duty: Check
    bench: Bench
    judged: set[Scenario] = field(default_factory=set)
    guilty: Performance | None = None
    violation: Violation | None = None
    plays_to_shrink: int = 0

    def hear(self, scenario: Scenario) -> None:
        """Hold the duty against `scenario`; raises `Violation`."""
        if self.violation is not None and scenario not in self.bench.plays:
            self.plays_to_shrink += 1
            if self.plays_to_shrink > MOST_PLAYS_TO_SHRINK:
                return
        performance = self.bench.watch(scenario)
        if performance.outcome is End.FAULT and self.duty.rule.id != ADAPTER:
            return
        self.judged.add(scenario)
        try:
            self.duty.run(performance)
        except Violation as violation:
            self.guilty, self.violation = performance, violation
            raise


def judge(duties: Iterable[Check], bench: Bench, plan: Plan) -> Iterator[Result]:
    """The results, one for each duty, as they come.

    Raises `AdapterFault` when there is no adapter to judge by, `Refused` and `Unreachable` when there is no fake.
    """
    for one in duties:
        yield _judged(one, bench, plan)


def broken_in(duties: Iterable[Check], performance: Performance) -> Iterator[tuple[Check, Violation]]:
    """The duties that were broken in one performance."""
    for one in duties:
        if one.needs <= performance.capabilities and (performance.outcome is not End.FAULT or one.rule.id == ADAPTER):
            try:
                one.run(performance)
            except Violation as violation:
                yield one, violation


def named(scenario: Scenario) -> Mapping[str, str]:
    """A scenario for a reader: its name where it stands in the script, and what is not as usual in it."""
    fields = {name: _shown(value) for name, value in msgspec.to_builtins(scenario).items()}
    return {"scenario": name_of(scenario), **fields}


def _judged(duty: Check, bench: Bench, plan: Plan) -> Result:
    missing = tuple(sorted(duty.needs - bench.theatre.capabilities))
    if missing:
        return Result(duty.name, duty.rule.id, Outcome.SKIPPED, f"needs {', '.join(missing)}", missing=missing)
    hearing, began = _Hearing(duty, bench), stopwatch()
    outcome, message = _heard(hearing, plan)
    guilty = hearing.guilty if hearing.violation else None
    if guilty:
        bench.guilty[duty.name] = guilty.scenario
    return Result(
        check=duty.name,
        rule=duty.rule.id,
        outcome=outcome,
        message=message,
        broke=duty.rule.id if guilty else "",
        counterexample=named(guilty.scenario) if guilty else {},
        steps=guilty.lines() if guilty else (),
        examples=len(hearing.judged),
        seconds=stopwatch() - began,
    )


def _heard(hearing: _Hearing, plan: Plan) -> tuple[Outcome, str]:
    try:
        with with_reporter(_silence):
            _hear_all(hearing, plan)
    except Violation as violation:
        return _verdict(hearing.duty), str(violation)
    except Flaky:
        return Outcome.BROKEN, f"it came out differently when it was repeated: {hearing.violation}"
    except (Refused, Unreachable, HypothesisException) as trouble:
        return Outcome.BROKEN, f"{type(trouble).__name__}: {trouble}"
    return (Outcome.PASSED, "") if hearing.judged else (Outcome.SKIPPED, "no scenario could be played")


def _verdict(duty: Check) -> Outcome:
    # A bad adapter is neither a pass nor a failure: nothing is known of its client.
    if duty.rule.id == ADAPTER:
        return Outcome.BROKEN
    return Outcome.FAILED if duty.rule.is_must else Outcome.WARNED


def _hear_all(hearing: _Hearing, plan: Plan) -> None:
    capabilities = hearing.bench.theatre.capabilities
    for scenario in _rows(capabilities, plan.rows):
        hearing.hear(scenario)

    try:
        for scenario in hearing.bench.drawn(plan):
            hearing.hear(scenario)
    except Violation:
        # The same draws once more, with Hypothesis watching: it makes the scenario smaller.
        if plan.shrink:
            _draw(hearing.hear, capabilities, plan)
        raise


def _draw(hear: Callable[[Scenario], None], capabilities: frozenset[str], plan: Plan) -> None:
    def example(scenario: Scenario) -> None:
        hear(scenario)

    drawn = given(scenario=scenarios(capabilities))(example)
    hypothesis.seed(plan.seed or 0)(settings(_settings(plan))(drawn))()


def _rows(capabilities: frozenset[str], most: int | None) -> Sequence[Scenario]:
    return script(capabilities)[:most]


def _settings(plan: Plan) -> settings:
    return settings(
        max_examples=max(1, plan.examples),
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _silence(_line: object) -> None:
    """Hypothesis's own words are left out: the result says it all."""
