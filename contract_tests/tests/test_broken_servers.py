import pytest
from contract_tests.zoo.servers import BROKEN_SERVERS, BrokenServer

from flipsnack_contract.checks import CHECKS
from flipsnack_contract.result import Outcome
from flipsnack_contract.runner import Plan, run
from flipsnack_contract.subject import examine
from flipsnack_contract.target import WsgiTarget


@pytest.mark.parametrize("broken", BROKEN_SERVERS, ids=lambda broken: broken.name)
def test_a_broken_server_is_caught_by_the_rule_it_breaks(broken: BrokenServer) -> None:
    """The checks of the rule that a server breaks find it, and for that reason."""
    subject = examine(WsgiTarget(broken.make()))
    own = [check for check in CHECKS if check.rule.id == broken.rule]
    results = list(run(own, subject, Plan(examples=100)))
    caught = [result for result in results if result.outcome in (Outcome.FAILED, Outcome.WARNED)]
    assert broken.rule in {result.broke for result in caught}, results


def test_every_rule_with_a_check_has_a_broken_server() -> None:
    """A check that has caught nothing yet has proved nothing."""
    in_process = {check.rule.id for check in CHECKS if "socket" not in check.needs}
    assert in_process == {broken.rule for broken in BROKEN_SERVERS}


def test_names_are_their_own() -> None:
    """No two broken servers have the same name."""
    names = [broken.name for broken in BROKEN_SERVERS]
    assert sorted(set(names)) == sorted(names)
