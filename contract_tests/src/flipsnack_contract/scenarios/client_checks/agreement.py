"""Two witnesses and their quarrel: what the client says must be what the server saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

CODES: Mapping[str, tuple[int, ...]] = {
    "auth": (41, 44),
    "forbidden": (43,),
    "bad_request": (30, 40, 42),
    "rate_limited": (31, 32),
    "maintenance": (22,),
}
# The longest pause that somebody may have refused to begin because it did not fit.
TOO_LONG_A_PAUSE_MS = 90_000


@check("client.agreement")
def success_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """A client that says ok has received COMPLETE and has been served the package; one poll tells the last state."""
    if run.outcome is not CaseOutcome.OK:
        return
    if run.scenario.op == "poll":
        _same_state(run)
        return
    if not any(call.status == "COMPLETE" for call in run.calls):
        raise Violation("a client that says ok", "to have received COMPLETE", _last(run))
    if not any(call.http_status in (200, 206) for call in run.downloads):
        raise Violation("a client that says ok", "to have been served the package", "no download that succeeded")


@check("client.agreement")
def an_error_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """For each class of error the server knows of a reason: the code, the state, a fault, the time, or a cancel.

    What a client makes of FAILED and of a final refusal has duties of its own.
    """
    if run.error is None or run.expected_error or run.misread_format:
        return
    if not GROUNDS[run.error](run):
        raise Violation(f"a client that says {run.error}", "a reason that the server saw", _last(run))


def _same_state(run: ScenarioRun) -> None:
    result = run.report.result
    last = next((call.status for call in reversed(run.calls) if call.status), None)
    said = result.value.get("status") if result else None
    if said != last:
        raise Violation("the status in the result", str(last), str(said))


def _code_of(kind: str) -> Callable[[ScenarioRun], bool]:
    def seen(run: ScenarioRun) -> bool:
        # The last call may have come to nothing: the reason is the last clear answer.
        codes = [call.code for call in run.calls if call.code is not None]
        return bool(codes) and codes[-1] in CODES[kind] and run.code in (None, codes[-1])

    return seen


def _failed(run: ScenarioRun) -> bool:
    return any(call.status == "FAILED" for call in run.calls)


def _late(run: ScenarioRun) -> bool:
    deadline = run.case.options.deadline_ms
    return deadline is not None and run.report.elapsed_ms >= deadline - TOO_LONG_A_PAUSE_MS


def _hurt(*ways: str) -> Callable[[ScenarioRun], bool]:
    return lambda run: bool(run.faults & set(ways)) or _refused_link(run)


def _refused_link(run: ScenarioRun) -> bool:
    return any((call.http_status or 0) >= 400 for call in run.downloads)


def _cancelled(run: ScenarioRun) -> bool:
    return run.report.cancelled_at_ms is not None


GROUNDS: Mapping[str, Callable[[ScenarioRun], bool]] = {
    **{kind: _code_of(kind) for kind in CODES},
    "job_failed": _failed,
    "deadline": _late,
    "transport": _hurt("passing", "lasting", "answer", "package", "link"),
    "protocol": _hurt("passing", "lasting", "answer"),
    "damaged": _hurt("package", "passing"),
    "cancelled": _cancelled,
}
"""For each class of error: whether the server saw a reason for it."""


def _last(run: ScenarioRun) -> str:
    return f"as the last call {run.last}" if run.last else "no call at all"
