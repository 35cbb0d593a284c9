"""How late and how often: a client goes on in time, asks for nothing again that it has, and gives up in the end."""

from itertools import pairwise

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import LONGEST_PAUSE_S
from flipsnack_contract.scenarios.scenario_run import TROUBLES, ScenarioRun
from flipsnack_contract.scenarios.traffic import FINAL_CODES, grouped

AT_ONCE_S = 10.0
"""In seconds, the longest pause of a client that waits for nothing."""

LONG_PAUSES_S = {22: 90.0, 32: 90.0}
"""The longest pause after a call that was not carried out, by its code: the minute of the limit, and half of one."""

MOST_IN_A_MINUTE = 50
"""Of so many calls a client may wait for its own limit."""

BETWEEN_STATISTICS_S = 20.0
"""For how long the caller of statistics does something else, in seconds, where none is asked for twice."""

RUNNING = ("PROCESSING", "processing")


@check("client.promptness", needs={"virtual_sleep"})
def a_client_goes_on_in_time(run: ScenarioRun) -> None:
    """No pause is longer than what the client waits for explains; before the first call there is none."""
    # An unknown key has no account, and so no virtual time.
    if run.scenario.who == "unknown-key" or not run.requests or run.outcome is CaseOutcome.STOPPED:
        return
    start = run.report.started_ms * 1000
    _expect_soon(run, start, run.requests[0].start, AT_ONCE_S, f"the pause before {run.requests[0].name}")
    for before, after in pairwise(run.requests):
        longest = longest_pause_s(run, before)
        _expect_soon(run, before.end, after.start, longest, f"the pause between {before.name} and {after.name}")
    last = run.requests[-1]
    since = max(last.end, (run.report.cancelled_at_ms or 0) * 1000)
    longest = longest_pause_s(run, last) if run.error in TROUBLES else AT_ONCE_S
    # Until its deadline a client may sleep; the fake does not see who requests a link that leads elsewhere.
    unseen = run.scenario.op == "download" and run.faults & {"link", "answer", "redirect"}
    if run.error != "deadline" and not unseen:
        _expect_soon(run, since, run.report.ended_ms * 1000, longest, f"the pause between {last.name} and the end")


def longest_pause_s(run: ScenarioRun, before: Event) -> float:
    """The longest pause, in seconds, that a client may make after a request."""
    earlier = [call for call in run.calls if before.start - MINUTE < call.start <= before.start]
    if len(earlier) >= MOST_IN_A_MINUTE:
        return LONG_PAUSES_S[32]
    waits = before.fault or before.state in RUNNING or before.code != 20 or (before.http_status or 0) >= 400
    if before.kind == "download":
        waits = before.fault or before.http_status not in (200, 206)
    return LONG_PAUSES_S.get(before.code or 0, LONGEST_PAUSE_S if waits else AT_ONCE_S)


def _expect_soon(run: ScenarioRun, since: int, until: int, longest_s: float, what: str) -> None:
    """Raise `Violation` for too long a pause; while the machine was suspended the client could not go on."""
    start = run.report.started_ms * 1000
    asleep = sum(one.for_s for one in run.scenario.suspensions if start + one.after_s * SECOND < until)
    asleep += BETWEEN_STATISTICS_S if run.scenario.op == "statistics" else 0
    seconds = (until - since) / SECOND
    if seconds > longest_s + asleep + 1:
        raise Violation(what, f"at most {longest_s:g} s", f"{seconds:.3f} s")


@check("client.repeated-call")
def a_package_is_fetched_once(run: ScenarioRun) -> None:
    """A package that was served completely, or up to its end, is not downloaded again."""
    served = [call for call in run.downloads if call.method == "GET" and not call.fault]
    served = [call for call in served if call.http_status in (200, 206)]
    # What followed a part of another package had to be fetched from the beginning.
    spoilt = run.faults & {"package", "another package"}
    ends = [call for call in served if call.http_status == 200 or (call.range.endswith("-") and not spoilt)]
    whole = [call.name for call in served[served.index(ends[0]) :]] if ends else []
    expect(True, len(whole) <= 1, f"one complete download at most; there were {', '.join(whole)}")
    for same in grouped((call for call in served if call.http_status == 206), lambda call: call.range):
        expect(1, len(same), f"how often the part {same[0].range} of a package was fetched")


@check("client.repeated-call")
def a_settled_question_is_not_asked_again(run: ScenarioRun) -> None:
    """A call that was answered with code 20, and with the end of what it is about, is not made again.

    After COMPLETE there are rules of their own until the package came.
    """
    # A list that changes meanwhile may be asked for again, and statistics have a rule of their own.
    changes = run.scenario.op == "list" and run.scenario.eventful
    if run.scenario.op == "statistics" or changes:
        return
    for same in grouped(run.calls, lambda call: call.sameness):
        for before, after in pairwise(same):
            if _is_settled(run, before, after):
                raise Violation(f"what follows {before}", "no such call again", str(after))


def _is_settled(run: ScenarioRun, before: Event, after: Event) -> bool:
    if before.code != 20 or before.spoilt or before.state in ("FAILED", "failed"):
        return False
    if run.scenario.op in ("call", "poll"):
        return True
    if before.state == "COMPLETE":
        first, last = (run.requests.index(call) for call in (before, after))
        between = [one for one in run.requests[first:last] if one.kind == "download"]
        return bool(between) and between[-1].http_status in (200, 206) and not between[-1].fault
    return before.state not in RUNNING


@check("client.final-error")
def a_refused_call_is_not_made_later_either(run: ScenarioRun) -> None:
    """A call that was refused for what it says is not repeated, whatever comes between."""
    for same in grouped(run.calls, lambda call: call.sameness):
        for before, after in pairwise(same):
            if before.code in FINAL_CODES and not before.spoilt:
                raise Violation(f"what follows code {before.code} ({before.name})", "no such call again", str(after))


@check("client.gives-up", needs={"virtual_sleep"})
def what_lasts_is_given_up(run: ScenarioRun) -> None:
    """Without a deadline, what is refused, disturbed or spoilt for ever ends with an error."""
    endless = [fault for fault in run.scenario.faults if fault.count is None]
    if run.case.options.deadline_ms is not None or not endless or not run.requests:
        return
    if run.error == "deadline":
        raise Violation("the end, without a deadline, of what does not pass", "the error that it met", "deadline")
    lasts = any(fault.means or fault.affects in ("lasting", "link") for fault in endless)
    if run.outcome is CaseOutcome.STOPPED or (lasts and run.outcome is CaseOutcome.OK):
        raise Violation("the end, without a deadline, of what is refused for ever", "an error", run.reported)
