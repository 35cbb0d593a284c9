import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.selection import NothingFits, select


def test_no_pattern_selects_everything() -> None:
    """All checks run unless some are asked for."""
    assert select(server_checks(), []) == server_checks()


@pytest.mark.parametrize("pattern", ["signature.", "signature.*"])
def test_a_pattern_selects_what_fits(pattern: str) -> None:
    """Part of a name, or a pattern with a star."""
    chosen = [check.name for check in select(server_checks(), [pattern])]
    assert [check.name for check in server_checks() if check.rule.id.startswith("signature.")] == chosen


def test_patterns_add_up() -> None:
    """Each one adds what fits it."""
    chosen = {check.rule.id for check in select(server_checks(), ["code.41", "code.42"])}
    assert {"code.41", "code.42"} == chosen


def test_a_pattern_that_fits_nothing_is_refused() -> None:
    """It is a slip, and a run of nothing would look green."""
    with pytest.raises(NothingFits, match=r"'code\.99'"):
        select(server_checks(), ["code.41", "code.99"])
