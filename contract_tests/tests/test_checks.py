import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.ledger import rules, untested
from flipsnack_contract.target.result import Outcome
from flipsnack_contract.target.target_under_test import CAPABILITIES, TargetUnderTest

IN_PROCESS = [check for check in server_checks() if "socket" not in check.needs]


@pytest.mark.parametrize("check", IN_PROCESS, ids=lambda check: check.name)
def test_the_fake_keeps_every_rule(check: Check, subject: TargetUnderTest) -> None:
    """No check finds anything wrong with the fake in this process."""
    result = run_check(check, subject, Plan(examples=40))
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


@pytest.mark.parametrize("check", server_checks(), ids=lambda check: check.name)
def test_the_served_fake_keeps_every_rule(check: Check, served: TargetUnderTest) -> None:
    """Nor behind a socket, where engine and HTTP have a say as well; the examples are others."""
    result = run_check(check, served, Plan(examples=10, seed=1))
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


def test_every_rule_of_a_server_is_checked_or_says_why_not() -> None:
    """A rule that servers keep has a check, or a reason in `spec/untested.toml`; never both."""
    checked = {check.rule.id for check in server_checks()}
    expected = {one.id for one in rules().values() if one.by == "server"}
    assert expected == checked | set(untested())
    assert set() == checked & set(untested())


def test_names_are_their_own() -> None:
    """A check's name is its address: no two are the same."""
    names = [check.name for check in server_checks()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("check", server_checks(), ids=lambda check: check.name)
def test_a_check_says_what_it_looks_at(check: Check) -> None:
    """Each check has a sentence for `explain`, and needs only what a target can have."""
    assert check.promise.endswith(".")
    assert check.needs <= CAPABILITIES.keys()
