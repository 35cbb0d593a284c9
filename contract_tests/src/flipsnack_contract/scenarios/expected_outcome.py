"""How an undisturbed scenario must end, by its schedule and its deadline."""

import re

from flipsnack_contract.scenarios.scenario import Scenario

LONGEST_PAUSE_S = 30.0
"""A correct client polls at least so often, in seconds."""

COMFORT_S = 60.0
"""A correct client meets a deadline that is so many seconds after the end of the job."""


def expected_outcomes(scenario: Scenario) -> frozenset[str]:
    """What a correct client may report: `ok`, or classes of errors; more than one when the deadline is close.

    Faults, events, limits and a cancel are not considered.
    """
    if scenario.who != "right":
        return frozenset({"auth"})
    if scenario.whose != "own":
        return frozenset({"forbidden"})
    if said := {fault.means for fault in scenario.faults if fault.means}:
        return frozenset(said)
    if scenario.op == "poll":
        return frozenset({"ok"})
    return _followed(scenario)


def undisturbed(scenario: Scenario) -> str | None:
    """The only end that is right; None when several are, or when something disturbs the scenario."""
    ends = expected_outcomes(scenario)
    return next(iter(ends)) if scenario.calm and len(ends) == 1 else None


def _followed(scenario: Scenario) -> frozenset[str]:
    end = "job_failed" if scenario.schedule.startswith("failed") else "ok"
    earliest, latest = _span(scenario.schedule.removeprefix("failed").removeprefix("-"))
    deadline = float("inf") if scenario.deadline_s is None else scenario.deadline_s
    ends = set()
    # A client that wakes up too late may poll once more.
    if earliest <= max(deadline, scenario.awake_s(deadline)):
        ends.add(end)
    if latest + scenario.suspended_s + COMFORT_S > deadline:
        ends.add("deadline")
    return frozenset(ends)


def _span(schedule: str) -> tuple[float, float]:
    """When the job ends, in seconds from the first call: the earliest and the latest, which depends on the polls."""
    if schedule in ("", "immediate"):
        return 0.0, 0.0
    if after := re.fullmatch(r"after-([\d.]+)s", schedule):
        return float(after[1]), float(after[1]) + LONGEST_PAUSE_S
    if polls := re.fullmatch(r"after-(\d+)-polls", schedule):
        return 0.0, int(polls[1]) * LONGEST_PAUSE_S
    return float("inf"), float("inf")
