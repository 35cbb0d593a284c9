from dataclasses import replace

import pytest
from contract_tests.zoo.equivalent_rules import EquivalentRule
from contract_tests.zoo.matrix import has_own, job_of, problems, summary
from contract_tests.zoo.mutant import Cell, Mutant, MutantResult, MutantStatus, Suite
from contract_tests.zoo.servers import SUITE

KILLED, SURVIVED = MutantStatus.KILLED, MutantStatus.SURVIVED
MUTANT, CORRECT = Mutant("drops a letter", "a", lambda: None), Mutant("the standard", "", lambda: None)
OTHERS = Mutant("drops a word", "b", lambda: None)
SMALL = Suite("small", (MUTANT,), {"a/one": "a", "a/two": "a", "b/one": "b"}, SUITE.open, (CORRECT,))
SIBLING = MutantResult(
    "drops a word", "b", (Cell("b/one", KILLED, "b"), Cell("a/one", SURVIVED), Cell("a/two", SURVIVED))
)
EXCUSE = (EquivalentRule("a", frozenset({"b"}), "one cannot be broken without the other"),)


def _result(*cells: Cell, rule: str = "a") -> MutantResult:
    return MutantResult("drops a letter", rule, cells)


A_KILLS, B_KILLS = Cell("a/one", KILLED, "a"), Cell("b/one", KILLED, "b")
ALONE = _result(A_KILLS, Cell("b/one", SURVIVED))
BOTH = _result(A_KILLS, B_KILLS)


def test_the_checks_of_the_broken_rule_come_first() -> None:
    """So it is known whether a mutant is caught for the right reason before other checks end the job."""
    assert ["b/one", "a/one", "a/two"] == [check for check, _ in job_of(SMALL, OTHERS).checks]


def test_a_repeating_check_comes_last_and_says_nothing_of_other_rules() -> None:
    """It may catch any mutant: it is run until the own rule is found, and no rule needs it to be alone."""
    suite = replace(SMALL, repeating=frozenset({"a/two"}))
    assert ["b/one", "a/one", "a/two"] == [check for check, _ in job_of(suite, OTHERS).checks]
    assert has_own(suite, MutantResult("drops a word", "b", (Cell("b/one", KILLED, "b"), Cell("a/one", SURVIVED))))


def test_rules_that_alone_catch_their_mutants_pass() -> None:
    """Each rule needs one mutant that no other rule catches."""
    assert [] == problems(SMALL, [ALONE, SIBLING])


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (_result(Cell("a/one", SURVIVED)), "'drops a letter' breaks a, but it survived"),
        (_result(Cell("a/one", MutantStatus.TIMEOUT)), "'drops a letter' breaks a, but it ran out of time"),
        (
            _result(Cell("a/one", MutantStatus.FAULT, message="no")),
            "'drops a letter' breaks a, but a check crashed (a/one: no)",
        ),
        (_result(B_KILLS), "'drops a letter' breaks a, but b caught it"),
        (_result(B_KILLS, rule="c"), "'drops a letter' breaks c, which has no check"),
        (_result(B_KILLS, rule=""), "'drops a letter' is correct, but b caught it"),
        (BOTH, "a has no mutant that it alone catches: b catches 'drops a letter' too"),
        (_result(A_KILLS), "a has no mutant that it alone catches: nothing else was tried on 'drops a letter'"),
    ],
)
def test_each_wrong_verdict_is_a_problem(result: MutantResult, expected: str) -> None:
    """A time-out, a crash or a kill by another rule does not count; a kill of a correct server is a false alarm."""
    assert expected == problems(SMALL, [result, SIBLING])[0]


def test_the_table_of_equivalent_rules_excuses_only_what_needs_it() -> None:
    """An entry for a rule that has a mutant of its own, or for an unknown rule, is a problem itself."""
    assert [] == problems(SMALL, [BOTH, SIBLING], EXCUSE)
    needless = "equivalent_rules: a has a mutant that it alone catches; remove its entry"
    assert [needless] == problems(SMALL, [ALONE, SIBLING], EXCUSE)
    unknown = (EquivalentRule("c", frozenset({"b"}), "gone"),)
    assert ["equivalent_rules: c is not a rule of this suite"] == problems(SMALL, [ALONE, SIBLING], unknown)


def test_the_summary_counts_every_status() -> None:
    """One line for the README: statuses, right reasons, rules with a mutant of their own, false alarms."""
    late = MutantResult("hangs", "b", (Cell("b/one", MutantStatus.TIMEOUT),))
    assert summary(SMALL, [ALONE, SIBLING, late, _result(B_KILLS, rule="")]) == (
        "small: 3 mutants: 2 Killed, 0 Survived, 1 Timeout, 0 Fault; 2 for the right reason; "
        "2 of 2 rules have a mutant of their own; 1 false alarms on 1 correct"
    )
