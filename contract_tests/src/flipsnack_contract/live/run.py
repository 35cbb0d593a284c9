"""Carries probes out, one by one, each as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flipsnack_contract.checks.check import Check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import SECOND, stopwatch
from flipsnack_contract.live.budget import Budget, BudgetSpent
from flipsnack_contract.live.caller import Caller, Inconclusive
from flipsnack_contract.target.rate_pacer import REAL_MARGIN, RatePacer
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target import Unreachable

__all__ = ["calls_of", "least_seconds", "run_probes"]


def calls_of(probes: Iterable[Check]) -> int:
    """The most calls that these make."""
    return sum(one.calls or 0 for one in probes)


def least_seconds(probes: Sequence[Check], *, made: Sequence[int] = (), now: int = 0) -> float:
    """How long these take at least, when every answer comes at once and `made` calls were made before `now`."""
    clock = _Imagined(now)
    pace = RatePacer(clock, margin=REAL_MARGIN, made=made)
    for one in probes:
        for _ in range(one.calls or 0):
            pace.call()
        clock.pass_by(one.waits)
    return (clock.now - now) / SECOND


@dataclass
class _Imagined:
    """A clock on which waiting takes no time."""

    now: int

    def pass_by(self, micros: int) -> None:
        """Move on."""
        self.now += micros


def run_probes(
    probes: Iterable[Check],
    open_caller: Callable[[], Caller],
    *,
    have: frozenset[str],
    budget: Budget,
    finished: Mapping[str, Result],
) -> Iterator[Result]:
    """The results, one by one; those that are `finished` as they were. Nothing begins that the budget cannot end."""
    for one in probes:
        if (before := finished.get(one.name)) is not None:
            yield before
        elif missing := tuple(sorted(one.needs - have)):
            yield Result(one.name, one.rule.id, Outcome.SKIPPED, f"needs {', '.join(missing)}", missing=missing)
        elif (one.calls or 0) > budget.left:
            left = f"not tried: it takes {one.calls} calls and the budget has {budget.left} left; run again to go on"
            yield Result(one.name, one.rule.id, Outcome.BROKEN, left)
        else:
            yield _run(one, open_caller())


def _run(one: Check, caller: Caller) -> Result:
    began = stopwatch()
    outcome, message, broke = _attempt(one, caller)
    return Result(
        check=one.name,
        rule=one.rule.id,
        outcome=outcome,
        message=message,
        broke=broke,
        steps=() if outcome is Outcome.PASSED else tuple(caller.trace),
        examples=1,
        seconds=stopwatch() - began,
    )


def _attempt(one: Check, caller: Caller) -> tuple[Outcome, str, str]:
    try:
        one.run(caller)
    except Violation as violation:
        broken = Outcome.FAILED if one.rule.is_must else Outcome.WARNED
        return broken, str(violation), violation.rule or one.rule.id
    except (Inconclusive, Unreachable, BudgetSpent) as trouble:
        return Outcome.BROKEN, str(trouble), ""
    return Outcome.PASSED, "", ""
