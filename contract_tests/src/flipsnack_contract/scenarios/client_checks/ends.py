"""How it ends: as the server meant it, whatever happened on the way."""

from __future__ import annotations

from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.scenarios.expected_outcome import COMFORT_S, LONGEST_PAUSE_S, prospects, undisturbed
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import Performance

WAITING_S = 300.0
# What a client may say of an answer or a package that is none.
HELPLESS = ("protocol", "transport", "damaged", "deadline")


def _expect_end(expected: str, performance: Performance, what: str) -> None:
    """Compare how it ended; a program names no class, so any error is as good as another."""
    found = performance.error or str(performance.outcome)
    if performance.outcome is Outcome.UNSUPPORTED or (found == "error" and expected != "ok"):
        return
    if expected != found:
        raise Violation(what, expected, ": ".join(filter(None, (found, performance.report.why))))


def _judge_end(performance: Performance, *ends: str) -> None:
    expected = undisturbed(performance.scenario)
    # Wrong calls, and formats that are not understood, have duties of their own.
    other = performance.misasked or performance.foreign
    if expected in ends and not other:
        _expect_end(expected, performance, "the end of an undisturbed job" if expected == "ok" else "the end")


@check("client.success")
def an_undisturbed_job_succeeds(performance: Performance) -> None:
    """A package that is built in time is downloaded, and one poll is one poll."""
    _judge_end(performance, "ok")


@check("client.failed-job")
def a_failed_job_is_an_error(performance: Performance) -> None:
    """FAILED is reported as the failure of the job."""
    _judge_end(performance, "job_failed")


@check("client.refusal")
def a_refusal_is_reported_as_what_it_is(performance: Performance) -> None:
    """A wrong key or signature is an error of class auth, a collection that is not ours one of class forbidden."""
    _judge_end(performance, "auth", "forbidden")
    if performance.error in ("auth", "forbidden") and performance.last is not None and performance.code is not None:
        expect(performance.last.code, performance.code, "the code in the client's error")


@check("client.failed-job")
def failed_is_reported_whatever_came_before(performance: Performance) -> None:
    """When the last answer was FAILED, the client says that the job has failed."""
    if performance.told == "job_failed":
        _expect_told(performance)


@check("client.refusal")
def a_refusal_is_reported_whatever_came_before(performance: Performance) -> None:
    """When the last answer was a refusal that is final, the client says that."""
    if performance.told not in (None, "job_failed"):
        _expect_told(performance)


def _expect_told(performance: Performance) -> None:
    if performance.error not in (None, performance.told, "cancelled", "deadline") and not performance.foreign:
        raise Violation(f"the end after {performance.last}", str(performance.told), str(performance.error))


@check("client.deadline", needs={"deadline"})
def a_deadline_that_is_over_is_reported(performance: Performance) -> None:
    """A job that does not end in time is an error of class deadline."""
    _judge_end(performance, "deadline")


@check("client.jsonp", needs={"jsonp"})
def jsonp_is_understood(performance: Performance) -> None:
    """No sound answer in JSONP is taken for one that makes no sense."""
    _expect_understood("jsonp", performance)


@check("client.xml", needs={"xml"})
def xml_is_understood(performance: Performance) -> None:
    """No sound answer in XML is taken for one that makes no sense."""
    _expect_understood("xml", performance)


def _expect_understood(form: str, performance: Performance) -> None:
    if performance.scenario.format == form and performance.misread and not performance.misasked:
        raise Violation(f"what the client makes of {form}", "the state of the job", performance.word)


@check("client.retry", needs={"retries"})
def what_passes_is_survived(performance: Performance) -> None:
    """After faults that pass, the end is the one without them, when there is time enough."""
    scenario = performance.scenario
    passing = scenario.faults and all(fault.hurts == "passing" for fault in scenario.faults)
    if not passing or scenario.eventful or scenario.settings or scenario.cancel_after_s is not None:
        return
    # A resource URL that dies on the way has a duty of its own.
    if _dies_halfway(scenario):
        return
    if scenario.deadline_s is None or scenario.deadline_s >= _time_for(performance):
        expected = prospects(scenario)
        if len(expected) == 1 and expected <= {"ok", "job_failed"} and not performance.misasked:
            _expect_end(next(iter(expected)), performance, "the end, once the trouble had passed")


def _time_for(performance: Performance) -> float:
    times = sum(fault.count or 1 for fault in performance.scenario.faults)
    pauses = (times + len(performance.asked)) * LONGEST_PAUSE_S / 10
    return WAITING_S + pauses + COMFORT_S + performance.scenario.suspended_s


@check("client.fresh-url", needs={"refresh"})
def a_dead_link_is_replaced(performance: Performance) -> None:
    """When one resource URL is dead, a new one is asked for and the package is downloaded."""
    scenario = performance.scenario
    # Who never tries again may end at a limit before it comes to the link.
    if "requests_per_minute" in scenario.settings and "retries" not in performance.capabilities:
        return
    halfway = _dies_halfway(scenario) and "retries" in performance.capabilities
    once = [fault for fault in scenario.faults if fault.count == 1 and (fault.hurts == "link" or halfway)]
    alone = len(once) == len(scenario.faults) == 1 and not (scenario.eventful or performance.misasked)
    if alone and scenario.cancel_after_s is None and prospects(scenario) == {"ok"} and scenario.op == "download":
        _expect_end("ok", performance, "the end, after one dead link")


def _dies_halfway(scenario: Scenario) -> bool:
    """Whether a download is cut off, and the resource URL dies before it can go on."""
    cut = any(fault.when.get("action") == "package" for fault in scenario.faults)
    at_once = set(scenario.settings) == {"url_lifetime"} and scenario.settings["url_lifetime"] < 1
    return cut and (at_once or bool(scenario.suspensions and not scenario.settings))


@check("client.malformed-answer")
def what_is_no_answer_is_an_error(performance: Performance) -> None:
    """An answer that makes no sense is neither success nor a failed job, but an error that says so."""
    if performance.lured:
        raise Violation("what an answer without sense points at", "not to be fetched", f"{performance.lured[0]}")
    spoilt = [call for call in performance.asked if performance.hurt_by(call) == "answer"]
    sound = [call for call in performance.asked if not call.fault and call.code == 20 and call.status != "PROCESSING"]
    if "answer" not in performance.faults or not spoilt or sound:
        return
    if performance.outcome is Outcome.OK:
        raise Violation("the end, when no answer made sense", "an error", "ok")
    if performance.error == "deadline" and (performance.scenario.deadline_s or 0) >= WAITING_S:
        raise Violation("the end, when no answer made sense", "an error at once", "to wait for the deadline")
    if performance.error is not None and performance.error not in (*HELPLESS, "cancelled"):
        raise Violation(
            "the end, when no answer made sense", f"an error of class {' or '.join(HELPLESS)}", performance.error
        )


@check("client.adapter")
def every_case_is_played(performance: Performance) -> None:
    """No case ends by a crash, by silence or by a line that is no message."""
    if performance.outcome is Outcome.FAULT:
        raise Violation("a case", "a result", f"{performance.report.fault}: {performance.report.why}")


@check("client.unsupported")
def only_what_it_cannot_is_declined(performance: Performance) -> None:
    """A client declines nothing for which it has the capabilities."""
    if performance.outcome is Outcome.UNSUPPORTED:
        needed = ", ".join(sorted(performance.case.needs))
        raise Violation(
            f"a case for {needed}, all of which it declares", "an attempt", f"unsupported: {performance.report.why}"
        )
