from collections.abc import Callable
from typing import Any

import pytest
from contract_tests.zoo.servers import BROKEN_SERVERS
from hypothesis import strategies as st

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan, check
from flipsnack_contract.checks.request_cases import MISTAKES
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.assertions import Unsuitable, expect
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine

HISTORY = next(one for one in server_checks() if one.machine is not None)
TIRED = next(one for one in BROKEN_SERVERS if one.rule == "history.agrees")


def _check(run: Callable[..., None], **options: Any) -> Check:
    return check("code.20", **options)(run)


def _below_eleven(_session: Session, number: int) -> None:
    """Numbers are below eleven."""
    expect(True, number < 11, "the number is below eleven")


def test_a_counterexample_is_shrunk(subject: TargetUnderTest) -> None:
    """Of all numbers that break the rule the simplest is reported, with what was expected and found."""
    result = run_check(_check(_below_eleven, varies={"number": st.integers()}), subject, Plan())
    assert (Outcome.FAILED, {"number": "11"}) == (result.outcome, result.counterexample)
    assert "the number is below eleven: expected True, got False" == result.message


def test_rows_come_before_drawn_values(subject: TargetUnderTest) -> None:
    """What is known to be hard is tried first, and reported as it stands."""
    one = _check(_below_eleven, rows=[{"number": 1}, {"number": 99}], varies={"number": st.integers()})
    result = run_check(one, subject, Plan())
    assert ({"number": "99"}, 1) == (result.counterexample, result.examples)


def test_a_plan_bounds_rows_and_examples(subject: TargetUnderTest) -> None:
    """Rows are spread over the table; a check draws a third of the examples."""
    seen: list[int] = []
    one = _check(lambda _session, number: seen.append(number), rows=[{"number": number} for number in range(100)])
    run_check(one, subject, Plan(rows=4))
    assert [0, 33, 66, 99] == seen
    drawn = _check(lambda _session, **_drawn: None, varies={"number": st.integers()})
    assert 5 == run_check(drawn, subject, Plan(examples=15)).examples


@pytest.mark.parametrize(("plan", "same"), [(Plan(), True), (Plan(seed=1), True), (Plan(seed=2), False)])
def test_what_is_drawn_can_be_drawn_again(plan: Plan, same: bool, subject: TargetUnderTest) -> None:
    """The same without a seed, the same by the same seed, other values by another."""

    def drawn(by: Plan) -> list[int]:
        seen: list[int] = []
        run_check(_check(lambda _session, number: seen.append(number), varies={"number": st.integers()}), subject, by)
        return seen

    reference = drawn(Plan(seed=1)) if plan.seed else drawn(Plan())
    assert same == (reference == drawn(plan))


def test_what_is_missing_is_named(subject: TargetUnderTest) -> None:
    """A check that needs what the target has not is skipped by that name."""
    result = run_check(_check(_below_eleven, needs={"socket"}), subject, Plan())
    assert (Outcome.SKIPPED, ("socket",), "needs socket") == (result.outcome, result.missing, result.message)


def test_a_row_that_needs_more_is_left_out() -> None:
    """Of a table only what the target is capable of is tried; a check without any such row is skipped."""
    nowhere = TargetUnderTest(HttpTarget("http://127.0.0.1:1/v1/"))
    steered = [{"mistake": one} for one in MISTAKES if "control" in one.needs]
    result = run_check(_check(lambda _session, **_drawn: None, rows=steered), nowhere, Plan())
    assert (Outcome.SKIPPED, 0) == (result.outcome, result.examples)
    assert (("control",), "needs control") == (result.missing, result.message)


def test_an_unsuitable_row_counts_for_nothing(subject: TargetUnderTest) -> None:
    """A check may find out on its way that it cannot be tried, and says why."""

    def never(_session: Session) -> None:
        raise Unsuitable("not today")

    result = run_check(_check(never), subject, Plan())
    assert (Outcome.SKIPPED, "not today") == (result.outcome, result.message)


def test_a_target_that_is_gone_proves_nothing() -> None:
    """Broken, not failed: nothing is known of the rule."""
    result = run_check(
        _check(lambda session: session.send(session.draft())),
        TargetUnderTest(HttpTarget("http://127.0.0.1:1/v1/")),
        Plan(),
    )
    assert Outcome.UNREACHABLE is result.outcome
    assert "no whole answer from http://127.0.0.1:1" in result.message


def test_a_check_that_falls_over_costs_only_itself(subject: TargetUnderTest) -> None:
    """A mistake of ours is told as ours, and the run goes on."""

    def mistaken(_session: Session) -> None:
        raise KeyError("code")

    result = run_check(_check(mistaken), subject, Plan())
    assert Outcome.INTERNAL is result.outcome
    assert "internal error in the check" in result.message
    assert "KeyError" in result.message


def test_a_broken_should_is_a_warning(subject: TargetUnderTest) -> None:
    """SHOULD is advice."""
    one = check("url.ranges", rows=[{"number": 11}])(_below_eleven)
    assert Outcome.WARNED is run_check(one, subject, Plan()).outcome


def test_what_comes_out_differently_when_repeated_is_said_to(subject: TargetUnderTest) -> None:
    """A violation that was seen counts, and the reader is told that it is not to be seen each time."""
    calls: list[int] = []

    def moody(_session: Session, number: int) -> None:
        calls.append(number)
        expect(True, len(calls) != 3, "the third call is like the others")

    result = run_check(_check(moody, varies={"number": st.integers()}), subject, Plan())
    assert Outcome.FAILED is result.outcome
    assert "not each time" in result.message


def test_a_history_is_shrunk_to_the_steps_that_matter() -> None:
    """Of a machine's failure the reader gets the steps, few of them, after a bounded number of histories."""
    result = run_check(HISTORY, examine(WsgiTarget(TIRED.make())), Plan(examples=200, seed=3))
    assert (Outcome.FAILED, "history.agrees") == (result.outcome, result.broke)
    kinds = [step.split()[0] for step in result.steps]
    assert {"create", "force", "GET"} <= set(kinds)
    assert len(kinds) <= 8
    assert result.examples <= 2000


def test_without_shrinking_the_first_counterexample_is_reported(subject: TargetUnderTest) -> None:
    """Enough for who only wants to know whether there is one."""
    one = _check(_below_eleven, varies={"number": st.integers(min_value=11)})
    result = run_check(one, subject, Plan(shrink=False))
    assert (Outcome.FAILED, True) == (result.outcome, int(result.counterexample["number"]) >= 11)


def test_nothing_of_hypothesis_is_printed(subject: TargetUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    """The result says it all."""
    run_check(_check(_below_eleven, varies={"number": st.integers()}), subject, Plan())
    run_check(HISTORY, subject, Plan(examples=2))
    assert ("", "") == capsys.readouterr()
