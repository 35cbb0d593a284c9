"""Carries checks out: rows first, then drawn values, shrunk by Hypothesis where one fails."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Flaky, HypothesisException
from hypothesis.reporting import with_reporter
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from flipsnack_contract.checks.check import Check, Unsuitable
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Unreachable
from flipsnack_contract.target.target_under_test import TargetUnderTest

__all__ = ["run", "run_check"]

STEPS_PER_HISTORY = 25


@dataclass
class _Log:
    """What happened while a check ran: how many examples, and the last one that broke the rule."""

    examples: int = 0
    drawn: Mapping[str, Any] = field(default_factory=dict)
    session: Session | None = None
    violation: Violation | None = None
    failed_at: int | None = None
    unsuitable: str = ""


class _Enough(BaseException):
    """Enough was tried to make a failure smaller; nothing catches it on its way out."""


def run(checks: Iterable[Check], subject: TargetUnderTest, plan: Plan) -> Iterator[Result]:
    """The results, one by one. Raises nothing for what a target does; Ctrl-C goes through."""
    for one in checks:
        yield run_check(one, subject, plan)


def run_check(check: Check, subject: TargetUnderTest, plan: Plan) -> Result:
    """What comes of one check."""
    if missing := _missing(check, subject):
        return Result(check.name, check.rule.id, Outcome.SKIPPED, f"needs {', '.join(missing)}", missing=missing)
    log, began = _Log(), stopwatch()
    outcome, message = _attempt(check, subject, plan, log)
    broke = log.violation.rule or check.rule.id if log.violation else ""
    return Result(
        check=check.name,
        rule=check.rule.id,
        outcome=outcome,
        message=message,
        broke=broke,
        counterexample={name: repr(value) for name, value in log.drawn.items()} if log.violation else {},
        steps=tuple(log.session.trace) if log.session and outcome is not Outcome.PASSED else (),
        examples=log.examples,
        seconds=stopwatch() - began,
    )


def _attempt(check: Check, subject: TargetUnderTest, plan: Plan, log: _Log) -> tuple[Outcome, str]:
    broken = Outcome.FAILED if check.rule.is_must else Outcome.WARNED
    try:
        with with_reporter(_silence):
            _examples(check, subject, plan, log)
    except Violation as violation:
        log.violation = violation
        return broken, str(violation)
    except Flaky as flaky:
        log.violation = log.violation or _violation_in(flaky)
        if log.violation is None:
            return Outcome.BROKEN, "it came out differently when it was repeated"
        return broken, f"{log.violation} (not each time: it came out differently when it was repeated)"
    except (Unreachable, Refused, HypothesisException) as trouble:
        return Outcome.BROKEN, f"{type(trouble).__name__}: {trouble}"
    except Exception:  # one check that falls over, by a mistake of ours, must not cost the results of the others
        return Outcome.BROKEN, f"the check itself fell over: {traceback.format_exc(limit=-2)}"
    if not log.examples:
        return Outcome.SKIPPED, log.unsuitable or "the plan leaves nothing of it to try"
    return Outcome.PASSED, ""


def _violation_in(flaky: Flaky) -> Violation | None:
    found = getattr(flaky, "exceptions", ())
    return next((one for one in found if isinstance(one, Violation)), None)


def _examples(check: Check, subject: TargetUnderTest, plan: Plan, log: _Log) -> None:
    if check.machine is not None:
        _machine(check, subject, plan, log)
        return
    for row in _rows(check, subject, plan):
        _try(check, subject, log, row)
    if check.varies:
        _vary(check, subject, plan, log)
    elif not check.rows:
        _try(check, subject, log, {})


def _missing(check: Check, subject: TargetUnderTest) -> tuple[str, ...]:
    """What the target lacks for the check; for one that is a table, the least that any row of it lacks."""
    rows = check.rows if not check.varies else ()
    lacking = (sorted((check.needs | _needs(row)) - subject.capabilities) for row in rows or ({},))
    _, least = min((len(lack), lack) for lack in lacking)
    return tuple(least)


def _rows(check: Check, subject: TargetUnderTest, plan: Plan) -> Iterable[Mapping[str, Any]]:
    able = [row for row in check.rows if _needs(row) <= subject.capabilities]
    if plan.rows is None or len(able) <= plan.rows:
        return able
    # Spread over the whole table: neighbours are alike.
    return [able[index * len(able) // plan.rows] for index in range(plan.rows)]


def _needs(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset().union(*(getattr(value, "needs", frozenset()) for value in row.values()))


def _try(check: Check, subject: TargetUnderTest, log: _Log, drawn: Mapping[str, Any]) -> None:
    with subject.session() as session:
        try:
            check.run(session, **drawn)
            log.examples += 1
        except Unsuitable as trouble:
            log.unsuitable = str(trouble)
            return
        except Violation as violation:
            log.drawn, log.session, log.violation = drawn, session, violation
            raise
        except (Unreachable, Refused):
            log.session = session
            raise


def _vary(check: Check, subject: TargetUnderTest, plan: Plan, log: _Log) -> None:
    def example(**drawn: Any) -> None:
        _try(check, subject, log, drawn)

    example.__name__ = example.__qualname__ = check.run.__name__
    _seeded(settings(_settings(check, plan))(given(**check.varies)(example)), plan)()


def _machine(check: Check, subject: TargetUnderTest, plan: Plan, log: _Log) -> None:
    build = check.machine
    assert build is not None  # the caller looked

    @contextmanager
    def session() -> Iterator[Session]:
        if log.failed_at is not None and log.examples >= log.failed_at + plan.histories_to_shrink:
            raise _Enough
        with subject.session() as opened:
            log.examples += 1
            try:
                yield opened
            except Violation as violation:
                _keep_shortest(log, opened, violation)
                raise
            except BaseException:
                log.session = log.session or opened
                raise

    def machine() -> RuleBasedStateMachine:
        return build(session)

    # Typed as a class upstream; any factory does.
    factory = cast("type[RuleBasedStateMachine]", _seeded(machine, plan))
    bounds = settings(_settings(check, plan), stateful_step_count=STEPS_PER_HISTORY)
    try:
        run_state_machine_as_test(factory, settings=bounds)
    except (_Enough, Violation):
        assert log.violation is not None  # whichever it was, a history failed
        raise log.violation from None


def _keep_shortest(log: _Log, session: Session, violation: Violation) -> None:
    log.failed_at = log.failed_at or log.examples
    known = None if log.session is None else len(tuple(log.session.trace))
    if log.violation is None or known is None or len(tuple(session.trace)) <= known:
        log.session, log.violation = session, violation


def _seeded(test: Callable[..., Any], plan: Plan) -> Callable[..., Any]:
    return test if plan.seed is None else hypothesis.seed(plan.seed)(test)


def _settings(check: Check, plan: Plan) -> settings:
    return settings(
        max_examples=max(1, round(plan.examples * check.share)),
        deadline=None,
        database=None,
        derandomize=plan.seed is None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        # Saying which parts of an example do not matter ("explain") takes as long as finding it.
        phases=(Phase.generate, Phase.shrink) if plan.shrink else (Phase.generate,),
    )


def _silence(_line: object) -> None:
    """Hypothesis's own words are left out: the result says it all."""
