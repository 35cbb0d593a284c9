import datetime
from dataclasses import replace

import pytest
from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.expectations import ExpectationError, Known, parse_expectations, rewritten, unsettled
from flipsnack_contract.target.result import Outcome, Result

TODAY = datetime.date(2026, 11, 23)
LINE = "code.41/unknown  # a call with | https://example.com/7 | until 2026-11-23"
FAILED = Result("code.41/unknown", "code.41", Outcome.FAILED, "a call with the key 'x': expected 41, got 20")
PASSED = replace(FAILED, outcome=Outcome.PASSED, message="")


def _known(*lines: str, flaky: tuple[str, ...] = (), version: str = "") -> Known:
    return Known(
        parse_expectations("\n".join(lines), "known.txt"), parse_expectations("\n".join(flaky), "flaky.txt"), version
    )


def _stale(known: Known, *results: Result, today: datetime.date = TODAY, complete: bool = True) -> tuple[str, ...]:
    return known.stale([known.settle(result) for result in results], today=today, complete=complete)


def test_what_is_listed_is_expected() -> None:
    """A failure with that beginning is no failure of the run, and the list is in order."""
    known = _known("# why these are known", "", LINE)
    assert Outcome.EXPECTED is known.settle(FAILED).outcome
    assert () == _stale(known, FAILED)


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("code.41/unknown  # | https://example.com/7 | until 2026-12-01", Outcome.EXPECTED),
        ("code.4*  # a call | https://example.com/7 | until 2026-12-01", Outcome.EXPECTED),
        ("code.41/unknown @2.0  # a call | https://example.com/7 | until 2026-12-01", Outcome.EXPECTED),
        ("code.41/unknown @1.0  # a call | https://example.com/7 | until 2026-12-01", Outcome.FAILED),
        ("code.41/unknown  # another | https://example.com/7 | until 2026-12-01", Outcome.FAILED),
        ("code.42/unknown  # a call | https://example.com/7 | until 2026-12-01", Outcome.FAILED),
    ],
)
def test_a_line_speaks_of_its_check_its_version_and_its_message(line: str, outcome: Outcome) -> None:
    """And of nothing else."""
    assert outcome is _known(line, version="2.0").settle(FAILED).outcome


@pytest.mark.parametrize(
    ("results", "says"),
    [
        ((PASSED,), "did not fail as listed (passed); remove the line"),
        ((replace(FAILED, message="something else"),), "did not fail as listed (failed with: something else)"),
        ((), "no such check was run"),
    ],
)
def test_a_line_that_is_no_longer_true_is_stale(results: tuple[Result, ...], says: str) -> None:
    """And is named by its file and number."""
    (told,) = _stale(_known(LINE), *results)
    assert told.startswith("known.txt:1: code.41/unknown: ")
    assert says in told


def test_a_line_holds_until_the_end_of_its_day() -> None:
    """The day after it is stale, on either list."""
    tomorrow = TODAY + datetime.timedelta(days=1)
    for known in (_known(LINE), _known(flaky=(LINE,))):
        assert () == _stale(known, FAILED)
        assert ["expired on 2026-11-23" in text for text in _stale(known, FAILED, today=tomorrow)] == [True]


def test_a_pattern_that_covers_too_much_is_stale() -> None:
    """More than twenty failures behind one line hide the next."""
    known = _known("code.4*  # | https://example.com/7 | until 2026-12-01")
    many = [replace(FAILED, check=f"code.41/{number}") for number in range(21)]
    assert () == _stale(known, *many[:20])
    assert "covers 21 failures" in _stale(known, *many)[0]


def test_after_a_part_of_a_run_what_was_not_run_is_not_stale() -> None:
    """What passed is."""
    assert () == _stale(_known(LINE), complete=False)
    assert 1 == len(_stale(_known(LINE), PASSED, complete=False))


def test_a_flaky_check_may_pass_or_fail() -> None:
    """Both are as the list says."""
    known = _known(flaky=(LINE,))
    assert [Outcome.FLAKY, Outcome.PASSED] == [known.settle(one).outcome for one in (FAILED, PASSED)]
    assert () == _stale(known, PASSED)


def test_a_check_on_both_lists_is_refused() -> None:
    """By whatever pattern: it cannot be known and unknown at once."""
    with pytest.raises(ExpectationError, match=r"code\.41/unknown is listed as expected to fail and as flaky"):
        _known(LINE, flaky=("code.*  # | https://example.com/7 | until 2026-12-01",)).settle(PASSED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code.41/unknown", "known.txt:1: 'code.41/unknown' is no expectation; expected CHECK"),
        ("code.41/unknown # a | until 2026-12-01", "is no expectation"),
        ("code.41/unknown # a | issue 7 | until 2026-12-01", "is no expectation"),
        ("\ncode.41/unknown # a | https://example.com/7 | until 2026-13-01", "known.txt:2: 2026-13-01 is no date"),
        (f"{LINE}\n{LINE}", "known.txt:1: code.41/unknown: code.41/unknown is listed more than once"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, says: str) -> None:
    """And what a line looks like."""
    with pytest.raises(ExpectationError) as told:
        parse_expectations(text, "known.txt")
    assert says in str(told.value)


@given(results=st.lists(anything, max_size=5, unique_by=lambda result: result.check))
def test_a_rewritten_list_is_in_order(results: list[Result]) -> None:
    """Whatever failed and however: with the new list every failure is expected, and nothing is stale."""
    fresh = [unsettled(result) for result in results]
    known = Known(parse_expectations(rewritten(fresh, (), today=TODAY), "known.txt"))
    settled = [known.settle(result) for result in fresh]
    assert not {Outcome.FAILED, Outcome.WARNED} & {result.outcome for result in settled}
    assert () == known.stale(settled, today=TODAY, complete=True)


@pytest.mark.parametrize(("until", "kept"), [("2026-12-01", "2026-12-01"), ("2026-11-22", "2027-02-21")])
def test_rewriting_keeps_what_people_wrote(until: str, kept: str) -> None:
    """Issue and date stay, but for a date that is over; so do lines of other versions; what passes is dropped."""
    other = "code.20/a @1.0  # x | https://example.com/1 | until 2026-01-01"
    gone = "code.44/gone  # x | https://example.com/2 | until 2027-01-01"
    lines = parse_expectations(f"{LINE.replace('2026-11-23', until)}\n{other}\n{gone}", "known.txt")
    text = rewritten([FAILED], lines, today=TODAY, version="2.0")
    assert [other, f"code.41/unknown  # {FAILED.message} | https://example.com/7 | until {kept}"] == text.splitlines()
