import datetime
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.known_failures import KnownFailures, read_known_failures
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result

Judge = Callable[..., pytest.RunResult]
TODAY = datetime.date(2026, 11, 28)
ISSUE = "https://example.com/7"
HASTY = "client.poll-interval"


def _known(tmp_path: Path, *lines: str) -> KnownFailures:
    file = tmp_path / "known.txt"
    file.write_text("# comments and empty lines are for people\n\n" + "".join(f"{line}\n" for line in lines))
    return read_known_failures(str(file))


def _failed(message: str, rule: str = "code.41") -> Result:
    return Result(f"{rule}/x", rule, Outcome.FAILED, message)


@pytest.mark.parametrize(
    ("line", "message", "outcome"),
    [
        (f"code.41  # expected 41 | {ISSUE} | until 2027-03-01", "expected 41, got 40", Outcome.KNOWN),
        (f"code.41 # | {ISSUE} | until 2027-03-01", "whatever", Outcome.KNOWN),
        (f"code.41  # expected 41 | {ISSUE} | until 2027-03-01", "expected 20, got 40", Outcome.FAILED),
        (f"code.42  # expected 41 | {ISSUE} | until 2027-03-01", "expected 41, got 40", Outcome.FAILED),
    ],
)
def test_a_failure_is_known_by_its_rule_and_how_its_message_begins(
    line: str, message: str, outcome: Outcome, tmp_path: Path
) -> None:
    """Another failure of the same rule is not."""
    assert outcome is _known(tmp_path, line).settled(_failed(message), strict=False).outcome


@pytest.mark.parametrize(
    ("line", "met", "complete", "says"),
    [
        (f"code.41 # a | {ISSUE} | until 2027-03-01", True, True, None),
        (f"code.41 # a | {ISSUE} | until 2027-03-01", False, False, None),
        (f"code.41 # a | {ISSUE} | until 2027-03-01", False, True, "did not fail as listed (a): remove the line"),
        (f"code.41 # a | {ISSUE} | until 2026-11-28", True, True, None),
        (f"code.41 # a | {ISSUE} | until 2026-11-27", True, False, "expired on 2026-11-27: mend what fails"),
    ],
)
def test_a_line_is_stale_when_its_date_is_over_or_a_complete_run_does_not_meet_it(
    line: str, met: bool, complete: bool, says: str | None, tmp_path: Path
) -> None:
    """The reason names file and line."""
    known = _known(tmp_path, line)
    where = f"{tmp_path / 'known.txt'}:3"
    stale = list(known.stale({where} if met else set(), complete=complete, today=TODAY))
    assert ([] if says is None else ["code.41"]) == [one.rule for one in stale]
    assert all(one.message.startswith(where) and str(says) in one.message for one in stale)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("code.41", "expected RULE  # BEGINNING OF THE MESSAGE | https://issue | until"),
        (f"code.41 # a | {ISSUE} | until tomorrow", "expected RULE"),
        (f"code.41 # a | {ISSUE} | until 2027-02-30", "2027-02-30 is not a date"),
        (f"code.99 # a | {ISSUE} | until 2027-03-01", "unknown rule 'code.99'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, says: str, tmp_path: Path) -> None:
    """With what was expected."""
    with pytest.raises(NotJudgeable, match=r"known\.txt:3: ") as refused:
        _known(tmp_path, line)
    assert says in str(refused.value)


def _recording(pytester: pytest.Pytester) -> Path:
    """Two polls within a tenth of a second, and a third after the job has failed."""
    url = "https://api.test/v1/?action=collection.downloadHTML&apiKey=k&collectionHash=h&signature=s"

    def entry(moment: str, status: str) -> dict[str, object]:
        body = json.dumps({"code": 20, "status": "OK", "data": {"status": status}})
        answer = {"status": 200, "content": {"text": body}}
        return {
            "startedDateTime": f"2026-11-23T10:00:{moment}Z",
            "time": 1,
            "request": {"method": "GET", "url": url},
            "response": answer,
        }

    entries = [entry("00.0", "PROCESSING"), entry("00.1", "FAILED"), entry("09.0", "FAILED")]
    file = pytester.path / "recorded.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return file


@pytest.mark.parametrize(
    ("lines", "code", "outcomes", "stale"),
    [
        ([], 1, {"failed": 1}, False),
        ([f"client.final-state # what follows | {ISSUE} | until 2099-01-01"], 0, {"xfailed": 1}, False),
        ([f"client.final-state # another | {ISSUE} | until 2099-01-01"], 1, {"failed": 1}, True),
        ([f"client.final-state # | {ISSUE} | until 2020-01-01"], 13, {"xfailed": 1}, True),
        (
            [
                f"client.final-state # | {ISSUE} | until 2099-01-01",
                f"client.expired-url # | {ISSUE} | until 2099-01-01",
            ],
            13,
            {"xfailed": 1},
            True,
        ),
    ],
)
def test_known_failures_decide_the_outcome_and_stale_lines_the_code(
    lines: list[str], code: int, outcomes: dict[str, int], stale: bool, judge: Judge, pytester: pytest.Pytester
) -> None:
    """A listed failure is an expected one; a line that a complete run does not meet is stale."""
    file = _recording(pytester)
    (pytester.path / "known.txt").write_text("\n".join(lines))
    run = judge(f"--flipsnack-recording={file}", "--flipsnack-known=known.txt")
    assert code == run.ret, run.stdout.str()
    found = run.parseoutcomes()
    assert outcomes == {name: found[name] for name in ("failed", "xfailed") if name in found}
    assert stale == ("\nSTALE   known.txt:" in run.stdout.str())


def test_a_partial_run_calls_no_line_stale_that_it_did_not_reach(judge: Judge, pytester: pytest.Pytester) -> None:
    """Only dates are looked at."""
    file = _recording(pytester)
    (pytester.path / "known.txt").write_text(f"client.final-state # | {ISSUE} | until 2099-01-01\n")
    run = judge(f"--flipsnack-recording={file}", "--flipsnack-known=known.txt", "-k", HASTY)
    assert (0, False) == (run.ret, "STALE" in run.stdout.str())
