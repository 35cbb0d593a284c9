from collections.abc import Sequence

import pytest

from flipsnack_contract.checks.check import Check, check
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.recordings.event import NEEDS, Event
from flipsnack_contract.recordings.judging import recording_checks


def _nothing(_events: Sequence[Event]) -> None:
    """Nothing is looked at."""


@pytest.mark.parametrize("one", recording_checks(), ids=lambda one: one.name)
def test_a_look_says_what_it_looks_at(one: Check) -> None:
    """Each has a sentence for `explain`, and is called after its rule."""
    assert one.promise.endswith(".")
    assert one.name.startswith(f"{one.rule.id}/recorded-")
    assert one.needs <= NEEDS.keys()


def test_an_unknown_rule_or_need_is_refused() -> None:
    """When the look is made, not when it is taken."""
    with pytest.raises(UnknownRule):
        check("no.such")(_nothing)
