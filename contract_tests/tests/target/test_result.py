import json

import pytest

from flipsnack_contract.target.outcome import SHOWN, Exit, Outcome
from flipsnack_contract.target.result import Result, exit_code


@pytest.mark.parametrize(
    ("expected", "outcomes"),
    [
        (0, ["passed"]),
        (0, ["passed", "skipped", "warned", "known"]),
        (1, ["passed", "failed", "unreachable"]),
        (10, ["passed", "unreachable", "stale"]),
        (11, ["passed", "adapter"]),
        (12, ["passed", "internal"]),
        (13, ["passed", "stale"]),
        (14, ["skipped"]),
        (14, []),
    ],
)
def test_the_exit_code_is_that_of_the_worst_outcome(expected: int, outcomes: list[str]) -> None:
    """A run in which nothing was judged, or something could not be judged, never ends as one that found no mistake."""
    assert expected == exit_code(map(Outcome, outcomes))


def test_the_table_has_every_outcome_and_leaves_pytest_its_codes() -> None:
    """Our own codes begin at 10; below, a failure is a failure as in pytest."""
    assert set(Outcome) == set(SHOWN)
    assert {0, 1} == {int(one.code) for one in SHOWN.values() if one.code < 10}
    assert {"", "failure", "error", "skipped"} == {one.junit for one in SHOWN.values()}
    assert [2, 4] == [Exit.INTERRUPTED, Exit.USAGE]


def test_a_result_crosses_processes_as_json() -> None:
    """All of it is plain data."""
    result = Result("a", "code.20", Outcome.FAILED, "m", "code.20", {"x": "1"}, ("step",), examples=3, seconds=0.5)
    assert result == Result.from_json(json.loads(json.dumps(result.as_json())))
