"""When a client ends: in time, at once when it is cancelled, and with one download."""

from __future__ import annotations

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

SLACK_MS = 1000


@check("client.repeated-call")
def a_package_is_fetched_once(run: ScenarioRun) -> None:
    """A package that was served completely is not downloaded again."""
    whole = [call.id for call in run.downloads if call.http_status == 200 and not call.fault and call.method == "GET"]
    expect(True, len(whole) <= 1, f"one complete download at most; there were {', '.join(whole)}")


@check("client.deadline", needs={"deadline"})
def the_deadline_is_kept(run: ScenarioRun) -> None:
    """The client ends within a second of its deadline; after a suspension beyond the deadline, of its wake-up."""
    deadline = run.case.options.deadline_ms
    if deadline is None:
        return
    if run.outcome == "stopped":
        what = f"the end, with a deadline of {_seconds(deadline)}"
        raise Violation(what, "by itself", run.report.why)
    elapsed = run.report.elapsed_ms
    latest = max(deadline, round(run.scenario.awake_s(elapsed / 1000) * 1000))
    if elapsed > latest + SLACK_MS:
        raise Violation("the end", f"within {_seconds(latest)}", f"after {_seconds(elapsed)}")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + " s"


@check("client.cancel", needs={"cancel"})
def cancelling_ends_it(run: ScenarioRun) -> None:
    """After a cancel the client makes no further call, and reports cancelled."""
    cancelled_at_ms = run.report.cancelled_at_ms
    if cancelled_at_ms is None:
        return
    later = [call.id for call in run.requests if call.now_us > cancelled_at_ms * 1000]
    expect([], later, "calls after the cancel")
    expect("cancelled", run.error or str(run.outcome), "the end after a cancel")
