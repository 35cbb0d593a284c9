"""Compare the client's report with the server's log."""

from collections.abc import Callable, Mapping

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.scenarios.scenario_run import FINAL, ScenarioRun

CLASSES = {**FINAL, 22: "maintenance", 31: "rate_limited", 32: "rate_limited"}
"""The class of error that a client reports for a code."""
# A client may end so long before its deadline, because its next pause did not fit.
TOO_LONG_A_PAUSE_MS = 90_000


@check("client.agreement")
def success_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """A client that reports ok received COMPLETE and the package; one poll reports the last state."""
    if run.outcome is not CaseOutcome.OK:
        return
    if run.scenario.op == "poll":
        _same_state(run)
        return
    if not any(call.state == "COMPLETE" for call in run.calls):
        raise Violation("a client that reports ok", "to have received COMPLETE", _last(run))
    if not any(call.http_status in (200, 206) for call in run.downloads):
        raise Violation("a client that reports ok", "a successful download", "none")


@check("client.agreement")
def an_error_was_seen_by_the_server_too(run: ScenarioRun) -> None:
    """Every error that the client reports has a cause in the server's log: a code, a state, a fault, time, a cancel.

    What a client reports after FAILED and after a final refusal has rules of its own.
    """
    if run.error is None or run.expected_error or run.misread_format:
        return
    if not CAUSES[run.error](run):
        raise Violation(f"a client that reports {run.error}", "a cause in the server's log", _last(run))


def _same_state(run: ScenarioRun) -> None:
    result = run.report.result
    last = next((call.state for call in reversed(run.calls) if call.state), None)
    said = result.value.get("status") if result else None
    if said != last:
        raise Violation("the status in the result", str(last), str(said))


def _code_of(kind: str) -> Callable[[ScenarioRun], bool]:
    def seen(run: ScenarioRun) -> bool:
        # The last call may have had no answer, so the cause is the last code.
        codes = [call.code for call in run.calls if call.code is not None]
        return bool(codes) and CLASSES.get(codes[-1]) == kind and run.code in (None, codes[-1])

    return seen


def _failed(run: ScenarioRun) -> bool:
    return any(call.state == "FAILED" for call in run.calls)


def _late(run: ScenarioRun) -> bool:
    deadline = run.case.options.deadline_ms
    return deadline is not None and run.report.elapsed_ms >= deadline - TOO_LONG_A_PAUSE_MS


def _affected(*ways: str) -> Callable[[ScenarioRun], bool]:
    return lambda run: bool(run.faults & set(ways)) or _refused_link(run)


def _refused_link(run: ScenarioRun) -> bool:
    return any((call.http_status or 0) >= 400 for call in run.downloads)


def _cancelled(run: ScenarioRun) -> bool:
    return run.report.cancelled_at_ms is not None


CAUSES: Mapping[str, Callable[[ScenarioRun], bool]] = {
    **{kind: _code_of(kind) for kind in CLASSES.values()},
    "job_failed": _failed,
    "deadline": _late,
    "transport": _affected("passing", "lasting", "answer", "package", "link"),
    "protocol": _affected("passing", "lasting", "answer"),
    "damaged": _affected("package", "passing"),
    "cancelled": _cancelled,
}
"""For each class of error: whether its cause is in the server's log."""


def _last(run: ScenarioRun) -> str:
    return f"as the last call {run.last}" if run.last else "no call at all"
