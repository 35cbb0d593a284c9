"""The file after a run: the whole package, or the one that was there before."""

import hashlib

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.scenario_run import ScenarioRun


@check("client.whole-file")
def ok_means_that_the_whole_package_is_there(run: ScenarioRun) -> None:
    """After ok the file is the package, byte for byte."""
    if run.outcome is not CaseOutcome.OK or run.scenario.op != "download" or run.package is None:
        return
    made = run.file
    if made != run.package:
        found = "no file" if made is None else _shown(made)
        raise Violation("the file after ok", _shown(run.package), found)


@check("client.no-half-file")
def an_error_leaves_what_was_there(run: ScenarioRun) -> None:
    """After an error there is no file, or the one that was there before."""
    if run.outcome is CaseOutcome.ERROR and run.file != run.file_before:
        before, after = run.file_before, run.file
        expected = "none" if before is None else f"the one from before ({_shown(before)})"
        raise Violation("the file after an error", expected, "none" if after is None else _shown(after))


@check("client.agreement")
def the_file_is_the_one_it_reports(run: ScenarioRun) -> None:
    """Length and SHA-256 of the file are those in the client's report."""
    result = run.report.result
    if result is None or result.file is None:
        return
    made = run.file
    if made is None:
        raise Violation("the file in the result", "a file", "none")
    expect((len(made), _sha(made)), (result.file.bytes, result.file.sha256), "length and SHA-256 in the result")


def _shown(content: bytes) -> str:
    return f"{len(content)} bytes, SHA-256 {_sha(content)[:12]}…"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
