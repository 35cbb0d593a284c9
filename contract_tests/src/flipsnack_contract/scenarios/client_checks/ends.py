"""How a client ends: as the job and the faults of the scenario demand, in time, and at once when it is cancelled."""

from itertools import takewhile

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.client_checks.uploads import REFUSALS
from flipsnack_contract.scenarios.event import CREATE, SHOW, Event
from flipsnack_contract.scenarios.scenario import COMFORT_S, LONGEST_PAUSE_S, Scenario, expected_outcomes, undisturbed
from flipsnack_contract.scenarios.scenario_run import CLASSES, FINAL, HELPLESS, TROUBLES, ScenarioRun
from flipsnack_contract.scenarios.traffic import NOTHING_DONE

WAITING_S = 300.0
SLACK_MS = 1000
SURVIVED, BUSY = 3, (429, 502, 503, 504)
"""How often in a row a client that retries meets the same trouble at least; and HTTP statuses that are one."""
LIMITED_S = 60.0
"""For how long a limit of calls a minute may hold up one of them, in seconds."""


def _expect_end(expected: str, run: ScenarioRun, what: str) -> None:
    # A program without the protocol reports no class, so any error will do.
    found = run.error or str(run.outcome)
    if run.outcome is CaseOutcome.UNSUPPORTED or (found == "error" and expected != "ok"):
        return
    if expected != found:
        raise Violation(what, expected, ": ".join(filter(None, (found, run.report.why))))


def _judge_end(run: ScenarioRun, *ends: str) -> None:
    expected = undisturbed(run.scenario)
    # Wrong calls and misread formats have rules of their own.
    other = run.has_wrong_calls or run.misread_format
    if expected in ends and not other:
        _expect_end(expected, run, "the end of an undisturbed job" if expected == "ok" else "the end")


@check("client.success")
def an_undisturbed_job_succeeds(run: ScenarioRun) -> None:
    """A package that is built in time is downloaded, and one poll succeeds."""
    _judge_end(run, "ok")


@check("client.failed-job")
def a_failed_job_is_an_error(run: ScenarioRun) -> None:
    """FAILED is reported as the failure of the job."""
    _judge_end(run, "job_failed")


@check("client.refusal")
def a_refusal_is_reported_as_what_it_is(run: ScenarioRun) -> None:
    """Each code that refuses a call is an error of its class, and the report gives the code.

    A wrong key or signature is an error of class auth, a collection that is not ours one of class forbidden.
    """
    # A refused upload has a rule of its own.
    _judge_end(run, *(WHOSE if run.scenario.main_action == CREATE else REFUSING))
    if run.last is None or run.last.spoilt or _is_refused_upload(run):
        return
    if run.error and CLASSES.get(run.last.code or 0) == run.error:
        expect(run.last.code, run.code, "the code in the client's error")


def _is_refused_upload(run: ScenarioRun) -> bool:
    return run.last is not None and run.last.action == CREATE and run.last.code in REFUSALS


WHOSE = frozenset({"auth", "forbidden", "processing"})
"""Classes of refusals that say whose credentials or collection are wrong, or that it is too early."""

REFUSING = frozenset(FINAL.values())


@check("client.failed-job")
def failed_is_reported_whatever_came_before(run: ScenarioRun) -> None:
    """When the last answer was FAILED, the client reports job_failed."""
    if run.expected_error == "job_failed":
        _expect_last_error(run)


@check("client.refusal")
def a_refusal_is_reported_whatever_came_before(run: ScenarioRun) -> None:
    """When the last answer was a final refusal, the client reports that refusal."""
    if run.expected_error not in (None, "job_failed", "conversion_failed") and not _is_refused_upload(run):
        _expect_last_error(run)


@check("client.refusal")
def what_was_given_up_is_reported_as_what_it_is(run: ScenarioRun) -> None:
    """When the last answer was 22, 31 or 32, the client reports that code, unless its time was over."""
    last = run.requests[-1] if run.requests else None
    if last is None or last.spoilt or last.code not in NOTHING_DONE or run.has_wrong_calls:
        return
    if run.error not in (None, "cancelled", "deadline"):
        expect((CLASSES[last.code], last.code), (run.error, run.code), f"the error and its code, after {last}")


def _expect_last_error(run: ScenarioRun) -> None:
    deadline = run.case.options.deadline_ms
    is_over = deadline is not None and run.report.elapsed_ms >= deadline
    allowed = (None, run.expected_error, "cancelled", *(("deadline",) if is_over else ()))
    if run.error not in allowed and not run.misread_format:
        raise Violation(f"the end after {run.last}", str(run.expected_error), str(run.error))
    is_main = run.last is not None and run.last.action in (run.scenario.main_action, SHOW)
    if run.outcome is CaseOutcome.OK and is_main:
        raise Violation(f"the end after {run.last}", str(run.expected_error), "ok")


@check("client.deadline", needs={"deadline"})
def a_deadline_that_is_over_is_reported(run: ScenarioRun) -> None:
    """A job that does not end in time is an error of class deadline."""
    _judge_end(run, "deadline")


@check("client.deadline", needs={"deadline", "retries"})
def what_lacks_time_is_no_trouble(run: ScenarioRun) -> None:
    """A client that tries again gives a call up before its fourth attempt only for lack of time, and says so.

    Where its time is over it says so, too.
    """
    last = run.requests[-1] if run.requests else None
    if run.scenario.deadline_s is None or run.error not in TROUBLES or last is None or last.kind != "call":
        return
    if run.report.elapsed_ms >= round(run.scenario.deadline_s * 1000):
        raise Violation(f"the end after {last}, when the time is over", "deadline", run.reported)
    attempts = len(list(takewhile(lambda call: _is_trouble(run, call, last), reversed(run.calls))))
    if 0 < attempts <= SURVIVED:
        raise Violation(f"the end after {last}, attempt {attempts}", "deadline", run.reported)


def _is_trouble(run: ScenarioRun, call: Event, last: Event) -> bool:
    """Whether a call asked for the same as the last one, and met what a client that retries survives."""
    fault = run.fault_of(call)
    disturbed = fault is not None and fault.affects in ("passing", "lasting") and fault.fault.get("status", 503) in BUSY
    return call.sameness == last.sameness and (call.code in NOTHING_DONE or disturbed)


@check("client.jsonp", needs={"jsonp"})
def jsonp_is_understood(run: ScenarioRun) -> None:
    """A right answer in JSONP is understood."""
    _expect_understood("jsonp", run)


@check("client.xml", needs={"xml"})
def xml_is_understood(run: ScenarioRun) -> None:
    """A right answer in XML is understood."""
    _expect_understood("xml", run)


def _expect_understood(form: str, run: ScenarioRun) -> None:
    if run.scenario.format == form and run.misread and not run.has_wrong_calls:
        raise Violation(f"what the client reads in {form}", "the state of the job", run.reported)


@check("client.retry", needs={"retries"})
def what_passes_is_survived(run: ScenarioRun) -> None:
    """After faults that pass, the client ends as without them, when there is time enough."""
    scenario = run.scenario
    # A resource URL that expires during a download has a rule of its own, as has what failed.
    failed = run.last is not None and (run.last.state or "").upper() == "FAILED"
    if not _passes(scenario) or _dies_halfway(run) or run.has_wrong_calls or failed:
        return
    expected, *others = expected_outcomes(scenario)
    times = sum(fault.count or 1 for fault in scenario.faults)
    pauses = (times + len(run.calls)) * LONGEST_PAUSE_S / 10
    limited = len(run.calls) * LIMITED_S if scenario.settings else 0
    needed = WAITING_S + pauses + COMFORT_S + scenario.suspended_s + limited
    in_time = scenario.deadline_s is None or scenario.deadline_s >= needed
    if in_time and not others and expected in ("ok", "job_failed", "conversion_failed", "deadline"):
        _expect_end(expected, run, "the end, after faults that passed")


def _passes(scenario: Scenario) -> bool:
    """Whether something disturbs a scenario, and all of it passes: faults, a limit, a minute of maintenance."""
    events = [event for event in scenario.timeline if event.what != "suspend"]
    troubles = (
        [fault.affects == "passing" for fault in scenario.faults]
        + [name == "requests_per_minute" for name in scenario.settings]
        + [event.what.startswith("maintenance") and event.after_s < COMFORT_S for event in events]
    )
    return bool(troubles) and all(troubles) and scenario.cancel_after_s is None


@check("client.fresh-url", needs={"refresh"})
def a_dead_link_is_replaced(run: ScenarioRun) -> None:
    """When a resource URL is dead, the client asks for a new one and gets the package, whatever passes meanwhile."""
    scenario = run.scenario
    # A client without retries may end at a limit before it gets the link.
    if "requests_per_minute" in scenario.settings and "retries" not in run.capabilities:
        return
    halfway = _dies_halfway(run) and "retries" in run.capabilities
    passing = {"link", "passing"} if halfway else {"link"}
    once = [fault for fault in scenario.faults if fault.count == 1 and fault.affects in passing]
    alone = once and len(once) == len(scenario.faults) and not (scenario.eventful or run.has_wrong_calls)
    downloads = scenario.op == "download" and scenario.cancel_after_s is None
    # A client that gives up before its link is refused may break its promise to try again.
    downloads = downloads and (not halfway or any(call.http_status == 403 for call in run.downloads))
    if alone and downloads and expected_outcomes(scenario) == {"ok"}:
        _expect_end("ok", run, "the end, after one dead link")


def _dies_halfway(run: ScenarioRun) -> bool:
    """Whether a download is cut off, and the resource URL expires before it can go on."""
    scenario = run.scenario
    cut = any(fault.when.get("action") == "package" for fault in scenario.faults)
    at_once = set(scenario.settings) == {"url_lifetime"} and scenario.settings["url_lifetime"] < 1
    return cut and (at_once or bool(scenario.suspensions and not scenario.settings))


@check("client.malformed-answer")
def what_is_no_answer_is_an_error(run: ScenarioRun) -> None:
    """After answers that make no sense the client reports an error: neither success nor a failed job."""
    form = run.scenario.format
    if any(call.params.get("format", form) != form for call in run.calls):
        return  # a format that was not asked for has a rule of its own
    if run.canary_requests:
        raise Violation("the URL in an answer that makes no sense", "no request", f"{run.canary_requests[0]}")
    spoilt = [call for call in run.calls if run.effect_on(call) == "answer"]
    if not spoilt:
        return
    # A page of a list says nothing of the next one.
    from_then = run.calls.index(spoilt[-1]) if run.scenario.op == "list" else 0
    same = (call for call in run.calls[from_then:] if call.action == spoilt[0].action)
    answered = (call for call in same if not call.fault and call.code == 20)
    if any((call.state or "").upper() != "PROCESSING" for call in answered):
        return
    if run.outcome is CaseOutcome.OK:
        raise Violation("the end, when no answer made sense", "an error", "ok")
    if run.error == "deadline" and (run.scenario.deadline_s or 0) >= WAITING_S:
        raise Violation("the end, when no answer made sense", "an error at once", "deadline")
    if run.error is not None and run.error not in (*HELPLESS, "cancelled"):
        raise Violation("the end, when no answer made sense", f"an error of class {' or '.join(HELPLESS)}", run.error)


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
    # A cancel ends a sleep, so what comes at its instant comes after it; but for one at the start.
    earliest = cancelled_at_ms * 1000 + (cancelled_at_ms == run.report.started_ms)
    later = [call.name for call in run.requests if call.start >= earliest]
    expect([], later, "calls after the cancel")
    expect("cancelled", run.error or str(run.outcome), "the end after a cancel")


@check("client.adapter")
def every_case_is_played(run: ScenarioRun) -> None:
    """No case ends by a fault of the adapter: a crash, a hang, a line that is not a message."""
    if run.outcome is CaseOutcome.FAULT:
        raise Violation("a case", "a result", f"{run.report.fault}: {run.report.why}")


@check("client.unsupported")
def only_what_it_cannot_is_declined(run: ScenarioRun) -> None:
    """A client does not decline a case for which it declares all capabilities."""
    if run.outcome is CaseOutcome.UNSUPPORTED:
        needed = ", ".join(sorted(run.case.needs))
        raise Violation(f"a case that needs {needed}, which it declares", "a result", f"unsupported: {run.report.why}")
