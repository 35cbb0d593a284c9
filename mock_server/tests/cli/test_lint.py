"""`flipsnack-mock lint` as a person runs it: words and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from mock_server.tests.command import careless_trace, clean_trace, run
from mock_server.tests.conftest import signed

from flipsnack_mock.testing import MockServer


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A file with the trace of a clean client."""
    path = tmp_path / "clean.ndjson"
    path.write_text(clean_trace(), encoding="utf-8")
    return path


@pytest.fixture
def careless(tmp_path: Path) -> Path:
    """A file with the trace of a careless client."""
    path = tmp_path / "careless.ndjson"
    path.write_text(careless_trace(), encoding="utf-8")
    return path


def test_lint_of_a_clean_trace_is_0(clean: Path) -> None:
    """Nothing found, and how much was looked at."""
    result = run("lint", str(clean))
    assert (0, "nothing found in 1 request\n", "") == (result.returncode, result.stdout, result.stderr)


def test_lint_of_a_careless_trace_is_1(careless: Path) -> None:
    """The findings in words, with what to do."""
    result = run("lint", str(careless))
    assert 1 == result.returncode
    assert "MUST   client.secret-not-sent  (key test-core)" in result.stdout
    assert "2 findings in 1 request" in result.stdout


def test_lint_narrows_its_findings(careless: Path) -> None:
    """By level, rule and key; standard input is read as a trace."""
    assert 1 == run("lint", str(careless), "--level", "MUST").stdout.count("rule:")
    both = ("--ignore", "client.no-xml", "--ignore", "client.secret-not-sent")
    assert 0 == run("lint", str(careless), *both).returncode
    assert 0 == run("lint", str(careless), "--key", "test-other").returncode
    assert 1 == run("lint", "-", stdin=careless.read_text("utf-8")).returncode


def test_sarif_points_into_the_trace(careless: Path) -> None:
    """A finding is at the line of its request: here the third, after the header and the frozen clock."""
    sarif = json.loads(run("lint", str(careless), "--format", "sarif").stdout)
    place = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert (str(careless), 2) == (place["artifactLocation"]["uri"], place["region"]["startLine"])


def test_lint_of_a_running_fake(server: MockServer) -> None:
    """A URL is asked for its journal, of one key when that is given."""
    key = "test-commands"
    requests.get(server.base_url, params=signed(f"secret-{key}", apiKey=key, format="xml"), timeout=10)
    result = run("lint", server.url, "--key", key, "--format", "json")
    assert (1, ["client.no-xml"]) == (result.returncode, [one["rule"] for one in json.loads(result.stdout)["findings"]])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("lint", "absent.ndjson"), "cannot read absent.ndjson"),
        (("lint", "http://127.0.0.1:1"), "cannot ask http://127.0.0.1:1 for its journal"),
        (("lint", "-", "--ignore", "client.none"), "client.none: no such rule; there are client.poll-interval"),
        (("lint",), "Missing argument"),
    ],
)
def test_what_cannot_be_read_is_2(arguments: tuple[str, ...], problem: str) -> None:
    """A mistake of use is one clear line on standard error."""
    result = run(*arguments, stdin=clean_trace())
    assert (2, "") == (result.returncode, result.stdout)
    assert problem in result.stderr


def test_what_is_no_trace_is_2() -> None:
    """A text that is no trace is refused with its line."""
    result = run("lint", "-", stdin="no trace")
    assert (2, "") == (result.returncode, result.stdout)
    assert "line 1 cannot be read" in result.stderr


def test_help_suffices() -> None:
    """The help names what is taken and every exit status."""
    shown = run("lint", "--help").stdout
    assert "/__admin/requests.ndjson" in shown
    assert "Exit status: 0" in shown
