"""Builds runs of scenarios without a client: only what a check reads."""

from typing import Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, Said
from flipsnack_contract.adapter.messages import CAPABILITIES, CaseOptions, CaseResult, ErrorReport, FileMade
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import Disk, ScenarioRun
from flipsnack_contract.scenarios.server_log import LoggedAnswer, LoggedRequest

START_MS = 1_790_000_000_000
KEY, SECRET, COLLECTION = "client", "a secret of the kit", "f000001"
PACKAGE = b"a package"
SHA = "0" * 64


def call(after_s: float = 0.0, *, status: str = "", code: int | None = 20, **fields: Any) -> LoggedRequest:
    """A right call of the API, `after_s` seconds after the start."""
    params = {"action": "collection.downloadHTML", "apiKey": KEY, "collectionHash": COLLECTION, "signature": "***"}
    known = {
        "id": "#1",
        "kind": "api",
        "method": "GET",
        "path": "/v1/",
        "now_us": START_MS * 1000 + round(after_s * 1_000_000),
        "params": params,
        "action": "collection.downloadHTML",
        "hash": COLLECTION,
        "signature": "right",
        "code": code,
        "status": status,
        "answer": LoggedAnswer(http_status=200),
    }
    return LoggedRequest(**{**known, **fields})


def download(after_s: float = 0.0, *, http_status: int = 200, **fields: Any) -> LoggedRequest:
    """A download, `after_s` seconds after the start."""
    known = {
        "id": "#2",
        "kind": "package",
        "method": "GET",
        "path": "/packages/x",
        "params": {"Signature": "***1"},
        "now_us": START_MS * 1000 + round(after_s * 1_000_000),
        "answer": LoggedAnswer(http_status=http_status),
    }
    return LoggedRequest(**{**known, **fields})


DOWNLOADED = (call(status="COMPLETE"), download())


def scenario_run(
    *calls: LoggedRequest,
    error: str | None = None,
    code: int | None = None,
    outcome: CaseOutcome | None = None,
    elapsed_s: float = 0.0,
    said: tuple[str, ...] = (),
    cancelled_s: float | None = None,
    printed: str = "",
    why: str = "",
    made: FileMade | None = None,
    disk: Disk | None = None,
    package: bytes | None = PACKAGE,
    **scenario: Any,
) -> ScenarioRun:
    """A run with these calls; a client that says ok has made the package unless `disk` says otherwise."""
    played = Scenario(**scenario)
    ended = outcome or (CaseOutcome.ERROR if error else CaseOutcome.OK)
    trouble = None if error is None else ErrorReport(kind=error, code=code)  # type: ignore[arg-type]  # a class by its name
    # A program without the protocol has no class for its error, and so no result.
    spoken = "ok" if ended is CaseOutcome.OK else "error" if trouble else None
    state = next((call.status for call in reversed(calls) if call.status), None)
    result = (
        CaseResult(id="1", outcome=spoken, error=trouble, value={"status": state}, file=made)  # type: ignore[arg-type]
        if spoken
        else None
    )
    deadline = None if played.deadline_s is None else round(played.deadline_s * 1000)
    report = Report(
        outcome=ended,
        started_ms=START_MS,
        ended_ms=START_MS + round(elapsed_s * 1000),
        result=result,
        why=why,
        cancelled_at_ms=None if cancelled_s is None else START_MS + round(cancelled_s * 1000),
        log=tuple(Said("client", START_MS, line) for line in said),
        printed=printed,
    )
    case = Case(
        id="1",
        op=played.op,
        base_url="http://127.0.0.1:9/v1/",
        key=played.key_said,
        secret=played.secret_said,
        args={"collection": COLLECTION, "dest": "package.zip"},
        options=CaseOptions(format=played.format, deadline_ms=deadline),
        needs=played.needs,
    )
    content = PACKAGE if ended is CaseOutcome.OK else None
    return ScenarioRun(played, frozenset(CAPABILITIES), case, report, calls, disk or Disk(content), package)
