"""`flipsnack-mock replay` as a person runs it: words and exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_server.tests.command import clean_trace, run, trace_with_findings


@pytest.fixture
def trace_file(tmp_path: Path) -> Path:
    """A file with the trace of a client that breaks rules."""
    path = tmp_path / "findings.ndjson"
    path.write_text(trace_with_findings(), encoding="utf-8")
    return path


def test_replay_of_a_true_trace_is_0(trace_file: Path) -> None:
    """Every answer is the same."""
    result = run("replay", str(trace_file))
    assert (0, "1 request, every answer the same\n") == (result.returncode, result.stdout)


def test_replay_of_an_edited_trace_is_1(trace_file: Path) -> None:
    """The first difference is shown: line, request, both answers."""
    text = trace_file.read_text("utf-8").replace('"http_status":200', '"http_status":418')
    result = run("replay", "-", stdin=text)
    assert 1 == result.returncode
    assert "line 3, r2 GET /v1/?" in result.stdout
    assert "  HTTP status: recorded 418, now 200" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("replay",), "Missing argument"),
        (("replay", "absent.ndjson"), "absent.ndjson"),
        (("replay", "--what", "-"), "No such option"),
    ],
)
def test_what_cannot_be_read_is_2(arguments: tuple[str, ...], problem: str) -> None:
    """A mistake of use is one clear line on standard error."""
    result = run(*arguments, stdin=clean_trace())
    assert (2, "") == (result.returncode, result.stdout)
    assert problem in result.stderr


def test_what_is_no_trace_is_2() -> None:
    """A text that is no trace is refused with its line."""
    result = run("replay", "-", stdin="no trace")
    assert (2, "") == (result.returncode, result.stdout)
    assert "line 1 cannot be read" in result.stderr


def test_help_suffices() -> None:
    """The help names what is taken and every exit status."""
    shown = run("replay", "--help").stdout
    assert "/__admin/requests.ndjson" in shown
    assert "Exit status: 0" in shown
