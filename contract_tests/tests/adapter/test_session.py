import json
from collections.abc import Callable
from typing import Any

import pytest
from contract_tests.tests.adapter.cases import GREETING, SECRET, START, Hourglass, case

from flipsnack_contract.adapter.case import MOST_SHOWN, CaseOutcome, Report
from flipsnack_contract.adapter.messages import KINDS, AdapterFault
from flipsnack_contract.adapter.process import Process
from flipsnack_contract.adapter.session import AdapterSession

Open = Callable[..., AdapterSession]
MINUTE = 60_000

FAULTS = [
    ("crash", "crash", "exit code 3 before it answered; it printed: it went wrong case-"),
    ("killed", "crash", "killed by SIGSEGV"),
    ("closed", "closed", "the process still runs"),
    ("garbage", "garbage", "starting up"),
    ("not_utf8", "garbage", "expected one JSON object"),
    ("too_long", "too-long", "1048576 bytes"),
    ("endless", "too-long", "1048576 bytes"),
    ("chatters", "too-long", "the messages of one case have more than 8388608 bytes"),
    ("floods", "too-long", "it printed more than 67108864 bytes"),
    ("duplicate", "duplicate", "which is over"),
    ("unknown_id", "unknown-id", "somebody-else"),
    ("unknown_type", "garbage", "log"),
    ("second_hello", "out-of-turn", "hello came"),
    ("error_without_error", "garbage", "`error` is there"),
    ("sleeps_undeclared", "out-of-turn", "does not declare"),
]
NO_HELLO = [
    ("wrong_protocol", "protocol", "protocol 2"),
    ("no_client", "garbage", "client"),
    ("prints_first", "garbage", "warming up"),
    ("dies_at_once", "crash", "no licence"),
]


def _run(session: AdapterSession, time: Hourglass, **changes: Any) -> Report:
    return session.run(case(**changes), time)


def test_a_correct_adapter_sleeps_in_the_time_of_the_case(opened: Open, hourglass: Hourglass) -> None:
    """The clock moves by exactly what was asked for, and the client is woken with the new time."""
    report = _run(opened("correct"), hourglass)
    assert (CaseOutcome.OK, (1500,), 1500) == (report.outcome, report.sleeps, report.elapsed_ms)
    assert [1500] == hourglass.passed
    assert report.result is not None
    assert START + 1500 == report.result.value["woken"]["now_ms"]


def test_one_process_serves_many_cases(opened: Open, hourglass: Hourglass) -> None:
    """It is started once."""
    session = opened("correct")
    outcomes = [_run(session, hourglass, case_id=f"case-{number}").outcome for number in range(3)]
    assert ([CaseOutcome.OK] * 3, 1) == (outcomes, session.starts)


def test_a_case_that_goes_on_and_on_is_a_hang(opened: Open, hourglass: Hourglass) -> None:
    """However much the adapter says meanwhile."""
    report = _run(opened("chatters"), hourglass, most_said=10**12, most_seconds=0.2)
    assert ("hang", "the case did not end within 0.2 s of real time") == (report.fault, report.why)
    assert len(report.log) <= 2 * MOST_SHOWN


@pytest.mark.parametrize(("name", "kind", "text"), FAULTS)
def test_a_broken_protocol_is_a_fault_and_the_next_process_is_a_fresh_one(
    opened: Open, hourglass: Hourglass, name: str, kind: str, text: str
) -> None:
    """It is charged to the case that runs, named, and neither a pass nor an error of the client's."""
    session = opened(name)
    for number in (1, 2):
        report = _run(session, hourglass, case_id=f"case-{number}")
        assert (CaseOutcome.FAULT, kind, None) == (report.outcome, report.fault, report.result)
        assert text in report.why
    assert 2 == session.starts


@pytest.mark.parametrize(("name", "kind", "text"), NO_HELLO)
def test_an_adapter_that_cannot_greet_is_a_fault(opened: Open, name: str, kind: str, text: str) -> None:
    """What is wrong with it shows before the first case."""
    with pytest.raises(AdapterFault, match=text) as caught:
        opened(name).open()
    assert kind == caught.value.kind


@pytest.mark.parametrize("name", ["hang", "deaf"])
def test_silence_is_a_fault_in_the_end(opened: Open, hourglass: Hourglass, name: str) -> None:
    """However long the client would have gone on, and whatever it started, it is ended."""
    report = _run(opened(name, timeout=0.0), hourglass)
    assert (CaseOutcome.FAULT, "hang") == (report.outcome, report.fault)


def test_silence_is_told_with_what_causes_it_most_often(opened: Open, hourglass: Hourglass) -> None:
    """A hello that stays in a buffer, and a sleep that the kit was not asked for."""
    with (
        AdapterSession(lambda: Process(["sleep", "600"]), GREETING, hello_timeout=0.0) as session,
        pytest.raises(AdapterFault, match="flush stdout after each line"),
    ):
        session.open()
    assert "must send a sleep message" in _run(opened("hang", timeout=0.0), hourglass).why


def test_a_client_that_calls_without_end_is_stopped(opened: Open, hourglass: Hourglass) -> None:
    """It is silent, but the fake sees it: that is a finding about the client, not about its adapter."""
    report = opened("hang").run(case(most_calls=100), hourglass, calls=lambda: 101)
    expected = (CaseOutcome.STOPPED, "", "it made 101 calls in 0 s and did not end")
    assert expected == (report.outcome, report.fault, report.why)


def test_a_client_that_sleeps_without_end_is_stopped(opened: Open, hourglass: Hourglass) -> None:
    """A day passes in no time, and then it is enough."""
    report = _run(opened("sleeps_for_ever"), hourglass)
    assert (CaseOutcome.STOPPED, 25 * 60 * MINUTE) == (report.outcome, report.elapsed_ms)


def test_a_client_that_naps_without_end_is_stopped(opened: Open, hourglass: Hourglass) -> None:
    """Many short sleeps are as good as one that is too long."""
    report = _run(opened("naps_for_ever"), hourglass)
    assert (CaseOutcome.STOPPED, 301, 3000) == (report.outcome, len(report.sleeps), report.elapsed_ms)
    report = _run(opened("sleeps_for_ever"), hourglass, most_sleeps=20)
    assert (CaseOutcome.STOPPED, 21) == (report.outcome, len(report.sleeps))


def test_cancel_comes_in_a_sleep_and_ends_it(opened: Open, hourglass: Hourglass) -> None:
    """At its instant, and the wake tells the time as it is then."""
    report = _run(opened("heeds_cancel"), hourglass, cancel_after_ms=25_000)
    assert report.result is not None
    assert report.result.error is not None
    assert ("cancelled", f"cancel, wake at {START + 25_000}") == (report.error_class, report.result.error.message)
    assert [10_000, 10_000, 5_000] == hourglass.passed


def test_a_case_can_be_declined(opened: Open, hourglass: Hourglass) -> None:
    """Whether that was in order is for others to say."""
    report = _run(opened("declines"), hourglass)
    assert (CaseOutcome.UNSUPPORTED, "not today") == (report.outcome, report.why)


def test_stderr_is_kept_and_never_decides(opened: Open, hourglass: Hourglass) -> None:
    """What was printed there is in the report as it was, for the check that looks for secrets in it."""
    report = _run(opened("talkative"), hourglass)
    assert (CaseOutcome.OK, f"the secret is {SECRET}\n") == (report.outcome, report.printed)


def test_the_log_has_every_line_and_no_secret(opened: Open, hourglass: Hourglass) -> None:
    """Who said what, and when; the key is there, the secret is not."""
    report = _run(opened("correct"), hourglass)
    assert [("kit", "run"), ("client", "sleep"), ("kit", "wake"), ("client", "result")] == [
        (said.by, json.loads(said.text)["type"]) for said in report.log
    ]
    assert [0, 0, 1500, 1500] == [said.at_ms - START for said in report.log]
    assert json.dumps(SECRET) not in "".join(said.text for said in report.log)
    assert "a-key" in report.log[0].text


def test_every_kind_of_fault_has_its_adapter() -> None:
    """No fault is untested."""
    tested = {kind for _, kind, _ in FAULTS + NO_HELLO} | {"hang", "no-start"}
    assert KINDS.keys() == tested
