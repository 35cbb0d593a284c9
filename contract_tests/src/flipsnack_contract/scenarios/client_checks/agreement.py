"""Compare the client's report with the server's log, and the file after a run with the package."""

import hashlib
import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flipsnack_contract.adapter.case import CaseOutcome, file_text
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.scenarios.client_checks.causes import classes_of
from flipsnack_contract.scenarios.client_checks.pace import longest_pause_s
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

LONG_TEXT = 500
UNKNOWN_CODE = 99
"""The code of answers whose code no page of the vendor has."""


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
    for name, one in (_answered(run, last) or {}).items():
        found = run.value.get(name)
        expected, read = (one, found) if name in texts else (_as_texts(one), _as_texts(found))
        expect(expected, read, f"{name} in the value, after {last}")


def _as_texts(value: object) -> object:
    """A value of JSON as XML can write it: each scalar is a text, and what is empty has none."""
    if isinstance(value, Mapping):
        return {name: _as_texts(one) for name, one in value.items()} or ""
    if isinstance(value, list | tuple):
        return [_as_texts(one) for one in value] or ""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


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
    """The code in an error was in an answer, and is not that of success."""
    if run.code is None:
        return
    answered = {call.code for call in run.calls if not call.spoilt} - {20}
    expect_in(answered | _made_up(run), run.code, "the code in the client's error")


@check("client.refusal")
def an_unknown_code_is_reported_too(run: ScenarioRun) -> None:
    """The report gives a code that no page of the vendor has."""
    if run.error == "protocol" and UNKNOWN_CODE in _made_up(run) and not run.misread_format:
        expect(UNKNOWN_CODE, run.code, "the code in the client's error")


def _made_up(run: ScenarioRun) -> set[int]:
    """The code that a fault answered the last call with, if it is an unknown one."""
    fault = run.fault_of(run.last) if run.last else None
    told = f"{fault.fault.get('code', '')} {fault.fault.get('body', '')}" if fault else ""
    return {UNKNOWN_CODE} if re.search(rf"\b{UNKNOWN_CODE}\b", told) else set()


@check("client.agreement")
def an_error_is_called_what_it_is(run: ScenarioRun) -> None:
    """The class of an error is one that the last request explains; a deadline and a cancel were there."""
    if run.error is None or run.misread_format:
        return
    if run.error == "deadline":
        is_right = run.case.options.deadline_ms is None or run.report.elapsed_ms >= _least_ms(run)
        allowed: frozenset[str] = frozenset()
    elif run.error == "cancelled":
        is_right, allowed = run.report.cancelled_at_ms is not None, frozenset()
    else:
        allowed = classes_of(run)
        is_right = run.error in allowed
    if not is_right:
        expected = " or ".join(sorted(allowed)) or "a cause in the server's log"
        raise Violation(f"the class of the client's error; {_last(run)}", expected, run.reported)


def _least_ms(run: ScenarioRun) -> float:
    """After how long a client may say that its time is over: when its next pause does not fit any more."""
    deadline = run.case.options.deadline_ms
    assert deadline is not None  # its caller has looked
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
