"""Carries checks out, as far as the target can bear: rows first, then drawn values, shrunk where one fails.

At the real API only reads are made, within both limits and a budget of calls, planned before anything is sent.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import sampled_from

from flipsnack_contract.checks.check import Check, Plan, methods_for, needs_of, rows_for
from flipsnack_contract.checks.drawing import same_everywhere
from flipsnack_contract.contract.assertions import Inconclusive, Unsuitable, Violation, keep_to_time
from flipsnack_contract.contract.clock import REAL_MARGIN, SECOND, Clock, RatePacer, RealClock, shortest, stopwatch
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply, Request, Target
from flipsnack_contract.target.target_under_test import TargetUnderTest


@dataclass
class _CheckRun:
    """What happened while a check ran: how many examples, and the last one that broke the rule."""

    examples: int = 0
    drawn: Mapping[str, Any] = field(default_factory=dict)
    session: Session | None = None
    violation: Violation | None = None
    unsuitable: str = ""
    began: float = field(default_factory=stopwatch)


def run_check(check: Check, under_test: TargetUnderTest, plan: Plan) -> Result:
    """Run one check."""
    if lacks := missing(check, under_test):
        return Result(check.name, check.rule.id, Outcome.SKIPPED, f"needs {', '.join(lacks)}", missing=lacks)
    log = _CheckRun()
    outcome, message = _attempt(check, under_test, plan, log)
    return Result(
        check=check.name,
        rule=check.rule.id,
        outcome=outcome,
        message=message,
        broke=log.violation.rule or check.rule.id if log.violation else "",
        counterexample={name: repr(value) for name, value in log.drawn.items()} if log.violation else {},
        steps=tuple(log.session.trace) if log.session and outcome is not Outcome.PASSED else (),
        examples=log.examples,
        seconds=stopwatch() - log.began,
    )


def _attempt(check: Check, under_test: TargetUnderTest, plan: Plan, log: _CheckRun) -> tuple[Outcome, str]:
    broken = Outcome.FAILED if check.rule.is_must else Outcome.WARNED
    try:
        _examples(check, under_test, plan, log)
    except Violation as violation:
        return broken, str(violation)
    except Flaky:
        if log.violation is None:
            return Outcome.INTERNAL, "the check came out differently when it was repeated"
        return broken, f"{log.violation} (not each time: it came out differently when it was repeated)"
    except Inconclusive as trouble:
        return Outcome.UNREACHABLE, str(trouble)
    except Exception:  # a mistake in one check must not cost the results of the others
        return Outcome.INTERNAL, f"internal error in the check: {traceback.format_exc(limit=-2)}"
    if not log.examples:
        return Outcome.SKIPPED, log.unsuitable or "the plan leaves nothing of it to try"
    return Outcome.PASSED, ""


def _examples(check: Check, under_test: TargetUnderTest, plan: Plan, log: _CheckRun) -> None:
    if check.machine is not None:
        _machine(check, under_test, plan, log)
        return
    for row in rows_for(check, under_test, plan):
        _try(check, under_test, log, row)
    if plan.examples and draws(check, under_test):
        _vary(check, under_test, plan, log)


def _try(check: Check, under_test: TargetUnderTest, log: _CheckRun, drawn: Mapping[str, Any]) -> None:
    shown = {name: value for name, value in drawn.items() if name != "needs"}
    values = dict(shown)
    keep_to_time(log.began)
    try:
        with _session(under_test, log, values.pop("method", None)) as session:
            check.run(session, **values)
        log.examples += 1
    except Unsuitable as trouble:
        log.unsuitable = str(trouble)
    except Violation:
        log.drawn = shown
        raise


@contextmanager
def _session(under_test: TargetUnderTest, log: _CheckRun, method: Method | None = None) -> Iterator[Session]:
    with under_test.session(method) as session:
        try:
            yield session
        except (Violation, Inconclusive) as trouble:
            log.session = session
            log.violation = trouble if isinstance(trouble, Violation) else None
            raise


def _vary(check: Check, under_test: TargetUnderTest, plan: Plan, log: _CheckRun) -> None:
    def example(**drawn: Any) -> None:
        _try(check, under_test, log, drawn)

    example.__name__ = example.__qualname__ = check.run.__name__
    each = {"method": sampled_from(chosen)} if (chosen := methods_for(check, under_test)) else {}
    with same_everywhere():
        _seeded(settings(_settings(plan))(given(**check.varies, **each)(example)), plan)()


def _machine(check: Check, under_test: TargetUnderTest, plan: Plan, log: _CheckRun) -> None:
    build = check.machine
    assert build is not None  # the caller checked

    @contextmanager
    def session() -> Iterator[Session]:
        keep_to_time(log.began)
        log.examples += 1
        with _session(under_test, log) as opened:
            yield opened

    # Typed as a class upstream; any factory does.
    factory = cast("type[RuleBasedStateMachine]", _seeded(lambda: build(session), plan))
    with same_everywhere():
        run_state_machine_as_test(factory, settings=_settings(plan))


def _seeded(test: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    return test if plan.seed is None else hypothesis.seed(plan.seed)(test)


def _settings(plan: Plan) -> settings:
    return settings(
        stateful_step_count=25,
        max_examples=max(1, plan.examples // 3),
        deadline=None,
        database=None,
        derandomize=plan.seed is None,
        print_blob=False,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        # Saying which parts of an example do not matter ("explain") takes as long as finding it.
        phases=(Phase.generate, Phase.shrink) if plan.shrink else (Phase.generate,),
    )


def draws(check: Check, under_test: TargetUnderTest) -> bool:
    """Whether values are drawn for the check at this target."""
    return bool(check.varies) and check.drawn_needs <= under_test.capabilities


def missing(check: Check, under_test: TargetUnderTest) -> tuple[str, ...]:
    """The capabilities that the check needs and the target lacks; for a table, the least that any row lacks."""
    rows = check.rows if check.rows and not draws(check, under_test) else ({},)
    return min((tuple(sorted((check.needs | needs_of(row)) - under_test.capabilities)) for row in rows), key=len)


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
        place, base = urlsplit(request.url), urlsplit(self.base_url)
        names = {one.name for one in self.methods}
        actions = [value for name, value in parse_qsl(place.query) if name == "action"]
        if place.path.rstrip("/") != base.path.rstrip("/") or not names.issuperset(actions):
            raise Unsuitable(f"only {', '.join(sorted(names))} may be called at {self.base_url}")
        self._budget.spend()
        self._pacer.call()
        try:
            return self._target.send(request)
        finally:
            # The server counted it at some instant up to now; the latest one is the safe assumption.
            self._pacer.answered()


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
        why = "budget: the check makes more calls than are left (--budget)"
        return Result(check.name, check.rule.id, Outcome.SKIPPED, why)
    return run_check(check, subject, READ_ONLY)
