from collections.abc import Sequence

import pytest
from contract_tests.zoo.equivalent_rules import EquivalentRule
from contract_tests.zoo.matrix import job_of, problems, summary
from contract_tests.zoo.mutant import Cell, Mutant, MutantResult, MutantStatus, Suite
from contract_tests.zoo.servers import SUITE

MUTANT = Mutant("drops a letter", "a", lambda: None)
ZOO = Suite("small", (MUTANT,), {"a/one": "a", "a/two": "a", "b/one": "b"}, SUITE.open)
SIBLING = MutantResult(
    "drops a word",
    "b",
    (
        Cell("b/one", MutantStatus.KILLED, "b"),
        Cell("a/one", MutantStatus.SURVIVED),
        Cell("a/two", MutantStatus.SURVIVED),
    ),
)
TOGETHER = (EquivalentRule("a", frozenset({"b"}), "one cannot be broken without the other"),)


def _trial(*cells: Cell) -> MutantResult:
    return MutantResult("drops a letter", "a", cells)


def _killed(check: str, broke: str) -> Cell:
    return Cell(check, MutantStatus.KILLED, broke)


ALONE = _trial(_killed("a/one", "a"), Cell("a/two", MutantStatus.SURVIVED), Cell("b/one", MutantStatus.SURVIVED))
BOTH = _trial(_killed("a/one", "a"), _killed("b/one", "b"))


def test_its_own_checks_come_first() -> None:
    """Whether a mutant is caught for the right reason is known before anything else is tried."""
    job = job_of(ZOO, Mutant("drops a word", "b", lambda: None))
    assert ("b/one", "a/one", "a/two") == job.checks


def test_a_mutant_that_its_rule_alone_catches_proves_the_rule() -> None:
    """Nothing is wrong with a rule that catches what breaks it, when nobody else does."""
    assert [] == problems(ZOO, [ALONE, SIBLING])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([Cell("a/one", MutantStatus.SURVIVED)], "'drops a letter' breaks a, and survived"),
        ([Cell("a/one", MutantStatus.TIMEOUT)], "'drops a letter' breaks a, and its time was up"),
        (
            [Cell("a/one", MutantStatus.FAULT, message="no")],
            "'drops a letter' breaks a, and a check fell over (a/one: no)",
        ),
        ([_killed("b/one", "b")], "'drops a letter' breaks a, and only b caught it"),
    ],
)
def test_whatever_is_not_caught_by_its_rule_is_told(cells: Sequence[Cell], said: str) -> None:
    """Time-outs and faults are no kills, nor is a neighbour's."""
    assert said == problems(ZOO, [_trial(*cells), SIBLING])[0]


def test_a_rule_without_a_mutant_of_its_own_is_told() -> None:
    """And what is nearest to one is named."""
    assert ["a has no mutant that it alone catches: 'drops a letter' is caught by b too"] == problems(
        ZOO, [BOTH, SIBLING]
    )


def test_a_mutant_that_was_not_tried_by_all_is_not_alone() -> None:
    """What nobody else was asked about proves nothing."""
    found = problems(ZOO, [_trial(_killed("a/one", "a")), SIBLING])
    assert ["a has no mutant that it alone catches"] == [sentence.partition(":")[0] for sentence in found]


def test_rules_that_cannot_be_told_apart_are_excused_by_a_table() -> None:
    """An entry excuses a rule that needs it, and no other."""
    assert [] == problems(ZOO, [BOTH, SIBLING], TOGETHER)
    assert ["a has a mutant that it alone catches: take it out of equivalent_rules.toml"] == problems(
        ZOO, [ALONE, SIBLING], TOGETHER
    )


def test_an_entry_for_no_rule_is_told() -> None:
    """A rule that was renamed leaves no excuse behind."""
    stray = (EquivalentRule("c", frozenset({"b"}), "gone"),)
    assert ["equivalent_rules.toml names c, which is no rule of this side"] == problems(ZOO, [ALONE, SIBLING], stray)


def test_a_mutant_of_no_rule_is_told() -> None:
    """A mutant that names a rule which no check stands for would never be caught."""
    stray = MutantResult("drops all", "c", (_killed("b/one", "b"),))
    assert "'drops all' breaks c, which no check stands for" == problems(ZOO, [ALONE, SIBLING, stray])[0]


def test_the_summary_counts_each_fate() -> None:
    """One line: how they ended, for which reason, and how many rules stand alone."""
    late = MutantResult("hangs", "b", (Cell("b/one", MutantStatus.TIMEOUT),))
    expected = (
        "small: 3 mutants: 2 Killed, 0 Survived, 1 Timeout, 0 Fault; 2 for the right reason; "
        "2 of 2 rules have a mutant of their own"
    )
    assert expected == summary(ZOO, [ALONE, SIBLING, late])
