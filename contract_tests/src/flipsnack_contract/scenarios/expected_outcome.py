"""How an undisturbed scenario must end: worked out from the schedule and the deadline, as plainly as possible."""

from __future__ import annotations

import re

from flipsnack_contract.scenarios.scenario import Scenario

__all__ = ["COMFORT_S", "LONGEST_PAUSE_S", "expected_outcomes", "undisturbed"]

LONGEST_PAUSE_S = 30.0
"""Nobody is blamed for polls that are at most so many seconds apart."""

COMFORT_S = 60.0
"""A deadline so many seconds after the end of a job is met by every client that polls at all."""


def expected_outcomes(scenario: Scenario) -> frozenset[str]:
    """What a correct client may say at the end: `ok`, or classes of errors. More than one where the deadline is close.

    Faults, timeline, limits and cancelling are left out of account.
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
    """The one end that a correct client comes to, None where there are several or where something disturbs it."""
    ends = expected_outcomes(scenario)
    return next(iter(ends)) if scenario.calm and len(ends) == 1 else None


def _followed(scenario: Scenario) -> frozenset[str]:
    end = "job_failed" if scenario.schedule.startswith("failed") else "ok"
    earliest, latest = _span(scenario.schedule.removeprefix("failed").removeprefix("-"))
    deadline = float("inf") if scenario.deadline_s is None else scenario.deadline_s
    ends = set()
    # Who wakes up too late may take one last look, and need not.
    if earliest <= max(deadline, scenario.awake_s(deadline)):
        ends.add(end)
    if latest + scenario.suspended_s + COMFORT_S > deadline:
        ends.add("deadline")
    return frozenset(ends)


def _span(schedule: str) -> tuple[float, float]:
    """When the job is over, in seconds from the first call: at the earliest and at the latest, as the client polls."""
    if schedule in ("", "immediate"):
        return 0.0, 0.0
    if after := re.fullmatch(r"after-([\d.]+)s", schedule):
        return float(after[1]), float(after[1]) + LONGEST_PAUSE_S
    if polls := re.fullmatch(r"after-(\d+)-polls", schedule):
        return 0.0, int(polls[1]) * LONGEST_PAUSE_S
    return float("inf"), float("inf")
