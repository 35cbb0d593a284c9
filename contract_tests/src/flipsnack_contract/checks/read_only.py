"""A run at the real API: only reads, within both limits and a budget of calls, planned before anything is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import missing, rows_for, run_check
from flipsnack_contract.contract.assertions import Inconclusive, Unsuitable
from flipsnack_contract.contract.clock import REAL_MARGIN, SECOND, Clock, RatePacer, RealClock, shortest
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target import Reply, Request, Target
from flipsnack_contract.target.target_under_test import TargetUnderTest

BUDGET = "budget: the check makes more calls than are left (--budget)"
READ_ONLY = Plan(examples=0, rows=2)
"""Nothing is drawn, and of each table a few rows are tried: a call takes a second."""


@dataclass
class Budget:
    """The number of calls that may still be made; None is no bound."""

    left: int | None = None

    def allows(self, calls: int) -> bool:
        return self.left is None or calls <= self.left

    def spend(self) -> None:
        """Count one call. Raises `Inconclusive`."""
        if not self.allows(1):
            raise Inconclusive("the budget of calls is used up")
        if self.left is not None:
            self.left -= 1


class ReadOnlyTarget:
    """Sends GETs of read-only methods, and downloads, to `target`; every call waits for both limits of the key.

    `send` raises `Unsuitable` for any other request and `Inconclusive` without budget; neither is sent.
    """

    def __init__(
        self, target: Target, budget: Budget, *, clock: Clock | None = None, table: Sequence[Method] = methods()
    ) -> None:
        """`clock` is the one that calls wait on, by default real time; `table` has the methods."""
        self.base_url, self.over_socket = target.base_url, target.over_socket
        self.methods = tuple(one for one in table if one.read_only)
        self.clock = clock or RealClock()
        self._target, self._budget = target, budget
        self._pacer = RatePacer(self.clock, margin=REAL_MARGIN)

    def send(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD"):
            raise Unsuitable(f"{request.method} is not a read")
        if not request.url.startswith(self.base_url.rstrip("/")):
            return self._target.send(request)  # a download, which no limit counts
        self._require_read(request)
        self._budget.spend()
        self._pacer.call()
        try:
            return self._target.send(request)
        finally:
            # The server counted it at some instant up to now; the latest one is the safe assumption.
            self._pacer.answered()

    def _require_read(self, request: Request) -> None:
        place, base = urlsplit(request.url), urlsplit(self.base_url)
        names = {one.name for one in self.methods}
        actions = [value for name, value in parse_qsl(place.query) if name == "action"]
        if place.path.rstrip("/") != base.path.rstrip("/") or not names.issuperset(actions):
            raise Unsuitable(f"only {', '.join(sorted(names))} may be called at {self.base_url}")


def read_only(target: Target, budget: Budget, *, clock: Clock | None = None, **options: Any) -> TargetUnderTest:
    """The target with only reads allowed; all its sessions share one pacer and the budget. Nothing is sent yet."""
    guarded = ReadOnlyTarget(target, budget, clock=clock)
    return TargetUnderTest(guarded, per_minute=0, clock=guarded.clock, methods=guarded.methods, **options)


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
