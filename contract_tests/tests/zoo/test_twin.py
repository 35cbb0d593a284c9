import pytest
from contract_tests.zoo.judging import SERVER_CHECKS, judge_of
from contract_tests.zoo.twin import create_app

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.target.result import Outcome
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine


@pytest.fixture(scope="module")
def twin() -> TargetUnderTest:
    """The second correct server, in this process."""
    return examine(WsgiTarget(create_app()))


@pytest.mark.parametrize("check", SERVER_CHECKS)
def test_no_check_blames_a_second_correct_server(check: str, twin: TargetUnderTest) -> None:
    """A check holds servers to the rule, not to the ways of our fake."""
    result = judge_of(twin)(check, Plan(examples=10, seed=2))
    skipped = (Outcome.SKIPPED,) if result.missing else ()
    assert (result.outcome, result.message) in [(Outcome.PASSED, ""), *((one, result.message) for one in skipped)]
