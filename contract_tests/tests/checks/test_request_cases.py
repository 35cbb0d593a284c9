import pytest

from flipsnack_contract.checks.request_cases import ANSWERS, MISTAKES, RequestCase, pairs
from flipsnack_contract.contract.ledger import messages
from flipsnack_contract.contract.methods import methods, package_method
from flipsnack_contract.target.target_under_test import TargetUnderTest

# Their order is a rule of its own: `order.credentials-before-verb`.
KEY_AND_VERB = ("an unknown key", "the other verb")


@pytest.mark.parametrize("case", [*MISTAKES, *ANSWERS], ids=str)
def test_a_case_ends_in_its_code(case: RequestCase, subject: TargetUnderTest) -> None:
    """Alone in an otherwise right call."""
    method = package_method()
    with subject.session(method if case.suits(method) else next(filter(case.suits, methods()))) as session:
        draft = case.make(session, session.draft())
        answer = session.read(session.send(draft, paced=case.paced))
        assert (case.code, messages()[case.code]) == (answer.code, answer.status)


def test_every_two_steps_that_can_meet_are_paired() -> None:
    """For each two steps of the order there is a call that is wrong in both, unless every such call is impossible."""
    paired = {(first.step, second.step) for first, second in pairs()}
    possible = {
        (one.step, other.step)
        for one in MISTAKES
        for other in MISTAKES
        if one.step < other.step and not one.parts & other.parts and one.code != other.code
    }
    assert set() == possible - paired
    assert KEY_AND_VERB not in {(first.name, second.name) for first, second in pairs()}
    assert len(pairs()) > 100


def test_mistakes_are_in_the_order_of_checks() -> None:
    """The table can be read from top to bottom."""
    steps = [mistake.step for mistake in MISTAKES]
    assert sorted(steps) == steps
