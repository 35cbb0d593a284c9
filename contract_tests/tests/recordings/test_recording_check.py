from collections.abc import Sequence

import pytest

from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.recordings.event import Event
from flipsnack_contract.recordings.judging import LOOKS
from flipsnack_contract.recordings.recording_check import NEEDS, Look, look


def _nothing(_events: Sequence[Event]) -> None:
    """Nothing is looked at."""


@pytest.mark.parametrize("one", LOOKS, ids=lambda one: one.name)
def test_a_look_says_what_it_looks_at(one: Look) -> None:
    """Each has a sentence for `explain`, and is called after its rule."""
    assert one.promise.endswith(".")
    assert one.name.startswith(f"{one.rule.id}/recorded-")
    assert one.needs <= NEEDS.keys()


def test_an_unknown_rule_or_need_is_refused() -> None:
    """When the look is made, not when it is taken."""
    with pytest.raises(UnknownRule):
        look("no.such")(_nothing)
    with pytest.raises(ValueError, match="luck"):
        look("code.20", needs={"luck"})(_nothing)
