"""Each check is kept by runs that are right, and broken by a run that is wrong in one thing."""

import base64
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from contract_tests.tests.scenarios import collection_runs, wire_runs
from contract_tests.tests.scenarios.builders import DOWNLOADED, SECRET, SHA, call, download, scenario_run, sent

from flipsnack_contract.adapter.case import MASK, CaseOutcome
from flipsnack_contract.adapter.messages import FileMade
from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import violation_in
from flipsnack_contract.scenarios.fault_catalogue import DEAD_LINKS, PASSING, SPOILT_PACKAGES, spoilt_answer
from flipsnack_contract.scenarios.scenario import TimelineEvent
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

CHECKS = {one.name.partition("/")[2]: one for one in client_checks()}
OLD = b"old"
HOUR = 3600
SIGNATURE = "26e781d3d1751d82ec284acf4a019def"
SPELLED = (
    quote(SECRET),
    quote_plus(SECRET).lower(),
    quote(quote(SECRET)),
    base64.b64encode(f"client:{SECRET}".encode()).decode(),
    SECRET.encode().hex(),
    SECRET.replace("s", "\\u0073"),
    SECRET.replace("s", "&#115;"),
)
OVERSLEPT = (TimelineEvent(after_s=5, what="suspend", for_s=HOUR),)


def _params(**changes: str) -> dict[str, str]:
    return {**call().params, **changes}


UNKNOWN = spoilt_answer("an unknown code", "json")
DEAD_LINK = (DEAD_LINKS["a dead link once"],)
NO_DATA = (spoilt_answer("no data", "json"),)
UNREAD = call(code=None, fault="fault-0:status")
LIMITED = scenario_run(
    call(state="PROCESSING"),
    call(2, code=32, failed="limits"),
    error="rate_limited",
    code=32,
    settings={"requests_per_minute": 1},
    faults=DEAD_LINK,
)
CAUSE = "expected a cause in the server's log"

KEPT: dict[str, ScenarioRun] = {
    "a package that is built already": scenario_run(*DOWNLOADED),
    "a package that is built meanwhile": scenario_run(
        call(state="PROCESSING"), call(2, state="COMPLETE"), download(2), schedule="after-2s", elapsed_s=2
    ),
    "a failed job": scenario_run(call(state="FAILED"), error="job_failed", schedule="failed"),
    "a wrong secret": scenario_run(
        call(code=44, signature="wrong", failed="signature"), error="auth", code=44, who="wrong-secret"
    ),
    "a deleted collection": scenario_run(call(code=43), error="forbidden", code=43, whose="deleted"),
    "an error that leaves the old file": scenario_run(
        call(code=43), error="forbidden", code=43, whose="deleted", file_before=OLD, old_bytes=3
    ),
    "a deadline": scenario_run(
        call(state="PROCESSING"), error="deadline", schedule="never", deadline_s=60, elapsed_s=60
    ),
    "one poll": scenario_run(call(state="FAILED"), op="poll", schedule="failed"),
    "a last poll shortly before the deadline": scenario_run(
        call(state="PROCESSING"),
        call(2, state="PROCESSING"),
        call(2.75, state="PROCESSING"),
        error="deadline",
        schedule="never",
        deadline_s=3,
        elapsed_s=2.75,
    ),
    "a cancel": scenario_run(
        call(state="PROCESSING"), error="cancelled", cancelled_s=1, cancel_after_s=1, schedule="never"
    ),
    "a pause after code 31": scenario_run(
        call(code=31, fault="fault-0:code", failed="fault"),
        call(2, state="COMPLETE"),
        download(2),
        faults=(PASSING["31 once"],),
    ),
    "a dead link that is replaced": scenario_run(
        call(state="COMPLETE", fault="fault-0:url-lifetime"),
        download(http_status=403),
        call(state="COMPLETE"),
        download(url="/packages/x?***2"),
        faults=DEAD_LINK,
    ),
    # It has promised to ask for another link, and not to wait for a limit.
    "a client without retries at a limit": replace(LIMITED, capabilities=frozenset({"refresh", "json"})),
    "an answer that makes no sense": scenario_run(UNREAD, error="protocol", faults=NO_DATA),
    "a program without classes": scenario_run(outcome=CaseOutcome.ERROR, why="exit code 1", schedule="failed"),
    "a package cut off at every try": scenario_run(
        download(http_status=403, fault="fault-0:truncate"),
        download(http_status=403, name="#3"),
        error="transport",
        faults=(SPOILT_PACKAGES["packages cut off"],),
    ),
    "a deadline slept over": scenario_run(
        call(state="PROCESSING"), error="deadline", schedule="never", timeline=OVERSLEPT, elapsed_s=HOUR + 5
    ),
    "a package built while suspended": scenario_run(
        call(state="PROCESSING"),
        call(HOUR + 5, state="COMPLETE"),
        download(HOUR + 5),
        schedule="after-60s",
        timeline=OVERSLEPT,
        elapsed_s=HOUR + 5,
    ),
}

BROKEN: dict[str, list[tuple[ScenarioRun, str]]] = {
    "every-call-is-signed-right": [(scenario_run(call(signature="wrong")), "the signature of #1")],
    "every-call-says-what-was-asked-for": [
        (scenario_run(call(params=_params(action="user.getStats"))), "action of #1"),
        (scenario_run(call(failed="required", detail="no action")), "required: no action"),
        (scenario_run(call(), format="xml"), "format of #1"),
        (scenario_run(call(params=_params(format="jsonp")), format="jsonp"), "#1 has a callback"),
    ],
    "reads-are-gets": [(scenario_run(call(method="POST")), "expected 'GET', got 'POST'")],
    "xml-is-asked-for-only-when-told": [(scenario_run(call(params=_params(format="xml"))), "the format of #1")],
    "the-secret-is-never-sent": [
        (scenario_run(call(leaks=("secret",))), "#1: secret"),
        *((scenario_run(sent=(sent(X_Trace=spelled),)), "no secret, got the secret") for spelled in SPELLED),
        (scenario_run(sent=(sent(method="POST", body=f"a={SECRET}".encode()),)), "as it is"),
    ],
    "downloads-carry-no-credentials": [
        (scenario_run(download(params={"apiKey": "client"})), "what the link has, got apiKey"),
        (scenario_run(call(headers={"referer": "http://x/v1/?a=b&signature=c"})), "the Referer of #1"),
        (scenario_run(download(headers={"referer": "http://x/y.zip?Signature=c"})), "the Referer of #2"),
        (scenario_run(download(headers={"authorization": "Basic YTpi"})), "what the link has, got authorization"),
    ],
    "nothing-secret-is-printed": [
        (scenario_run(printed=f"using {SECRET}"), "the secret"),
        *((scenario_run(printed=f"using {spelled}"), "the secret, ") for spelled in SPELLED),
        (scenario_run(call(code=43), error="transport", left=(SECRET.encode().hex(),)), "in hexadecimal"),
        (scenario_run(sent=(sent(f"/v1/?signature={SIGNATURE}"),), printed=SIGNATURE.upper()), "the signature of GET"),
        (scenario_run(said=(f'{{"message":"{MASK}"}}',)), "the secret"),
        (scenario_run(printed=f"using ...{SECRET[len(SECRET) // 4 :]}"), "most of the secret"),
        (scenario_run(printed="GET /?action=x&signature=26e781d3d1751d82ec284acf4a019def"), "a signature"),
        (
            scenario_run(said=('{"message":"http://x/y.zip?Expires=1&Signature=abcdefgh&Key-Pair-Id=K"}',)),
            "a signed resource URL",
        ),
    ],
    "both-limits-are-kept": [
        (scenario_run(*(call(number / 6) for number in range(6))), "at most 5 in 1 s, got 6 in 0.833 s"),
        (scenario_run(*(call(number * 0.98) for number in range(61))), "at most 60 in 60 s, got 61 in 58.800 s"),
    ],
    "polls-are-a-few-seconds-apart": [
        (scenario_run(call(state="PROCESSING"), call(1.4, state="COMPLETE")), "got 1.400 s"),
        (
            scenario_run(call(state="PROCESSING"), call(1.4, state="PROCESSING"), schedule="never", deadline_s=3),
            "got 1.400 s",
        ),
    ],
    "a-refused-call-waits": [
        (scenario_run(call(code=31), call(0.4)), "got 0.400 s"),
        (scenario_run(call(code=32), call(1.9)), "got 1.900 s"),
    ],
    "a-final-state-ends-the-polling": [
        (scenario_run(call(state="FAILED"), call(5)), "what follows FAILED"),
        (scenario_run(call(state="COMPLETE", name="#1"), call(5, name="#2")), "what follows COMPLETE"),
    ],
    "a-final-error-is-not-tried-again": [(scenario_run(call(code=41), call(5)), "what follows code 41")],
    "a-dead-link-is-not-tried-again": [(scenario_run(download(http_status=403), download(name="#3")), "#3 after #2")],
    "a-package-is-fetched-once": [
        (scenario_run(download(), download(name="#3")), "#2, #3"),
        (scenario_run(download(http_status=206, range="bytes=9-"), download(name="#3")), "#2, #3"),
    ],
    "the-deadline-is-kept": [
        (scenario_run(elapsed_s=62, deadline_s=60), "got after 62 s"),
        (scenario_run(timeline=OVERSLEPT, elapsed_s=HOUR + 7), "expected within 3605 s, got after 3607 s"),
        (scenario_run(outcome=CaseOutcome.STOPPED, why="it went on", deadline_s=60), "got it went on"),
    ],
    "an-undisturbed-job-succeeds": [
        (
            scenario_run(timeline=OVERSLEPT, deadline_s=2 * HOUR, error="deadline", elapsed_s=HOUR + 5),
            "expected ok, got deadline",
        ),
        (scenario_run(error="transport"), "expected ok, got transport"),
        (scenario_run(outcome=CaseOutcome.STOPPED, why="1000 sleeps"), "got stopped: 1000 sleeps"),
    ],
    "cancelling-ends-it": [
        (scenario_run(call(5), error="cancelled", cancelled_s=1, cancel_after_s=1), "calls after the cancel"),
        (scenario_run(cancelled_s=1, cancel_after_s=1), "expected 'cancelled', got 'ok'"),
    ],
    "a-failed-job-is-an-error": [(scenario_run(schedule="failed"), "expected job_failed, got ok")],
    "a-refusal-is-reported-as-what-it-is": [
        (scenario_run(error="bad_request", whose="deleted"), "expected forbidden, got bad_request"),
        (scenario_run(call(code=44), error="auth", code=41, who="wrong-secret"), "expected 44, got 41"),
    ],
    "a-deadline-that-is-over-is-reported": [
        (scenario_run(error="transport", schedule="never", deadline_s=60), "expected deadline, got transport")
    ],
    "what-lacks-time-is-no-trouble": [
        (scenario_run(call(code=22), error="maintenance", code=22, deadline_s=3), "expected deadline, got error maint")
    ],
    "jsonp-is-understood": [(scenario_run(error="protocol", format="jsonp"), "what the client reads in jsonp")],
    "xml-is-understood": [(scenario_run(format="xml", error="protocol"), "what the client reads in xml")],
    "what-passes-is-survived": [
        (
            scenario_run(call(code=31, fault="fault-0:code"), error="rate_limited", faults=(PASSING["31 once"],)),
            "expected ok, got rate_limited",
        )
    ],
    "a-dead-link-is-replaced": [
        (LIMITED, "expected ok, got rate_limited"),
        (scenario_run(download(http_status=403), error="transport", faults=DEAD_LINK), "expected ok, got transport"),
    ],
    "what-is-no-answer-is-an-error": [
        (scenario_run(UNREAD, faults=NO_DATA), "expected an error, got ok"),
        (scenario_run(UNREAD, error="job_failed", faults=NO_DATA), "got job_failed"),
    ],
    "every-case-is-played": [(scenario_run(outcome=CaseOutcome.FAULT, why="exit code 3"), "exit code 3")],
    "only-what-it-cannot-is-declined": [(scenario_run(outcome=CaseOutcome.UNSUPPORTED, why="no"), "which it declares")],
    "ok-means-that-the-whole-package-is-there": [
        (scenario_run(*DOWNLOADED, file=b"half"), "got 4 bytes"),
        (scenario_run(*DOWNLOADED, file=None), "got no file"),
    ],
    "an-error-leaves-what-was-there": [
        (scenario_run(error="transport", file=b"half"), "expected none"),
        (scenario_run(error="transport", file=None, file_before=OLD, old_bytes=3), "got none"),
    ],
    "the-file-is-the-one-it-reports": [
        (scenario_run(made=FileMade(bytes=9, sha256=SHA)), "length and SHA-256 in the result"),
        (scenario_run(made=FileMade(bytes=9, sha256=SHA), file=None), "expected a file, got none"),
    ],
    "success-was-seen-by-the-server-too": [
        (scenario_run(call(state="PROCESSING")), "expected to have received COMPLETE"),
        (scenario_run(call(state="COMPLETE"), download(http_status=403)), "a successful download, got none"),
        (scenario_run(*DOWNLOADED, value={"status": "FAILED"}), "the status in the result"),
    ],
    "an-error-is-called-what-it-is": [
        (scenario_run(call(state="PROCESSING"), error="auth"), CAUSE),
        (scenario_run(call(state="PROCESSING"), error="job_failed"), CAUSE),
        (scenario_run(call(state="PROCESSING"), error="transport"), CAUSE),
        (scenario_run(call(state="PROCESSING"), error="deadline", elapsed_s=100), CAUSE),
        (scenario_run(call(state="FAILED"), error="cancelled"), CAUSE),
        (scenario_run(call(code=99, fault="fault-0:code"), error="transport", faults=(UNKNOWN,)), "expected protocol"),
        (scenario_run(*DOWNLOADED, error="damaged"), CAUSE),
    ],
    "an-unknown-code-is-reported-too": [
        (
            scenario_run(call(code=99, fault="fault-0:code"), error="protocol", faults=(UNKNOWN,)),
            "expected 99, got None",
        )
    ],
    "failed-is-reported-whatever-came-before": [
        (scenario_run(call(state="FAILED"), error="protocol"), "expected job_failed, got protocol")
    ],
    "a-refusal-is-reported-whatever-came-before": [
        (scenario_run(call(code=43), error="protocol"), "expected forbidden, got protocol")
    ],
}


KEPT |= collection_runs.KEPT | wire_runs.KEPT
BROKEN |= collection_runs.BROKEN | wire_runs.BROKEN


@pytest.mark.parametrize("run", KEPT.values(), ids=KEPT)
def test_a_right_run_breaks_no_check(run: ScenarioRun) -> None:
    """No check asks for more than its rule."""
    assert [] == [f"{one.name}: {found}" for one in client_checks() if (found := violation_in(one, run))]


@pytest.mark.parametrize(
    ("name", "run", "text"), [(name, run, text) for name, rows in BROKEN.items() for run, text in rows]
)
def test_a_run_that_is_wrong_in_one_thing_breaks_the_check(name: str, run: ScenarioRun, text: str) -> None:
    """And the message says what was expected and found."""
    assert text in str(violation_in(CHECKS[name], run))


def test_every_rule_of_clients_has_a_check_and_every_check_can_be_broken() -> None:
    """No check passes whatever happens; each has a name of its own, by which it can be selected."""
    assert {one.id for one in rules().values() if one.by == "client"} == {one.rule.id for one in client_checks()}
    assert (set(CHECKS), len(CHECKS)) == (set(BROKEN), len(client_checks()))
