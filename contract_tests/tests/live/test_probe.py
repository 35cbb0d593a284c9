import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, check
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.live.caller import Reader
from flipsnack_contract.live.probes import read_only_checks
from flipsnack_contract.target.target_under_test import CAPABILITIES


def _nothing(_reader: Reader) -> None:
    """Nothing is looked at."""


@pytest.mark.parametrize("one", read_only_checks(), ids=lambda one: one.name)
def test_a_probe_says_what_it_looks_at(one: Check) -> None:
    """Each has a sentence for `explain`, a rule of servers, and needs only what a target can have."""
    assert one.promise.endswith((".", ")"))
    assert "server" == one.rule.by
    assert one.needs <= CAPABILITIES.keys()


def test_names_are_their_own() -> None:
    """Among checks and probes no two are the same, so that results can be told apart."""
    names = [*(one.name for one in server_checks()), *(one.name for one in read_only_checks())]
    assert len(set(names)) == len(names)


def test_an_unknown_rule_or_need_is_refused() -> None:
    """When the probe is made, not when it is run."""
    with pytest.raises(UnknownRule):
        check("no.such")(_nothing)
