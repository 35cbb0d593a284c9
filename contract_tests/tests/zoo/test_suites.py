from pathlib import Path

import pytest
from contract_tests.zoo.mutant import Suite
from contract_tests.zoo.suites import SUITES

PAGE = Path(__file__).parents[3] / "docs/how-it-is-made.md"


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_rule_with_a_check_has_a_mutant(suite: Suite) -> None:
    """The kill matrix then shows that each is caught."""
    assert set(suite.rules) == {mutant.rule for mutant in suite.mutants}


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_names_are_unique(suite: Suite) -> None:
    """A mutant is found by its name."""
    names = [mutant.name for mutant in suite.mutants]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_the_page_quotes_the_suite_as_it_is(suite: Suite) -> None:
    """The last lines of the matrix are on the page."""
    count, rules, correct = len(suite.mutants), len(suite.rules), len(suite.correct)
    assert (
        f"{suite.name}: {count} mutants: {count} Killed, 0 Survived, 0 Timeout, 0 Fault; {count} for the right reason; "
        f"{rules} of {rules} rules have a mutant of their own; 0 false alarms on {correct} correct"
    ) in PAGE.read_text("utf-8")
