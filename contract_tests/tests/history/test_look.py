from collections.abc import Sequence

import pytest

from flipsnack_contract.history.event import Event
from flipsnack_contract.history.judging import LOOKS
from flipsnack_contract.history.look import NEEDS, Look, look
from flipsnack_contract.ledger import UnknownRule


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
