import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.ledger import rules, untested
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.target_under_test import TargetUnderTest

CHECKS = server_checks()
IN_PROCESS = [check for check in CHECKS if "socket" not in check.needs]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.name)
def test_the_fake_keeps_every_rule(check: Check, subject: TargetUnderTest) -> None:
    """No check finds anything wrong with the fake in this process."""
    result = run_check(check, subject, Plan(examples=20))
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_served_fake_keeps_every_rule(check: Check, served: TargetUnderTest) -> None:
    """Nor with the fake behind a socket, with a few rows of each table and other examples."""
    result = run_check(check, served, Plan(examples=6, rows=6, seed=1))
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


def test_every_rule_of_a_server_is_checked_or_says_why_not() -> None:
    """A rule that servers keep has a check, or a reason in `spec/untested.toml`; never both."""
    checked = {check.rule.id for check in CHECKS}
    assert {one.id for one in rules().values() if one.by == "server"} == checked | set(untested())
    assert set() == checked & set(untested())


def test_each_check_has_a_name_of_its_own_and_a_sentence() -> None:
    """The name is its address, the sentence is for `explain`."""
    assert len(CHECKS) == len({check.name for check in CHECKS})
    assert [] == [check.name for check in CHECKS if not check.promise.endswith(".")]
