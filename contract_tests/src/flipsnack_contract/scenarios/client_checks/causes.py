"""What an error may be called: the classes that follow from what the last request of a run met."""

from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import REFUSED_DOCUMENTS, Fault
from flipsnack_contract.scenarios.scenario_run import CLASSES, ScenarioRun

Classes = frozenset[str]

NONE: Classes = frozenset()
LOST: Classes = frozenset({"transport"})
UNREADABLE: Classes = frozenset({"protocol"})
EITHER = LOST | UNREADABLE
INCOMPLETE: Classes = frozenset({"transport", "damaged"})
DAMAGED: Classes = frozenset({"damaged"})

BUSY = (429, 500, 502, 503, 504)
"""HTTP statuses of a server that is there and cannot answer now."""

OF_CALLS = {"reset": LOST, "empty-reply": LOST, "garbage": EITHER, "truncate": EITHER, "redirect": EITHER}
OF_PACKAGES = OF_CALLS | {
    "truncate": INCOMPLETE,
    "empty-body": INCOMPLETE,
    "invalid-zip": DAMAGED,
    "wrong-byte": DAMAGED,
}
"""The classes by the kind of fault, of a call and of a package."""

STATES = {"FAILED": "job_failed", "failed": "conversion_failed"}


def classes_of(run: ScenarioRun) -> Classes:
    """The classes that may be reported, but for a cancel and for a deadline.

    After an answer that is right, what another method met before may be reported still.
    """
    if not run.requests:
        return _without_a_request(run)
    last = run.requests[-1]
    other = next((call for call in reversed(run.calls) if call.action != last.action), None)
    found = _of_request(run, last) or (_of_request(run, other) if other else NONE)
    spoilt = (run.fault_of(call) for call in run.uploads)
    unsure = run.scenario.cut_after is not None or any(one and one.fault["kind"] != "code" for one in spoilt)
    return found | {"uncertain"} if unsure else found


def _of_request(run: ScenarioRun, request: Event) -> Classes:
    fault = run.fault_of(request)
    if request.kind == "download":
        return _of_package(run, request, fault)
    if fault is not None and fault.affects == "link":
        return LOST
    if fault is not None and fault.fault["kind"] != "code" and not run.is_made_up(request):
        return _of_spoilt_call(run, fault)
    return _of_answer(request)


def _without_a_request(run: ScenarioRun) -> Classes:
    if run.scenario.cut_after is not None:
        return LOST | {"uncertain"}
    # A client may see by itself that there is nothing to upload.
    return REFUSED_DOCUMENTS["empty"] if run.document == b"" else NONE


def _of_answer(call: Event) -> Classes:
    if call.code == 20 or call.state:
        return frozenset({STATES[call.state]}) if call.state in STATES else NONE
    if call.code is None:
        return EITHER
    return frozenset({CLASSES.get(call.code, "protocol")})


def _of_spoilt_call(run: ScenarioRun, fault: Fault) -> Classes:
    if (status := fault.fault.get("status")) is None or fault.fault["kind"] != "status":
        return OF_CALLS.get(fault.fault["kind"], UNREADABLE)
    if status == 200:
        # It may have a link, which leads nowhere.
        return EITHER if run.scenario.op == "download" and "resourceUrl" in str(fault.fault) else UNREADABLE
    return LOST if status in BUSY else EITHER


def _of_package(run: ScenarioRun, download: Event, fault: Fault | None) -> Classes:
    if fault is None:
        if download.http_status in (200, 206):
            # What is wrong with an earlier part may show in the end.
            late = download.http_status == 206 or run.faults & {"package", "another package"}
            return EITHER | DAMAGED if late else NONE
        return LOST if download.http_status == 403 else INCOMPLETE
    status = fault.fault.get("status") if fault.fault["kind"] == "status" else None
    if status is None:
        found = OF_PACKAGES[fault.fault["kind"]]
        return found | LOST if download.range else found
    if fault.affects == "another package":
        return INCOMPLETE
    if status in (206, 416):
        return EITHER | DAMAGED
    if status == 200:
        return UNREADABLE | DAMAGED
    return LOST if status in BUSY else EITHER
