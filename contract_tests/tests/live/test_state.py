from pathlib import Path

import pytest
from contract_tests.tests.live.conftest import WHO

from flipsnack_contract.live.state import BadState, State, of_whom
from flipsnack_contract.target.result import Outcome, Result

WHOSE = of_whom("http://api.test/v1/", WHO)
PASSED, FAILED = (Result(f"code.20/{end}", "code.20", Outcome(end), end) for end in ("passed", "failed"))


def test_what_was_done_is_remembered(tmp_path: Path) -> None:
    """Calls and results, in a file that holds neither key nor secret."""
    file = tmp_path / "state"
    state = State.open(file, WHOSE)
    state.called(1)
    state.judged(PASSED)
    state.called(2)
    state.judged(FAILED)
    again = State.open(file, WHOSE)
    assert ((1, 2), {PASSED.check: PASSED, FAILED.check: FAILED}) == (again.calls, again.finished)
    assert not [word for word in (WHO.key, WHO.secret) if word in file.read_text()]


@pytest.mark.parametrize("outcome", [Outcome.BROKEN, Outcome.SKIPPED])
def test_what_says_nothing_is_tried_again(outcome: Outcome, tmp_path: Path) -> None:
    """Only what is known is kept."""
    State.open(tmp_path / "state", WHOSE).judged(Result("code.20/a", "code.20", outcome))
    assert {} == State.open(tmp_path / "state", WHOSE).finished


def test_a_line_that_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    """A run may be killed while it writes."""
    file = tmp_path / "state"
    State.open(file, WHOSE).judged(PASSED)
    file.write_text(file.read_text() + '{"result": {"che')
    assert [PASSED.check] == list(State.open(file, WHOSE).finished)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"live": 1, "base_url": "http://other.test/v1/"}\n', "belongs to another run"),
        ("nothing\n", "state:1: this is no line of a state file: 'nothing'"),
        ("[]\n", "belongs to another run"),
    ],
)
def test_another_file_is_refused(text: str, says: str, tmp_path: Path) -> None:
    """Results of one target are no results of another."""
    file = tmp_path / "state"
    file.write_text(text)
    with pytest.raises(BadState) as told:
        State.open(file, WHOSE)
    assert says in str(told.value)


def test_without_a_file_nothing_is_kept() -> None:
    """And nothing fails."""
    state = State.open(None, WHOSE)
    state.called(1)
    state.judged(PASSED)
    assert ((), {}) == (state.calls, state.finished)
