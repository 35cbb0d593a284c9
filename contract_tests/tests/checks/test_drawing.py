import sys
from pathlib import Path

import hypothesis
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from flipsnack_contract.checks.drawing import same_everywhere

CONSTANTS = range(10**9, 10**9 + 40)


def _drawn() -> list[int]:
    found: list[int] = []
    test = given(number=st.integers())(lambda number: found.append(number))
    hypothesis.seed(1)(settings(max_examples=500, database=None, deadline=None, phases=(Phase.generate,))(test))()
    return found


def test_what_is_drawn_does_not_depend_on_the_code_that_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis draws the constants of every module that is not installed, the kit's own in a checkout among them."""
    with same_everywhere():
        before = _drawn()
    (tmp_path / "lies_here.py").write_text("".join(f"x{number} = {number}\n" for number in CONSTANTS))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lies_here", raising=False)
    __import__("lies_here")
    with same_everywhere():
        assert before == _drawn()
    assert set(CONSTANTS) & set(_drawn()), "Hypothesis draws no local constants any more: same_everywhere can go"
