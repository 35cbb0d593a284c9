"""Each duty is kept by a performance that is right, and broken by one that is wrong in one thing."""

from dataclasses import replace

import pytest
from contract_tests.tests.scenarios.rehearsal import DOWNLOADED, SECRET, SHA, asked, fetched, performed

from flipsnack_contract.adapter.case import MASK, Outcome
from flipsnack_contract.adapter.messages import FileMade
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.fault_catalogue import DEAD_LINKS, PASSING, SPOILT_PACKAGES, spoilt_answer
from flipsnack_contract.scenarios.scenario import Act
from flipsnack_contract.scenarios.scenario_run import Disk, Performance

BY_NAME = {duty.name: duty for duty in client_checks()}
OLD = b"old"
HOUR = 3600
OVERSLEPT = (Act(after_s=5, what="suspend", for_s=HOUR),)


def _params(**changes: str) -> dict[str, str]:
    return {**asked().params, **changes}


KEPT: list[Performance] = [
    performed(*DOWNLOADED),
    performed(asked(status="PROCESSING"), asked(2, status="COMPLETE"), fetched(2), schedule="after-2s", elapsed_s=2),
    performed(asked(status="FAILED"), error="job_failed", schedule="failed"),
    performed(asked(code=44, signature="wrong", failed="signature"), error="auth", code=44, who="wrong-secret"),
    performed(asked(code=43), error="forbidden", code=43, whose="deleted"),
    performed(asked(code=43), error="forbidden", whose="deleted", disk=Disk(OLD, OLD), old_file=True),
    performed(asked(status="PROCESSING"), error="deadline", schedule="never", deadline_s=60, elapsed_s=60),
    performed(asked(status="FAILED"), op="poll", schedule="failed"),
    performed(
        asked(status="PROCESSING"),
        asked(2, status="PROCESSING"),
        asked(2.75, status="PROCESSING"),
        error="deadline",
        schedule="never",
        deadline_s=3,
        elapsed_s=2.75,
    ),
    performed(asked(status="PROCESSING"), error="cancelled", cancelled_s=1, cancel_after_s=1, schedule="never"),
    performed(
        asked(code=31, fault="fault-0:code", failed="fault"),
        asked(2, status="COMPLETE"),
        fetched(2),
        faults=(PASSING["31 once"],),
    ),
    performed(
        asked(status="COMPLETE", fault="fault-0:url-lifetime"),
        fetched(http_status=403),
        asked(status="COMPLETE"),
        fetched(params={"Signature": "***2"}),
        faults=(DEAD_LINKS["a dead link once"],),
    ),
    performed(asked(code=None, fault="fault-0:status"), error="protocol", faults=(spoilt_answer("no data", "json"),)),
    performed(outcome=Outcome.ERROR, why="exit code 1", schedule="failed"),
    performed(
        fetched(http_status=403, fault="fault-0:truncate"),
        fetched(http_status=403, id="#3"),
        error="transport",
        faults=(SPOILT_PACKAGES["packages cut off"],),
    ),
    performed(asked(status="PROCESSING"), error="deadline", schedule="never", acts=OVERSLEPT, elapsed_s=HOUR + 5),
    performed(
        asked(status="PROCESSING"),
        asked(HOUR + 5, status="COMPLETE"),
        fetched(HOUR + 5),
        schedule="after-60s",
        acts=OVERSLEPT,
        elapsed_s=HOUR + 5,
    ),
]

BROKEN: list[tuple[str, Performance, str]] = [
    ("client.signature/every-call-is-signed-right", performed(asked(signature="wrong")), "the signature of #1"),
    (
        "client.parameters/every-call-says-what-was-asked-for",
        performed(asked(params=_params(collectionHash="other"))),
        "collectionHash of #1: expected 'f000001', got 'other'",
    ),
    (
        "client.parameters/every-call-says-what-was-asked-for",
        performed(asked(failed="required", detail="no action")),
        "required: no action",
    ),
    (
        "client.parameters/every-call-says-what-was-asked-for",
        performed(asked(), format="xml"),
        "format of #1",
    ),
    (
        "client.parameters/every-call-says-what-was-asked-for",
        performed(asked(params=_params(format="jsonp")), format="jsonp"),
        "#1 has a callback",
    ),
    ("client.get-for-reads/every-call-is-a-get", performed(asked(method="POST")), "expected 'GET', got 'POST'"),
    (
        "client.no-xml/xml-is-asked-for-only-when-told",
        performed(asked(params=_params(format="xml"))),
        "calls with format=xml",
    ),
    ("client.secret-not-sent/the-secret-is-never-sent", performed(asked(leaks=("secret",))), "#1: secret"),
    (
        "client.credentials-not-in-download/downloads-carry-no-credentials",
        performed(fetched(params={"apiKey": "client"})),
        "['apiKey']",
    ),
    ("client.secret-not-shown/nothing-secret-is-printed", performed(printed=f"using {SECRET}"), "the secret"),
    ("client.secret-not-shown/nothing-secret-is-printed", performed(said=(f'{{"message":"{MASK}"}}',)), "the secret"),
    (
        "client.secret-not-shown/nothing-secret-is-printed",
        performed(printed="GET /?action=x&signature=26e781d3d1751d82ec284acf4a019def"),
        "a signature",
    ),
    (
        "client.secret-not-shown/nothing-secret-is-printed",
        performed(said=('{"message":"http://x/y.zip?Expires=1&Signature=abcdefgh&Key-Pair-Id=K"}',)),
        "a signed resource URL",
    ),
    (
        "client.limits/both-limits-are-kept",
        performed(*(asked(number / 6) for number in range(6))),
        "at most 5, got 6 in 0.833 s",
    ),
    (
        "client.limits/both-limits-are-kept",
        performed(*(asked(number * 0.98) for number in range(61))),
        "at most 60, got 61 in 58.800 s",
    ),
    (
        "client.poll-interval/polls-are-a-few-seconds-apart",
        performed(asked(status="PROCESSING"), asked(1.4, status="COMPLETE")),
        "got 1.400 s",
    ),
    (
        "client.poll-interval/polls-are-a-few-seconds-apart",
        performed(asked(status="PROCESSING"), asked(1.4, status="PROCESSING"), schedule="never", deadline_s=3),
        "got 1.400 s",
    ),
    ("client.back-off/a-refused-call-waits", performed(asked(code=31), asked(0.4)), "got 0.400 s"),
    ("client.back-off/a-refused-call-waits", performed(asked(code=32), asked(1.9)), "got 1.900 s"),
    (
        "client.final-state/a-final-state-ends-the-polling",
        performed(asked(status="FAILED"), asked(5)),
        "what comes after FAILED",
    ),
    (
        "client.final-state/a-final-state-ends-the-polling",
        performed(asked(status="COMPLETE", id="#1"), asked(5, id="#2")),
        "what comes after COMPLETE",
    ),
    ("client.final-error/a-final-error-is-not-tried-again", performed(asked(code=41), asked(5)), "after code 41"),
    (
        "client.expired-url/a-dead-link-is-not-tried-again",
        performed(fetched(http_status=403), fetched(id="#3")),
        "#3 after #2",
    ),
    ("client.repeated-call/a-package-is-fetched-once", performed(fetched(), fetched(id="#3")), "#2, #3"),
    ("client.deadline/the-deadline-is-kept", performed(elapsed_s=62, deadline_s=60), "got after 62 s"),
    (
        "client.deadline/the-deadline-is-kept",
        performed(acts=OVERSLEPT, elapsed_s=HOUR + 7),
        "expected within 3605 s, got after 3607 s",
    ),
    (
        "client.success/an-undisturbed-job-succeeds",
        performed(acts=OVERSLEPT, deadline_s=2 * HOUR, error="deadline", elapsed_s=HOUR + 5),
        "expected ok, got deadline",
    ),
    (
        "client.deadline/the-deadline-is-kept",
        performed(outcome=Outcome.STOPPED, why="it went on", deadline_s=60),
        "got it went on",
    ),
    (
        "client.cancel/cancelling-ends-it",
        performed(asked(5), error="cancelled", cancelled_s=1, cancel_after_s=1),
        "calls after it was cancelled",
    ),
    ("client.cancel/cancelling-ends-it", performed(cancelled_s=1, cancel_after_s=1), "expected 'cancelled', got 'ok'"),
    ("client.success/an-undisturbed-job-succeeds", performed(error="transport"), "expected ok, got transport"),
    (
        "client.success/an-undisturbed-job-succeeds",
        performed(outcome=Outcome.STOPPED, why="1000 sleeps"),
        "got stopped: 1000 sleeps",
    ),
    ("client.failed-job/a-failed-job-is-an-error", performed(schedule="failed"), "expected job_failed, got ok"),
    (
        "client.refusal/a-refusal-is-reported-as-what-it-is",
        performed(error="bad_request", whose="deleted"),
        "expected forbidden, got bad_request",
    ),
    (
        "client.refusal/a-refusal-is-reported-as-what-it-is",
        performed(asked(code=44), error="auth", code=41, who="wrong-secret"),
        "expected 44, got 41",
    ),
    (
        "client.deadline/a-deadline-that-is-over-is-reported",
        performed(error="transport", schedule="never", deadline_s=60),
        "expected deadline, got transport",
    ),
    ("client.jsonp/jsonp-is-understood", performed(error="protocol", format="jsonp"), "what the client makes of jsonp"),
    ("client.xml/xml-is-understood", performed(format="xml", error="protocol"), "what the client makes of xml"),
    (
        "client.retry/what-passes-is-survived",
        performed(asked(code=31, fault="fault-0:code"), error="rate_limited", faults=(PASSING["31 once"],)),
        "expected ok, got rate_limited",
    ),
    (
        "client.fresh-url/a-dead-link-is-replaced",
        performed(fetched(http_status=403), error="transport", faults=(DEAD_LINKS["a dead link once"],)),
        "expected ok, got transport",
    ),
    (
        "client.malformed-answer/what-is-no-answer-is-an-error",
        performed(asked(code=None, fault="fault-0:status"), faults=(spoilt_answer("no data", "json"),)),
        "expected an error, got ok",
    ),
    (
        "client.malformed-answer/what-is-no-answer-is-an-error",
        performed(
            asked(code=None, fault="fault-0:status"), error="job_failed", faults=(spoilt_answer("no data", "json"),)
        ),
        "got job_failed",
    ),
    ("client.adapter/every-case-is-played", performed(outcome=Outcome.FAULT, why="exit code 3"), "exit code 3"),
    (
        "client.unsupported/only-what-it-cannot-is-declined",
        performed(outcome=Outcome.UNSUPPORTED, why="no"),
        "an attempt",
    ),
    (
        "client.whole-file/ok-means-that-the-whole-package-is-there",
        performed(*DOWNLOADED, disk=Disk(b"half")),
        "got 4 bytes",
    ),
    (
        "client.whole-file/ok-means-that-the-whole-package-is-there",
        performed(*DOWNLOADED, disk=Disk(None)),
        "got no file",
    ),
    (
        "client.no-half-file/an-error-leaves-what-was-there",
        performed(error="transport", disk=Disk(b"half")),
        "expected none",
    ),
    (
        "client.no-half-file/an-error-leaves-what-was-there",
        performed(error="transport", disk=Disk(None, OLD), old_file=True),
        "got none",
    ),
    (
        "client.agreement/the-file-is-the-one-it-reports",
        performed(made=FileMade(bytes=9, sha256=SHA)),
        "length and SHA-256 in the result",
    ),
    (
        "client.agreement/the-file-is-the-one-it-reports",
        performed(made=FileMade(bytes=9, sha256=SHA), disk=Disk(None)),
        "none on the disk",
    ),
    (
        "client.agreement/success-was-seen-by-the-server-too",
        performed(asked(status="PROCESSING")),
        "expected to have been told COMPLETE",
    ),
    (
        "client.agreement/success-was-seen-by-the-server-too",
        performed(asked(status="COMPLETE"), fetched(http_status=403)),
        "no download that succeeded",
    ),
    (
        "client.agreement/an-error-was-seen-by-the-server-too",
        performed(asked(status="PROCESSING"), error="auth"),
        "expected a reason that the server saw",
    ),
    (
        "client.agreement/an-error-was-seen-by-the-server-too",
        performed(asked(status="PROCESSING"), error="job_failed"),
        "expected a reason that the server saw",
    ),
    (
        "client.agreement/an-error-was-seen-by-the-server-too",
        performed(asked(status="PROCESSING"), error="transport"),
        "expected a reason that the server saw",
    ),
    (
        "client.agreement/an-error-was-seen-by-the-server-too",
        performed(asked(status="PROCESSING"), error="deadline", elapsed_s=100),
        "expected a reason that the server saw",
    ),
    (
        "client.failed-job/failed-is-reported-whatever-came-before",
        performed(asked(status="FAILED"), error="protocol"),
        "expected job_failed, got protocol",
    ),
    (
        "client.refusal/a-refusal-is-reported-whatever-came-before",
        performed(asked(code=43), error="protocol"),
        "expected forbidden, got protocol",
    ),
]


@pytest.mark.parametrize("duty", client_checks(), ids=lambda duty: duty.name)
def test_what_is_right_breaks_no_duty(duty: object) -> None:
    """No duty asks for more than its rule."""
    for performance in KEPT:
        BY_NAME[duty.name].run(performance)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "performance", "text"), BROKEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_wrong_breaks_the_duty(name: str, performance: Performance, text: str) -> None:
    """And the message says what was expected and found."""
    with pytest.raises(Violation) as caught:
        BY_NAME[name].run(performance)
    assert text in str(caught.value)


def test_who_never_tries_again_may_end_at_a_limit_before_it_has_a_fresh_link() -> None:
    """It has promised to ask for another link, and not to wait for a limit."""
    limited = performed(
        asked(status="PROCESSING"),
        asked(2, code=32, failed="limits"),
        error="rate_limited",
        code=32,
        settings={"requests_per_minute": 1.0},
        faults=(DEAD_LINKS["a dead link once"],),
    )
    duty = BY_NAME["client.fresh-url/a-dead-link-is-replaced"]
    duty.run(replace(limited, capabilities=frozenset({"refresh", "json"})))
    with pytest.raises(Violation, match="expected ok, got rate_limited"):
        duty.run(limited)


def test_every_duty_can_be_broken() -> None:
    """No duty passes whatever happens."""
    assert {duty.name for duty in client_checks()} == {name for name, _, _ in BROKEN}


def test_every_rule_of_clients_has_a_duty() -> None:
    """What the ledger asks of a client is judged."""
    assert {duty.rule.id for duty in client_checks()} == {one.id for one in rules().values() if one.by == "client"}


def test_names_are_unique() -> None:
    """A duty can be named."""
    assert len(client_checks()) == len(BY_NAME)
