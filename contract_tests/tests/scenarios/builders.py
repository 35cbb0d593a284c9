"""Builds runs of scenarios without a client: only what a check reads."""

from hashlib import sha256
from typing import Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, Said
from flipsnack_contract.adapter.messages import CAPABILITIES, OPERATIONS, CaseOptions, CaseResult, ErrorReport, FileMade
from flipsnack_contract.adapter.sent import Sent
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.preparation import NEIGHBOURS
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

START_MS = 1_790_000_000_000
KEY, SECRET, COLLECTION = Scenario().key, "a secret of the kit", "f000001"
PACKAGE = b"a package"
SHA = "0" * 64


def call(after_s: float = 0.0, **fields: Any) -> Event:
    """A right call of the API, `after_s` seconds after the start."""
    params = {"action": "collection.downloadHTML", "apiKey": KEY, "collectionHash": COLLECTION, "signature": "***"}
    return _event("call", after_s, {"name": "#1", "params": params, "signature": "right", "code": 20} | fields)


def download(after_s: float = 0.0, **fields: Any) -> Event:
    """A download of the resource URL `url`, `after_s` seconds after the start."""
    return _event("download", after_s, {"name": "#2", "url": "/packages/x?***1"} | fields)


def _event(kind: Any, after_s: float, fields: dict[str, Any]) -> Event:
    now = START_MS * 1000 + round(after_s * SECOND)
    known: dict[str, Any] = {"method": "GET", "url": "/v1/", "http_status": 200, "start": now, "end": now, "wall": now}
    return Event(kind=kind, **known | fields)


DOWNLOADED = (call(state="COMPLETE"), download())


def scenario_run(
    *calls: Event,
    error: str | None = None,
    code: int | None = None,
    outcome: CaseOutcome | None = None,
    elapsed_s: float = 0.0,
    said: tuple[str, ...] = (),
    cancelled_s: float | None = None,
    printed: str = "",
    why: str = "",
    made: FileMade | None = None,
    file: bytes | None = PACKAGE,
    file_before: bytes | None = None,
    value: dict[str, Any] | None = None,
    document: bytes | str | None = None,
    before: tuple[str, ...] = (),
    account: tuple[dict[str, Any], ...] = (),
    sent: tuple[Sent, ...] = (),
    left: tuple[str, ...] | dict[str, bytes] = (),
    **scenario: Any,
) -> ScenarioRun:
    """A run with these calls; a client that says ok has made the package unless `file` says otherwise.

    `document` is one that can be uploaded, or the kind of one that cannot.
    """
    kind: dict[str, Any] = {"document": document} if isinstance(document, str) else {}
    played = Scenario(**scenario, **kind)
    ended = outcome or (CaseOutcome.ERROR if error else CaseOutcome.OK)
    trouble = None if error is None else ErrorReport(kind=error, code=code)  # type: ignore[arg-type]  # a class by its name
    # A program without the protocol has no class for its error, and so no result.
    spoken = "ok" if ended is CaseOutcome.OK else "error" if trouble else None
    state = next((call.state for call in reversed(calls) if call.state), None)
    if played.op == "download" and spoken == "ok" and made is None:
        made = FileMade(bytes=len(PACKAGE), sha256=sha256(PACKAGE).hexdigest())
    result = (
        CaseResult(id="1", outcome=spoken, error=trouble, value=value or {"status": state}, file=made)  # type: ignore[arg-type]
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
        key=played.key,
        secret=played.secret,
        args=_args(played),
        options=CaseOptions(format=played.format, deadline_ms=deadline),
        needs=played.needs,
    )
    content = file_before if file is PACKAGE and ended is not CaseOutcome.OK else file
    able = frozenset((*CAPABILITIES, *(f"op:{name}" for name in OPERATIONS)))
    given = b"" if document == "empty" else document if isinstance(document, bytes) else None
    seen: dict[str, Any] = {"document": given, "there_before": before, "account": account, "sent": sent}
    there = NEIGHBOURS if given is None else NEIGHBOURS | {played.document_name: given}
    beside = {**dict.fromkeys(left, b""), **there, **(left if isinstance(left, dict) else {})}
    return ScenarioRun(played, able, case, report, calls, content, file_before, PACKAGE, left=beside, **seen)


def _args(played: Scenario) -> dict[str, str | dict[str, str]]:
    named = {"collection": COLLECTION} if played.is_about_collection else {}
    if played.op == "call":
        params = {**({"collectionHash": COLLECTION} if named else {}), **played.params}
        return {"action": played.action, "params": params, "files": {}}
    return {**named, "params": played.params, "dest": "package.zip"}


HERE = "127.0.0.1:9"


def sent(
    target: str = "/v1/?action=x", *, server: str = HERE, method: str = "GET", body: bytes = b"", **headers: str
) -> Sent:
    """A right request as it is on the wire; in names of headers, _ stands for -."""
    length = {"Content-Length": str(len(body))} if body else {}
    host = HERE if server == HERE else "localhost:1"
    named = {"Host": host, **length, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Sent(server, method, target, tuple(named.items()), body)


def of(method: str, after_s: float = 0.0, /, *, params: dict[str, str] | None = None, **fields: Any) -> Event:
    """A right call of another method, `after_s` seconds after the start."""
    action = f"collection.{method}"
    own = {"action": action, "apiKey": KEY, "signature": "***", **(params or {})}
    known = {"name": "#1", "signature": "right", "code": 20, "params": own}
    return _event("call", after_s, {**known, "method": "POST" if method == "create" else "GET", **fields})
