"""When a client calls again, and when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.client_limits import FINAL_CODES, LEAST_INTERVAL, LEAST_PAUSE
from flipsnack_contract.scenarios.scenario_run import Performance
from flipsnack_contract.scenarios.server_log import Call

SLACK_MS = 1000


@check("client.poll-interval")
def polls_are_a_few_seconds_apart(performance: Performance) -> None:
    """After PROCESSING the next call comes no sooner than 1.5 s later, but for a last look before the deadline."""
    for before, after in _told(performance):
        hasty = after.now_us - before.now_us < LEAST_INTERVAL and not _is_last_look(performance, after)
        if before.status == "PROCESSING" and hasty:
            _too_soon(before, after, f"at least {LEAST_INTERVAL / SECOND:g} s after PROCESSING")


def _is_last_look(performance: Performance, call: Call) -> bool:
    deadline = performance.case.options.deadline_ms
    if deadline is None or call is not performance.last:
        return False
    return call.now_us >= (performance.report.started_ms + deadline) * 1000 - LEAST_INTERVAL


@check("client.back-off")
def a_refused_call_waits(performance: Performance) -> None:
    """After 31 the next call comes no sooner than 0.5 s later, after 32 no sooner than 2 s."""
    for before, after in _told(performance):
        least = LEAST_PAUSE.get(before.code or 0, 0)
        if after.now_us - before.now_us < least:
            _too_soon(before, after, f"at least {least / SECOND:g} s after code {before.code}")


def _too_soon(before: Call, after: Call, expected: str) -> None:
    raise Violation(
        f"the pause between {before.id} and {after.id}", expected, f"{after.seconds - before.seconds:.3f} s"
    )


@check("client.final-state")
def a_final_state_ends_the_polling(performance: Performance) -> None:
    """After FAILED nothing is asked; after COMPLETE only when a resource URL was tried and did not serve."""
    for before, after in _told(performance):
        if before.status == "FAILED":
            raise Violation("what comes after FAILED", "nothing", f"{after.id}, another call")
        if before.status == "COMPLETE" and not _tried_between(performance, before, after):
            raise Violation("what comes after COMPLETE", "the download", f"{after.id}, another call")


def _tried_between(performance: Performance, before: Call, after: Call) -> bool:
    # A resource URL that leads elsewhere is tried where nobody here sees it.
    order = [call.id for call in performance.calls]
    first, last = order.index(before.id), order.index(after.id)
    return "link" in performance.faults or any(not call.is_api for call in performance.calls[first:last])


@check("client.final-error")
def a_final_error_is_not_tried_again(performance: Performance) -> None:
    """A call that was refused for what it says is the last one."""
    for before, after in _told(performance):
        if before.code in FINAL_CODES:
            raise Violation(f"what comes after code {before.code}", "nothing", f"{after.id}, another call")


@check("client.expired-url")
def a_dead_link_is_not_tried_again(performance: Performance) -> None:
    """A resource URL that has answered 403 once is not used any more."""
    dead: dict[tuple[str, str], str] = {}
    for call in performance.fetched:
        url = (call.path, call.params.get("Signature", ""))
        if url in dead:
            raise Violation("a resource URL that has expired", "no further try", f"{call.id} after {dead[url]}")
        # An answer that was cut off may be asked for again: many a library does so by itself.
        if call.http_status == 403 and not call.fault:
            dead[url] = call.id


@check("client.repeated-call")
def a_package_is_fetched_once(performance: Performance) -> None:
    """What was served whole and undisturbed is not fetched again."""
    whole = [
        call.id for call in performance.fetched if call.http_status == 200 and not call.fault and call.method == "GET"
    ]
    expect(True, len(whole) <= 1, f"the package is fetched once; whole downloads: {', '.join(whole) or 'none'}")


@check("client.deadline", needs={"deadline"})
def the_deadline_is_kept(performance: Performance) -> None:
    """The client comes to an end before its deadline is over, or a second later at most.

    When its machine was suspended beyond the deadline, it comes to an end within a second after it woke.
    """
    deadline = performance.case.options.deadline_ms
    if deadline is None:
        return
    if performance.outcome == "stopped":
        what = f"the client, with a deadline of {_seconds(deadline)}"
        raise Violation(what, "to come to an end by itself", performance.report.why)
    elapsed = performance.report.elapsed_ms
    latest = max(deadline, round(performance.scenario.awake_s(elapsed / 1000) * 1000))
    if elapsed > latest + SLACK_MS:
        raise Violation("the end", f"within {_seconds(latest)}", f"after {_seconds(elapsed)}")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".") + " s"


@check("client.cancel", needs={"cancel"})
def cancelling_ends_it(performance: Performance) -> None:
    """Once it is cancelled a client says so, and makes no further call."""
    after = performance.scenario.cancel_after_s
    cancelled = [said.at_ms for said in performance.report.log if said.by == "kit" and '"type":"cancel"' in said.text]
    if after is None or not cancelled:
        return
    later = [call.id for call in performance.calls if call.now_us > cancelled[0] * 1000]
    expect([], later, "calls after it was cancelled")
    expect("cancelled", performance.error or str(performance.outcome), "what the client says when it was cancelled")


def _told(performance: Performance) -> Iterator[tuple[Call, Call]]:
    """Calls with the one that follows, where the first was answered clearly: a spoilt answer tells nothing."""
    for before, after in pairwise(performance.asked):
        if not before.fault or before.failed == "fault":
            yield before, after
