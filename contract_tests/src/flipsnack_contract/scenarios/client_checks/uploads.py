"""What becomes of a document: it arrives whole and once, its refusal is reported, and its conversion is followed."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise

from flipsnack_contract.adapter.case import CaseOutcome, file_text
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import undisturbed
from flipsnack_contract.scenarios.scenario_run import FINAL, ScenarioRun
from flipsnack_contract.scenarios.traffic import REFUSED_UPLOADS

REFUSALS = (30, *REFUSED_UPLOADS)
"""Codes of uploads that are refused for their document, or because the month's uploads are used up."""

SOUND = ("pdf", "png", "jpg")


@check("client.upload-whole", needs={"uploads"})
def the_document_arrives_as_it_is(run: ScenarioRun) -> None:
    """What the API kept is the document, byte by byte, in one file part."""
    if run.document is None or run.scenario.document not in SOUND:
        return
    for call in run.calls:
        if call.method == "POST" and _is_refused(call) and not run.scenario.settings:
            raise Violation(f"a sound document, in {call.name}", "to be accepted", f"code {call.code}: {call.detail}")
    for one in run.uploaded:
        if one["document"]["digest"] != hashlib.sha256(run.document).hexdigest():
            found = f"{one['document']['size']} bytes, SHA-256 {one['document']['digest'][:12]}…"
            raise Violation("the document that arrived", file_text(run.document), found)


def _is_refused(call: Event) -> bool:
    return not call.fault and (call.code in REFUSALS or call.failed in ("well-formed", "parameters"))


@check("client.upload-uncertain", needs={"uploads"})
def a_lost_answer_is_reported_as_uncertain(run: ScenarioRun) -> None:
    """After an upload whose answer never came the client reports uncertain, unless it has found the collection."""
    broke_off = run.scenario.cut_after is not None and not run.uploads
    lost = bool(run.lost_uploads) and run.uploads[-1] is run.lost_uploads[-1]
    if not (broke_off or lost) or run.report.result is None:
        return
    found = run.value.get("hash", run.value.get("collectionHash"))
    if run.outcome is CaseOutcome.OK and found in [one["hash"] for one in run.uploaded]:
        return
    if run.error not in ("uncertain", "cancelled", "deadline"):
        what = run.uploads[-1] if lost else "the connection broke in the middle of the document"
        raise Violation(f"the end after {what}", "an error of class uncertain", run.reported)


@check("client.upload-once", needs={"uploads"})
def an_upload_that_broke_off_is_not_repeated(run: ScenarioRun) -> None:
    """After bytes of a document were sent, and no answer came, it is not sent again."""
    if run.scenario.cut_after is not None:
        expect([], [call.name for call in run.uploads], "uploads after the one that broke off")


@check("client.upload-refused", needs={"uploads"})
def a_refused_upload_is_reported_with_its_code(run: ScenarioRun) -> None:
    """The last answer to an upload was 30, 33 to 36 or 45: the client reports that code."""
    last = run.uploads[-1] if run.uploads else None
    if last is None or last.spoilt or last.code not in REFUSALS:
        return
    if run.has_wrong_calls or run.report.result is None:
        return
    expected = FINAL[last.code or 0]
    if (run.error, run.code) != (expected, last.code):
        raise Violation(f"the end after {last}", f"error {expected}, code {last.code}", run.reported)


@check("client.progress", needs={"uploads", "progress"})
def progress_is_counted_up_to_the_end(run: ScenarioRun) -> None:
    """The bytes that are said to be sent only grow, but for a new attempt, and end with the size of the document."""
    told = list(_progress(run))
    if run.document is None or not told:
        return
    what = "the progress of an upload"
    for sent, total in told:
        if total < len(run.document) or sent > total:
            raise Violation(what, f"up to {len(run.document)} bytes or more", f"{sent} of {total} bytes")
    fell = sum(after < before for (before, _), (after, _) in pairwise(told))
    attempts = len([sent for sent in run.sent or () if sent.method == "POST"]) or len(run.uploads)
    if fell and fell >= attempts:
        raise Violation(what, f"to grow within each of {attempts} attempts", f"it fell {fell} times")
    made = run.uploads[-1].code == 20 and not run.uploads[-1].spoilt if run.uploads else False
    if made and told[-1][0] != told[-1][1]:
        raise Violation(what, f"{told[-1][1]} bytes in the end", f"{told[-1][0]} of {told[-1][1]} bytes")


def _progress(run: ScenarioRun) -> Iterator[tuple[int, int]]:
    """The bytes sent and the bytes in all, of each event that says so."""
    for event in run.events:
        if event.sent is not None and event.total is not None:
            yield event.sent, event.total


@check("client.conversion-end", needs={"op:create"})
def a_conversion_ends_as_the_api_says(run: ScenarioRun) -> None:
    """Complete is success, failed an error of class conversion_failed; neither comes before the API has said it."""
    if run.scenario.op != "create" or run.lost_uploads:
        return
    states = [call.state for call in run.calls if call.state]
    if run.outcome is CaseOutcome.OK:
        expect("complete", states[-1] if states else None, "the state of the conversion, after ok")
        expect("complete", run.value.get("conversion"), "the conversion in the result")
    elif run.error is not None and states and states[-1] == "failed":
        expect("conversion_failed", run.error, "the end of a conversion that failed")


@check("client.conversion-end", needs={"op:create"})
def an_undisturbed_conversion_is_followed_to_its_end(run: ScenarioRun) -> None:
    """A conversion that ends in time is waited for."""
    expected = undisturbed(run.scenario)
    if run.scenario.op != "create" or expected not in ("ok", "conversion_failed") or run.has_wrong_calls:
        return
    followed = any(call.state == "processing" for call in run.calls)
    if followed and not run.misread_format and run.error not in (None, expected):
        raise Violation("the end of an undisturbed conversion", expected, run.reported)
