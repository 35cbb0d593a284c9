"""When a client ends: in time, at once when it is cancelled, and with one download."""

from __future__ import annotations

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

SLACK_MS = 1000


@check("client.repeated-call")
def a_package_is_fetched_once(run: ScenarioRun) -> None:
    """What was served whole and undisturbed is not fetched again."""
    whole = [call.id for call in run.downloads if call.http_status == 200 and not call.fault and call.method == "GET"]
    expect(True, len(whole) <= 1, f"the package is fetched once; whole downloads: {', '.join(whole) or 'none'}")


@check("client.deadline", needs={"deadline"})
def the_deadline_is_kept(run: ScenarioRun) -> None:
    """The client comes to an end before its deadline is over, or a second later at most.

    When its machine was suspended beyond the deadline, it comes to an end within a second after it woke.
    """
    deadline = run.case.options.deadline_ms
    if deadline is None:
        return
    if run.outcome == "stopped":
        what = f"the client, with a deadline of {_seconds(deadline)}"
        raise Violation(what, "to come to an end by itself", run.report.why)
    elapsed = run.report.elapsed_ms
    latest = max(deadline, round(run.scenario.awake_s(elapsed / 1000) * 1000))
    if elapsed > latest + SLACK_MS:
        raise Violation("the end", f"within {_seconds(latest)}", f"after {_seconds(elapsed)}")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + " s"


@check("client.cancel", needs={"cancel"})
def cancelling_ends_it(run: ScenarioRun) -> None:
    """Once it is cancelled a client says so, and makes no further call."""
    cancelled_at_ms = run.report.cancelled_at_ms
    if cancelled_at_ms is None:
        return
    later = [call.id for call in run.requests if call.now_us > cancelled_at_ms * 1000]
    expect([], later, "calls after it was cancelled")
    expect("cancelled", run.error or str(run.outcome), "what the client says when it was cancelled")
