import json
from typing import Any

import pytest
from contract_tests.zoo.scoreboard import BEGIN, END, README, RESULTS, rendered, with_scoreboard
from contract_tests.zoo.sides import SIDES, side_named

SPREAD = {"median": 2, "p95": 7, "most": 9}
CORRECT = {
    "runs": 20,
    "examples": 1000,
    "alarms": 0,
    "inconclusive": 0,
    "examples_per_second": 50,
    "checks_per_second": 5.5,
}


def _mutant(name: str, fate: str, *killers: str) -> dict[str, Any]:
    return {"name": name, "rule": "a", "fate": fate, "killers": list(killers)}


SIDE = {
    "rules": ["a", "b"],
    "own": ["a"],
    "mutants": [_mutant("one", "Killed", "a"), _mutant("two", "Killed", "b"), _mutant("three", "Timeout")],
    "found": {"seeds": 20, "searches": 60, "missed": 1, "examples": SPREAD, "seconds": SPREAD},
    "shrunk": SPREAD,
    "correct": {"the fake": CORRECT},
}
MADE = {"core": {"limiter": {"Killed": 3, "Survived": 1, "Timeout": 0, "Fault": 0}}}


@pytest.mark.parametrize(
    "row",
    [
        "| caught | 66.7 % |",
        "| caught by the rule that is broken | 50 % |",
        "| time-outs, faults (never counted as caught) | 1, 0 |",
        "| rules with a broken one that no other rule catches | 1 of 2 |",
        "| false alarms on correct ones | 0 in 1,000 examples: 20 runs of the fake |",
        "| searches without success | 1 of 60 |",
        "| `a` | 1 | 33.3 % |",
        "| all | 3 | 1 | 0 | 0 |",
    ],
)
def test_each_number_has_its_row(row: str) -> None:
    """What a reader wants to know of a judge: what it catches, why, how soon, and what it costs to leave a rule out."""
    assert row in rendered({"sides": {"server": SIDE}, "machine_made": MADE})


def test_a_default_run_is_told_in_a_sentence() -> None:
    """What a user waits for, and what for."""
    run = {"duties": 34, "passed": 34, "scenarios": 1426, "hours": 512.4, "suspended_hours": 500.2, "seconds": 9.6}
    shown = rendered({"sides": {"server": SIDE}, "default_run": run})
    assert "1,426 scenarios in 10 s, 512 hours of the accounts' time, 500 of them" in shown
    assert "34 of 34 duties kept" in shown


def test_a_side_that_was_not_measured_has_no_column() -> None:
    """Nothing is said of what is not known."""
    assert "| | server side |" in rendered({"sides": {"server": SIDE}})
    assert "| | server side | client side |" in rendered({"sides": {"server": SIDE, "client": SIDE}})


def test_a_page_without_a_place_for_it_is_refused() -> None:
    """The marks are said."""
    with pytest.raises(ValueError, match="<!-- scoreboard"):
        with_scoreboard("# A page\n", {"sides": {}})
    assert f"a\n{BEGIN}" in with_scoreboard(f"a\n{BEGIN}old\n{END}b\n", {"sides": {"server": SIDE}})


def test_the_readme_says_what_was_measured() -> None:
    """Nobody writes these numbers by hand."""
    results = json.loads(RESULTS.read_text("utf-8"))
    assert README.read_text("utf-8") == with_scoreboard(README.read_text("utf-8"), results), "run `make generate`"


@pytest.mark.parametrize("name", SIDES)
def test_what_was_measured_is_this_zoo(name: str) -> None:
    """A score of other mutants or other rules is no score: `make scoreboard`."""
    side, measured = side_named(name), json.loads(RESULTS.read_text("utf-8"))["sides"][name]
    assert {one.name for one in side.mutants} == {one["name"] for one in measured["mutants"]}
    assert list(side.rules) == measured["rules"]


def test_a_default_run_goes_through_500_hours_in_two_minutes() -> None:
    """And the reference client keeps every duty."""
    measured = json.loads(RESULTS.read_text("utf-8"))["default_run"]
    assert measured["hours"] >= 500
    assert measured["seconds"] < 120
    assert measured["duties"] == measured["passed"]


@pytest.mark.parametrize("name", SIDES)
def test_the_judge_is_as_good_as_it_says(name: str) -> None:
    """All are caught, for the right reason, by rules of which each is needed; and no correct one is blamed."""
    measured = json.loads(RESULTS.read_text("utf-8"))["sides"][name]
    assert all(one["rule"] in one["killers"] for one in measured["mutants"])
    assert sorted(measured["rules"]) == measured["own"]
    assert all((0, 0) == (one["alarms"], one["inconclusive"]) for one in measured["correct"].values())
    assert all(one["runs"] >= 20 for one in measured["correct"].values())
    assert measured["shrunk"]["median"] <= 5
