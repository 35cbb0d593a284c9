import pytest

from flipsnack_contract.checks import CHECKS
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.live.caller import Reader
from flipsnack_contract.live.probe import Probe, probe
from flipsnack_contract.live.probes import PROBES
from flipsnack_contract.target.target_under_test import CAPABILITIES


def _nothing(_reader: Reader) -> None:
    """Nothing is looked at."""


@pytest.mark.parametrize("one", PROBES, ids=lambda one: one.name)
def test_a_probe_says_what_it_looks_at(one: Probe) -> None:
    """Each has a sentence for `explain`, a rule of servers, and needs only what a target can have."""
    assert one.promise.endswith((".", ")"))
    assert "server" == one.rule.by
    assert one.needs <= CAPABILITIES.keys()


def test_names_are_their_own() -> None:
    """Among checks and probes no two are the same, so that results can be told apart."""
    names = [*(one.name for one in CHECKS), *(one.name for one in PROBES)]
    assert len(set(names)) == len(names)


def test_an_unknown_rule_or_need_is_refused() -> None:
    """When the probe is made, not when it is run."""
    with pytest.raises(UnknownRule):
        probe("no.such")(_nothing)
    with pytest.raises(ValueError, match="luck"):
        probe("code.20", needs={"luck"})(_nothing)
