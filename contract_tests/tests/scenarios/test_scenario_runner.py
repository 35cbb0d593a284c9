import json
from itertools import pairwise

import pytest
from contract_tests.tests.adapter.cases import GREETING
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.fault_catalogue import spoilt_answer
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner


def test_what_the_server_saw_and_the_client_said_come_together(runner: ScenarioRunner) -> None:
    """And the package that the kit fetched itself, afterwards. What a client can do includes its operations."""
    assert {"op:download", "op:poll", "json", "xml"} <= runner.capabilities
    run = runner.play(Scenario(schedule="after-3-polls"))
    assert ["PROCESSING", "PROCESSING", "PROCESSING", "COMPLETE"] == [call.state for call in run.calls]
    assert [200] == [call.http_status for call in run.downloads]
    assert ["#1", "#2", "#3", "#4", "#5"] == [call.name for call in run.requests]
    assert CaseOutcome.OK is run.outcome
    assert run.package == run.file is not None


def test_calls_stand_at_the_instants_of_the_account_s_time(runner: ScenarioRunner) -> None:
    """The sleeps of the client are the gaps between them."""
    run = runner.play(Scenario(schedule="after-20s"))
    instants = [call.start // 1000 for call in run.calls]
    assert run.report.started_ms == instants[0]
    assert list(run.report.sleeps) == [after - before for before, after in pairwise(instants)]


def test_a_fault_is_told_by_what_it_hurts(runner: ScenarioRunner) -> None:
    """Only one that was met counts."""
    assert {"passing"} == runner.play(CATALOGUE["31 once"]).faults
    assert set() == runner.play(Scenario(schedule="failed", faults=CATALOGUE["dead links"].faults)).faults


def test_events_happen_on_the_way(runner: ScenarioRunner) -> None:
    """At their instants of the account's time."""
    timeline = (
        TimelineEvent(after_s=0, what="maintenance-on"),
        TimelineEvent(after_s=7, what="maintenance-off"),
        TimelineEvent(after_s=60, what="fail"),
    )
    run = runner.play(Scenario(schedule="manual", timeline=timeline))
    start = run.report.started_ms / 1000
    assert {22} == {call.code for call in run.calls if call.start / SECOND - start < 7}
    assert {20} == {call.code for call in run.calls if call.start / SECOND - start >= 7}
    assert ("job_failed", "FAILED") == (run.error, run.calls[-1].state)


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        (Scenario(who="wrong-secret"), 44),
        (Scenario(who="unknown-key"), 41),
        (Scenario(whose="deleted"), 43),
        (Scenario(whose="foreign"), 43),
        (Scenario(whose="unknown", unknown_hash="é /&=+"), 43),
    ],
    ids=str,
)
def test_whoever_may_not_is_refused(runner: ScenarioRunner, scenario: Scenario, code: int) -> None:
    """For the reason that was meant."""
    run = runner.play(scenario)
    assert ([code], code) == ([call.code for call in run.calls], run.code)


def test_a_suspended_client_oversleeps(runner: ScenarioRunner) -> None:
    """It polls before and after, and nothing is asked for meanwhile; the lines tell of it."""
    night = TimelineEvent(after_s=5, what="suspend", for_s=28_800)
    run = runner.play(Scenario(schedule="after-60s", deadline_s=86_400, timeline=(night,)))
    instants = [call.start / SECOND - run.report.started_ms / 1000 for call in run.calls]
    assert [] == [instant for instant in instants if 5 < instant < 28_805]
    assert CaseOutcome.OK is run.outcome
    assert any("meanwhile: suspend for 28800 s" in line for line in run.lines())


def test_a_made_up_answer_calls_the_client_s_own_callback(fake_server: Fake) -> None:
    """Else it would be refused for that, whatever it says; the client is listened to before."""
    scenario = Scenario(format="jsonp", faults=(spoilt_answer("data without a status", "jsonp"),))
    with AdapterSession(lambda: InProcessAdapter(Client), GREETING) as session:
        run = ScenarioRunner(session, fake_server, name="callback").play(scenario)
    assert "protocol" == run.error
    assert "an answer without a known status of the job" in str(run.report.result)


def test_a_run_has_lines_and_the_file_that_was_there_before(runner: ScenarioRunner) -> None:
    """Each call with its time, and the client's report at the end."""
    run = runner.play(Scenario(schedule="failed", old_bytes=21))
    assert (b"what was there before",) * 2 == (run.file_before, run.file)
    assert "    0.000 s  #1   GET collection.downloadHTML f000001 -> code 20 FAILED" == run.lines()[0]
    assert "    0.000 s  the client reported: error job_failed" == run.lines()[-1]


def test_the_archive_holds_the_client_s_requests_only(runner: ScenarioRunner) -> None:
    """HAR 1.2, without what the kit fetched afterwards, and without any secret."""
    run, archive = runner.export(scenario := Scenario())
    entries = json.loads(archive)["log"]["entries"]
    assert len(run.requests) == len(entries)
    assert scenario.secret not in archive.decode()
