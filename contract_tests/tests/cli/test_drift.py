"""The command `flipsnack-contract drift`, over sockets and in process."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flipsnack_contract.cli.main import cli
from flipsnack_contract.reports import FORMATS
from flipsnack_mock.testing import MockServer

APP = "flipsnack_mock:create_app"


def _drift(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ("drift", *arguments), obj={}, standalone_mode=False)


def test_a_difference_is_shown_with_both_answers_and_the_ledger(tmp_path: Path) -> None:
    """And ends in 1."""
    file = tmp_path / "drift.jsonl"
    with MockServer(uppercase_signatures=True) as other:
        done = _drift(APP, other.base_url, "-k", "signature.lower-case", "--examples", "2", "--jsonl", str(file))
    assert 1 == done.exit_code
    for part in (
        f"A is {APP}\nB is http://127.0.0.1:",
        "DRIFT signature.lower-case",
        "A       keeps the rule",
        "B       breaks it: ",
        '"code":44',
        "ledger  spec/rules.toml:",
        "with the setting uppercase_signatures",
        "1 of 1 checks differ, on 1 rules",
    ):
        assert part in done.stdout
    (line,) = map(json.loads, file.read_text().splitlines())
    assert ("signature.lower-case", "passed", "failed") == (line["rule"], line["a"]["outcome"], line["b"]["outcome"])


def test_the_reports_of_the_other_commands_are_written_too(tmp_path: Path) -> None:
    """Every form of them; where the sides part, both are told."""
    files = {form: tmp_path / form for form in FORMATS}
    options = [part for form, file in files.items() for part in (f"--{form}", str(file))]
    with MockServer(uppercase_signatures=True) as other:
        assert 1 == _drift(APP, other.base_url, "-k", "signature.lower-case", "--examples", "2", *options).exit_code
    assert all(file.stat().st_size for file in files.values())
    for form in ("html", "markdown", "tap", "junit"):
        assert "A keeps the rule" in files[form].read_text()


def test_no_difference_ends_in_0() -> None:
    """Two of the same."""
    assert 0 == _drift(APP, APP, "-k", "code.4", "--examples", "2").exit_code


def test_nothing_to_compare_ends_in_5() -> None:
    """What was not compared is named."""
    with MockServer(admin=False) as bare:
        done = _drift(APP, bare.base_url, "-k", "job.states/the-three")
    assert 5 == done.exit_code
    assert "not compared  job.states/the-three-states-and-no-other: needs control" in done.stdout


def test_a_report_that_cannot_be_written_costs_no_run() -> None:
    """It is told before anything is asked."""
    done = _drift(APP, APP, "--html", "nowhere/page.html")
    assert "cannot write nowhere/page.html: there is no folder nowhere" in str(done.exception)
    assert "" == done.stdout


@pytest.mark.parametrize(
    ("name", "says"), [("nothing", "expected module:factory"), ("http://x.test/", "which ends in /v1/")]
)
def test_a_target_that_is_none_is_wrong_usage(name: str, says: str) -> None:
    """With what was expected."""
    assert says in str(_drift(APP, name).exception)
