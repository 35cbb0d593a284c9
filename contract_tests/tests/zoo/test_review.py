import pytest
from contract_tests.zoo.review import VERDICTS, Review, reviews, stale, unreviewed
from contract_tests.zoo.sides import MACHINE_MADE, side_named

ONE = Review("limiter:admit", ("1 -> 2",), "own", "a setting")
ALL = Review("limiter:admit", (), "own", "a setting")
NAME = "limiter:admit: 1 -> 2"


def test_a_verdict_covers_the_mutants_it_names() -> None:
    """All of a function, or those with a certain change."""
    assert [True, True] == [one.covers(NAME) for one in (ONE, ALL)]
    assert [False, True] == [one.covers("limiter:admit: 2 -> 3") for one in (ONE, ALL)]
    assert [False, False] == [one.covers("limiter:refuse: 1 -> 2") for one in (ONE, ALL)]


def test_a_survivor_without_a_verdict_is_named() -> None:
    """Somebody has to say why it lives."""
    assert ["limiter:admit: 2 -> 3"] == unreviewed([NAME, "limiter:admit: 2 -> 3"], [ONE])


def test_a_verdict_on_nothing_is_named() -> None:
    """When the code has changed, what was said of it goes too."""
    assert [] == stale([NAME], [ONE, ALL])
    (said,) = stale([NAME], [Review("limiter:admit", ("1 -> 2", "3 -> 4"), "own", "a setting")])
    assert "reviewed.toml speaks of limiter:admit: 3 -> 4, and there is nothing to say of it" == said


@pytest.mark.parametrize("side", MACHINE_MADE)
def test_every_verdict_speaks_of_a_mutant_there_is(side: str) -> None:
    """And says why in a sentence."""
    done = reviews(side)
    assert [] == stale([one.name for one in side_named(side).mutants], done)
    assert all(one.verdict in VERDICTS and one.reason.endswith(".") for one in done)
