import pytest
from contract_tests.zoo.mutant import Fate, Mutant, cell_of
from contract_tests.zoo.servers import BROKEN_SERVERS, SIDE

from flipsnack_contract.checks.plan import Plan


@pytest.mark.parametrize("broken", BROKEN_SERVERS, ids=lambda broken: broken.name)
def test_a_broken_server_is_caught_by_the_rule_it_breaks(broken: Mutant) -> None:
    """The checks of the rule that a server breaks find it, and for that reason."""
    own = [check for check, rule in SIDE.checks.items() if rule == broken.rule]
    with SIDE.open(broken) as judge:
        cells = [cell_of(judge(check, Plan(examples=100, seed=1, shrink=False))) for check in own]
    assert broken.rule in {cell.broke for cell in cells if cell.fate is Fate.KILLED}, cells


def test_every_rule_with_a_check_has_a_broken_server() -> None:
    """A check that has caught nothing yet has proved nothing."""
    assert set(SIDE.rules) == {broken.rule for broken in BROKEN_SERVERS}


def test_names_are_their_own() -> None:
    """No two broken servers have the same name."""
    names = [broken.name for broken in BROKEN_SERVERS]
    assert sorted(set(names)) == sorted(names)
