import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.cli.explanation import explain
from flipsnack_contract.contract.ledger import Rule, breaking, rules


def _explained(rule: Rule) -> str:
    return "\n".join(explain(rule, server_checks()))


def test_an_explanation_has_all_that_is_known() -> None:
    """Statement, level, class, source with address, setting, checks and an example."""
    text = _explained(rules()["url.lives-60s"])
    for part in ("MUST", "one minute", "documented", "https://developers.flipsnack.com", "url_lifetime", "ages=("):
        assert part in text


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained(rule: Rule) -> None:
    """Whoever keeps it, and whether it is checked or not, with one way to break it."""
    assert rule.statement in _explained(rule)
    assert f"broken   {breaking()[rule.id]}" in _explained(rule)


def test_a_rule_without_a_check_says_why() -> None:
    """The reason stands where the check would."""
    assert "no check" in _explained(rules()["answer.xml-illegal-characters"])
