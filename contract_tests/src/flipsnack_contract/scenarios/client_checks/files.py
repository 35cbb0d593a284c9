"""What is on the disk afterwards: the whole package, or what was there before."""

from __future__ import annotations

import hashlib

from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.scenario_run import Performance


@check("client.whole-file")
def ok_means_that_the_whole_package_is_there(performance: Performance) -> None:
    """A client that says ok has made a file that is the package, byte for byte."""
    if performance.outcome is not Outcome.OK or performance.scenario.op != "download" or performance.package is None:
        return
    made = performance.disk.content
    if made != performance.package:
        found = "no file" if made is None else _shown(made)
        raise Violation("the file, when the client says ok", _shown(performance.package), found)


@check("client.no-half-file")
def an_error_leaves_what_was_there(performance: Performance) -> None:
    """A client that fails leaves no file, or the one that was there before."""
    if performance.outcome is Outcome.ERROR and not performance.disk.untouched:
        before, after = performance.disk.before, performance.disk.content
        expected = "none" if before is None else f"the one from before ({_shown(before)})"
        raise Violation("the file, when the client says error", expected, "none" if after is None else _shown(after))


@check("client.agreement")
def the_file_is_the_one_it_reports(performance: Performance) -> None:
    """Length and SHA-256 of the file are those in the result."""
    result = performance.report.result
    if result is None or result.file is None:
        return
    made = performance.disk.content
    if made is None:
        raise Violation("the file in the result", "a file", "none on the disk")
    expect((len(made), _sha(made)), (result.file.bytes, result.file.sha256), "length and SHA-256 in the result")


def _shown(content: bytes) -> str:
    return f"{len(content)} bytes, SHA-256 {_sha(content)[:12]}…"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
