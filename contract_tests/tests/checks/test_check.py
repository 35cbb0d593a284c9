from types import ModuleType

import pytest

from flipsnack_contract.checks.check import check, checks_in
from flipsnack_contract.contract.ledger import UnknownRule
from flipsnack_contract.target.session import Session


def _nothing_is_wrong(_session: Session) -> None:
    """Nothing is wrong,
    ever.
    """


def test_a_check_is_a_plain_object() -> None:
    """It is named for its rule and its function, and says in a line what it looks at; pytest has no part in it."""
    made = check("code.20", needs={"control"})(_nothing_is_wrong)
    assert ("code.20/-nothing-is-wrong", "Nothing is wrong, ever.") == (made.name, made.promise)
    assert {"control"} == made.needs


def test_a_check_cites_a_rule_of_the_ledger() -> None:
    """An id that is not there is refused when the check is written."""
    with pytest.raises(UnknownRule, match=r"no\.such\.rule"):
        check("no.such.rule")


def test_a_check_needs_only_what_there_is() -> None:
    """A capability that no target can have would skip it for ever."""
    module = ModuleType("checks")
    module.winged = check("code.20", needs={"wings"})(_nothing_is_wrong)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"needs \['wings'\]; the capabilities are \['control'\]"):
        checks_in(module, capabilities={"control"})
