"""Compare the client's report with the server's log, and the file after a run with the package."""

import hashlib
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flipsnack_contract.adapter.case import CaseOutcome, file_text
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.scenarios.client_checks.pace import longest_pause_s
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import REFUSED_DOCUMENTS
from flipsnack_contract.scenarios.scenario_run import CLASSES, ScenarioRun

AFFECTED = {
    "transport": {"passing", "lasting", "answer", "package", "another package", "link", "upload", "redirect"},
    "protocol": {"passing", "lasting", "answer", "upload", "redirect"},
    "damaged": {"answer", "package", "another package", "passing", "redirect"},
}
"""What a fault must affect to cause an error of that class."""
LONG_TEXT = 500
OWN_DEADLINE_MS = 60_000
"""The shortest deadline that a client may have of its own, where it got none."""


@check("client.agreement")
def success_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """A client that reports ok received COMPLETE and the package; one poll reports the last state."""
    if run.outcome is not CaseOutcome.OK:
        return
    if run.scenario.op == "poll":
        last = next((call.state for call in reversed(run.calls) if call.state), None)
        if run.value.get("status") != last:
            raise Violation("the status in the result", str(last), str(run.value.get("status")))
    if run.scenario.op != "download":
        return
    if not run.fetched_elsewhere and not any(call.state == "COMPLETE" for call in run.calls):
        raise Violation("a client that reports ok", "to have received COMPLETE", _last(run))
    if not run.fetched_elsewhere and not any(call.http_status in (200, 206) for call in run.downloads):
        raise Violation("a client that reports ok", "a successful download", "none")
    # A program without the protocol reports no value.
    expect("COMPLETE", run.value.get("status", "COMPLETE"), "the status in the result")


@check("client.agreement")
def success_was_answered(run: ScenarioRun) -> None:
    """After ok a call of the operation was answered with code 20; what is published was made public by it."""
    action = run.scenario.main_action
    # What follows from answers that make no sense has a rule of its own.
    if run.outcome is not CaseOutcome.OK or run.lost_uploads or "answer" in run.faults:
        return
    wanted = {"collectionStatus": "public"} if run.scenario.op == "publish" else {}
    for call in run.calls:
        as_asked = call.action == action and wanted.items() <= call.params.items()
        fault = run.fault_of(call)
        if as_asked and (call.code == 20 or (fault and fault.answers)) and run.effect_on(call) in ("nothing", "link"):
            return
    raise Violation("a client that reports ok", f"code 20 for {action} {wanted or ''}".strip(), _last(run))


@check("client.agreement")
def the_value_of_a_call_is_the_data_of_its_answer(run: ScenarioRun) -> None:
    """As JSON has it: the other formats have rules of their own."""
    _expect_value(run, "json")


@check("client.jsonp", needs={"jsonp"})
def the_value_of_a_call_in_jsonp_is_that_data_too(run: ScenarioRun) -> None:
    """As JSON would have it."""
    _expect_value(run, "jsonp")


def _expect_value(run: ScenarioRun, form: str) -> None:
    last = _last_answer(run, form)
    if last is not None and (data := _answered(run, last)) is not None:
        expect(dict(data), dict(run.value), f"the value, after {last}")


def _last_answer(run: ScenarioRun, form: str) -> Event | None:
    """The last call of an operation whose value is the data of its answer in that format."""
    is_call = run.scenario.op in ("call", "statistics") and run.scenario.format == form
    calls = run.calls if is_call and run.outcome is CaseOutcome.OK else ()
    return next((call for call in reversed(calls) if call.action == run.scenario.main_action), None)


@check("client.xml", needs={"xml"})
def the_texts_of_an_answer_in_xml_are_kept(run: ScenarioRun) -> None:
    """Each text in the data of an answer in XML is in the value as it was sent; what is no text may be read as such."""
    if (last := _last_answer(run, "xml")) is None:
        return
    texts = {field.name for field in run.scenario.main_method.fields if field.type == "string"}
    for name, text in (_answered(run, last) or {}).items():
        found = run.value.get(name)
        if name in texts or (isinstance(text, str) and isinstance(found, str)):
            expect(text, found, f"{name} in the value, after {last}")


def _answered(run: ScenarioRun, call: Event) -> Mapping[str, Any] | None:
    """The data of the answer to a call; None where it is not known."""
    if call.fault and not run.is_made_up(call):
        return None
    # The journal masks resource URLs, and keeps the beginning of an answer that repeats a long text.
    is_unseen = "resourceUrl" in (call.data or {}) or any(len(text) > LONG_TEXT for text in call.params.values())
    return None if is_unseen else call.data or {}


@check("client.agreement")
def a_collection_that_is_reported_was_made(run: ScenarioRun) -> None:
    """After ok the hash of an upload is that of a collection that it made."""
    if run.scenario.op == "create" and run.outcome is CaseOutcome.OK and not run.lost_uploads:
        expect_in([one["hash"] for one in run.uploaded], run.value.get("hash"), "the hash in the result")


@check("client.agreement")
def states_that_are_told_were_answered(run: ScenarioRun) -> None:
    """The states in the client's events are those of the answers, in their order; some may be left out."""
    if any(fault.answers and not run.is_made_up(call) for call in run.calls if (fault := run.fault_of(call))):
        return
    answered = iter([call.state for call in run.calls])
    told = [event.status for event in run.events if event.status is not None]
    for state, _ in groupby(told):
        if state not in answered:
            raise Violation("the states in the client's events", "those that were answered, in order", ", ".join(told))


@check("client.agreement")
def a_code_that_is_reported_was_answered(run: ScenarioRun) -> None:
    """The code in an error was in an answer."""
    if run.code is not None and not any(run.effect_on(call) == "answer" for call in run.calls):
        expect_in([call.code for call in run.calls if not call.spoilt], run.code, "the code in the client's error")


@check("client.agreement")
def an_error_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """Every error that the client reports has a cause in the server's log: a code, a state, a fault, time, a cancel.

    What a client reports after FAILED and after a final refusal has rules of its own.
    """
    if run.error is None or run.expected_error or run.misread_format:
        return
    if not _has_cause(run):
        raise Violation(f"a client that reports {run.error}", "a cause in the server's log", _last(run))


def _has_cause(run: ScenarioRun) -> bool:
    match run.error:
        case "job_failed":
            return any(call.state == "FAILED" or "FAILED" in str(run.fault_of(call)) for call in run.calls)
        case "conversion_failed":
            return any(call.state == "failed" for call in run.calls)
        case "uncertain":
            lost = bool(run.lost_uploads) or run.scenario.cut_after is not None
            return lost or any(run.effect_on(call) in ("answer", "redirect") for call in run.uploads)
        case "deadline":
            return run.report.elapsed_ms >= _least_ms(run)
        case "cancelled":
            return run.report.cancelled_at_ms is not None
        case "transport" | "protocol" | "damaged" as kind:
            refused = kind == "transport" and any((call.http_status or 0) >= 400 for call in run.downloads)
            return refused or run.scenario.cut_after is not None or bool(run.faults & AFFECTED[kind])
        case kind if not run.calls and run.document == b"":
            return kind in REFUSED_DOCUMENTS["empty"]  # a client may see by itself that there is nothing to upload
        case kind:
            # The last call may have had no answer, so the cause is the last code.
            codes = [call.code for call in run.calls if call.code is not None]
            return bool(codes) and CLASSES.get(codes[-1]) == kind and run.code in (None, codes[-1])


def _least_ms(run: ScenarioRun) -> float:
    """After how long a client may say that its time is over: when its next pause does not fit any more."""
    deadline = run.case.options.deadline_ms
    if deadline is None:
        return OWN_DEADLINE_MS
    return deadline - 1000 * (longest_pause_s(run, run.requests[-1]) if run.requests else 0)


def _last(run: ScenarioRun) -> str:
    return f"as the last call {run.last}" if run.last else "no call at all"


@check("client.whole-file")
def ok_means_that_the_whole_package_is_there(run: ScenarioRun) -> None:
    """After ok the file is the package, byte for byte."""
    if run.outcome is not CaseOutcome.OK or run.scenario.op != "download" or run.package is None:
        return
    if run.file != run.package:
        found = "no file" if run.file is None else file_text(run.file)
        raise Violation("the file after ok", file_text(run.package), found)


@check("client.no-half-file")
def an_error_leaves_what_was_there(run: ScenarioRun) -> None:
    """After an error there is no file, or the one that was there before."""
    if run.outcome is CaseOutcome.ERROR and run.file != run.file_before:
        before, after = run.file_before, run.file
        expected = "none" if before is None else f"the one from before ({file_text(before)})"
        raise Violation("the file after an error", expected, "none" if after is None else file_text(after))


@check("client.agreement")
def the_file_is_the_one_it_reports(run: ScenarioRun) -> None:
    """Length and SHA-256 of the file are those in the client's report."""
    result = run.report.result
    if result is None or run.scenario.op != "download" or run.outcome is not CaseOutcome.OK:
        return
    if result.file is None:
        raise Violation("the result of a download", "the file", "none")
    if run.file is None:
        raise Violation("the file in the result", "a file", "none")
    found = (result.file.bytes, result.file.sha256)
    expect((len(run.file), hashlib.sha256(run.file).hexdigest()), found, "length and SHA-256 in the result")
