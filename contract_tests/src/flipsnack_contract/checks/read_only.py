"""A run at the real API: the checks that only read, planned before anything is sent, within a budget of calls."""

from collections.abc import Iterable
from dataclasses import dataclass

from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import missing, rows_for, run_check
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.target.rate_pacer import shortest
from flipsnack_contract.target.read_only import Budget
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target_under_test import TargetUnderTest

BUDGET = "budget: the check makes more calls than are left (--budget)"
READ_ONLY = Plan(examples=0, rows=2)
"""Nothing is drawn, and of each table a few rows are tried: a call takes a second."""


@dataclass(frozen=True)
class ReadPlan:
    """What a run will do: its checks, at most `calls` calls of the API, in `seconds` or more."""

    checks: tuple[Check, ...]
    calls: int
    seconds: float


def plan_reads(checks: Iterable[Check], subject: TargetUnderTest, budget: Budget) -> ReadPlan:
    """The plan for those of the checks that only read, that the target can bear and that the budget allows."""
    chosen, calls, waits = [], 0, 0
    for one in checks:
        more = calls_of(one, subject)
        if one.read_only and not missing(one, subject) and budget.allows(calls + more):
            chosen.append(one)
            calls += more
            waits += one.waits
    return ReadPlan(tuple(chosen), calls, (waits + shortest(calls)) / SECOND)


def calls_of(check: Check, subject: TargetUnderTest) -> int:
    """The most calls that the check makes at this target."""
    return (check.calls or 0) * len(rows_for(check, subject, READ_ONLY))


def read(check: Check, subject: TargetUnderTest, budget: Budget) -> Result:
    """The result of one check; it is skipped when it does not only read, or when the budget cannot finish it."""
    if not check.read_only:
        return Result(check.name, check.rule.id, Outcome.SKIPPED, "not a read-only check")
    if not missing(check, subject) and not budget.allows(calls_of(check, subject)):
        return Result(check.name, check.rule.id, Outcome.SKIPPED, BUDGET)
    return run_check(check, subject, READ_ONLY)
