"""Two witnesses and their quarrel: what the client says must be what the server saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.scenarios.scenario_run import Performance

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
def success_was_seen_by_the_server_too(performance: Performance) -> None:
    """A client that says ok has been told COMPLETE and has been served the package; one poll tells the last state."""
    if performance.outcome is not Outcome.OK:
        return
    if performance.scenario.op == "poll":
        _same_state(performance)
        return
    if not any(call.status == "COMPLETE" for call in performance.asked):
        raise Violation("a client that says ok", "to have been told COMPLETE", _last(performance))
    if not any(call.http_status in (200, 206) for call in performance.fetched):
        raise Violation("a client that says ok", "to have been served the package", "no download that succeeded")


@check("client.agreement")
def an_error_was_seen_by_the_server_too(performance: Performance) -> None:
    """For each class of error the server knows of a reason: the code, the state, a fault, the time, or a cancel.

    What a client makes of FAILED and of a final refusal has duties of its own.
    """
    if performance.error is None or performance.told or performance.foreign:
        return
    if not GROUNDS[performance.error](performance):
        raise Violation(f"a client that says {performance.error}", "a reason that the server saw", _last(performance))


def _same_state(performance: Performance) -> None:
    result = performance.report.result
    told = next((call.status for call in reversed(performance.asked) if call.status), None)
    said = result.value.get("status") if result else None
    if said != told:
        raise Violation("the status in the result", str(told), str(said))


def _code_of(kind: str) -> Callable[[Performance], bool]:
    def seen(performance: Performance) -> bool:
        # The last call may have come to nothing: the reason is the last clear answer.
        codes = [call.code for call in performance.asked if call.code is not None]
        return bool(codes) and codes[-1] in CODES[kind] and performance.code in (None, codes[-1])

    return seen


def _failed(performance: Performance) -> bool:
    return any(call.status == "FAILED" for call in performance.asked)


def _late(performance: Performance) -> bool:
    deadline = performance.case.options.deadline_ms
    return deadline is not None and performance.report.elapsed_ms >= deadline - TOO_LONG_A_PAUSE_MS


def _hurt(*ways: str) -> Callable[[Performance], bool]:
    return lambda performance: bool(performance.faults & set(ways)) or _refused_link(performance)


def _refused_link(performance: Performance) -> bool:
    return any((call.http_status or 0) >= 400 for call in performance.fetched)


def _cancelled(performance: Performance) -> bool:
    return any(said.by == "kit" and '"type":"cancel"' in said.text for said in performance.report.log)


GROUNDS: Mapping[str, Callable[[Performance], bool]] = {
    **{kind: _code_of(kind) for kind in CODES},
    "job_failed": _failed,
    "deadline": _late,
    "transport": _hurt("passing", "lasting", "answer", "package", "link"),
    "protocol": _hurt("passing", "lasting", "answer"),
    "damaged": _hurt("package", "passing"),
    "cancelled": _cancelled,
}
"""For each class of error: whether the server saw a reason for it."""


def _last(performance: Performance) -> str:
    return f"as the last call {performance.last}" if performance.last else "no call at all"
