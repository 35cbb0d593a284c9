import json

import pytest

from flipsnack_contract.reports.badge import badge
from flipsnack_contract.target.result import Outcome, Result


@pytest.mark.parametrize(
    ("outcomes", "message", "colour"),
    [
        ([], "nothing ran", "lightgrey"),
        (["skipped"], "nothing ran", "lightgrey"),
        (["passed", "passed", "skipped"], "2/2", "green"),
        (["passed", "warned"], "1/2", "yellow"),
        (["passed", "expected"], "1/2", "yellow"),
        (["passed", "flaky"], "1/2", "yellow"),
        (["passed", "failed"], "1/2", "red"),
        (["passed", "broken"], "1/2", "red"),
    ],
)
def test_a_badge_is_as_good_as_the_worst(outcomes: list[str], message: str, colour: str) -> None:
    """Green only when everything that ran holds; nothing is no green."""
    shown = json.loads(badge([Result("a", "code.20", Outcome(outcome)) for outcome in outcomes]))
    assert {"schemaVersion": 1, "label": "flipsnack contract", "message": message, "color": colour} == shown
