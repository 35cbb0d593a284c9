import json

import pytest

from flipsnack_contract.target.result import Outcome, Result, exit_code


@pytest.mark.parametrize(
    ("expected", "outcomes"),
    [
        (0, ["passed"]),
        (0, ["passed", "skipped", "warned"]),
        (1, ["passed", "failed"]),
        (1, ["failed", "unreachable"]),
        (10, ["passed", "unreachable"]),
        (12, ["passed", "internal"]),
        (14, ["skipped"]),
        (14, []),
    ],
)
def test_the_exit_code_tells_what_is_known(expected: int, outcomes: list[str]) -> None:
    """1 for a broken MUST; 10 and more when nothing ran or something could not be judged."""
    assert expected == exit_code(map(Outcome, outcomes))


def test_a_result_is_a_line_of_json() -> None:
    """All of it is plain data."""
    result = Result("a", "code.20", Outcome.FAILED, "m", "code.20", {"x": "1"}, ("step",), examples=3, seconds=0.5)
    line = json.loads(json.dumps(result.as_json()))
    assert ("failed", ["step"], {"x": "1"}) == (line["outcome"], line["steps"], line["counterexample"])
