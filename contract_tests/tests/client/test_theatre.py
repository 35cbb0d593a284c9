import json
from itertools import pairwise

import pytest
from contract_tests.tests.adapter.rehearsal import GREETING
from contract_tests.zoo.client import Client
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.adapter.session import Session
from flipsnack_contract.client.adversity import spoilt_answer
from flipsnack_contract.client.scenario import Act, Scenario
from flipsnack_contract.client.script import SCRIPT
from flipsnack_contract.client.theatre import OLD, Theatre
from flipsnack_contract.fake import Fake


def test_what_the_server_saw_and_the_client_said_come_together(theatre: Theatre) -> None:
    """And the package that the kit fetched itself, afterwards."""
    performance = theatre.play(Scenario(schedule="after-3-polls"))
    assert ["PROCESSING", "PROCESSING", "PROCESSING", "COMPLETE"] == [call.status for call in performance.asked]
    assert [200] == [call.http_status for call in performance.fetched]
    assert ["#1", "#2", "#3", "#4", "#5"] == [call.id for call in performance.calls]
    assert Outcome.OK is performance.outcome
    assert performance.package == performance.disk.content is not None


def test_calls_stand_at_the_instants_of_the_account_s_time(theatre: Theatre) -> None:
    """The sleeps of the client are the gaps between them."""
    performance = theatre.play(Scenario(schedule="after-20s"))
    instants = [call.now_us // 1000 for call in performance.asked]
    assert performance.report.started_ms == instants[0]
    assert list(performance.report.sleeps) == [after - before for before, after in pairwise(instants)]


def test_a_fault_is_told_by_what_it_hurts(theatre: Theatre) -> None:
    """Only one that was met counts."""
    assert {"passing"} == theatre.play(SCRIPT["31 once"]).faults
    assert set() == theatre.play(Scenario(schedule="failed", faults=SCRIPT["dead links"].faults)).faults


def test_events_happen_on_the_way(theatre: Theatre) -> None:
    """At their instants of the account's time."""
    acts = (Act(after_s=0, what="maintenance-on"), Act(after_s=7, what="maintenance-off"), Act(after_s=60, what="fail"))
    performance = theatre.play(Scenario(schedule="manual", acts=acts))
    start = performance.report.started_ms / 1000
    assert {22} == {call.code for call in performance.asked if call.seconds - start < 7}
    assert {20} == {call.code for call in performance.asked if call.seconds - start >= 7}
    assert ("job_failed", "FAILED") == (performance.error, performance.asked[-1].status)


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
def test_whoever_may_not_is_refused(theatre: Theatre, scenario: Scenario, code: int) -> None:
    """For the reason that was meant."""
    performance = theatre.play(scenario)
    assert ([code], code) == ([call.code for call in performance.asked], performance.code)


def test_a_suspended_client_oversleeps(theatre: Theatre) -> None:
    """It polls before and after, and nothing is asked for meanwhile; the lines tell of it."""
    night = Act(after_s=5, what="suspend", for_s=28_800)
    performance = theatre.play(Scenario(schedule="after-60s", deadline_s=86_400, acts=(night,)))
    instants = [call.seconds - performance.report.started_ms / 1000 for call in performance.asked]
    assert [] == [instant for instant in instants if 5 < instant < 28_805]
    assert (Outcome.OK, 28_800) == (performance.outcome, performance.suspended_s)
    assert any("meanwhile: suspend for 28800 s" in line for line in performance.lines())


def test_a_made_up_answer_calls_the_client_s_own_callback(stage_door: Fake) -> None:
    """Else it would be refused for that, whatever it says; the client is listened to before."""
    scenario = Scenario(format="jsonp", faults=(spoilt_answer("data without a status", "jsonp"),))
    with Session(lambda: InProcessAdapter(Client), GREETING) as session:
        performance = Theatre(session, stage_door, name="callback").play(scenario)
    assert "protocol" == performance.error
    assert "an answer without a known status of the job" in str(performance.report.result)


def test_an_old_file_is_there_before(theatre: Theatre) -> None:
    """And it is seen whether it still is."""
    performance = theatre.play(Scenario(schedule="failed", old_file=True))
    assert (OLD, True) == (performance.disk.content, performance.disk.untouched)


def test_a_performance_is_told_in_lines(theatre: Theatre) -> None:
    """Each call with its time, and the client's word at the end."""
    lines = theatre.play(Scenario(schedule="failed")).lines()
    assert "    0.000 s  #1   GET collection.downloadHTML f000001 -> code 20 FAILED" == lines[0]
    assert "    0.000 s  the client said: error job_failed" == lines[-1]


def test_the_archive_holds_the_client_s_requests_only(theatre: Theatre) -> None:
    """HAR 1.2, without what the kit fetched afterwards, and without any secret."""
    scenario = Scenario()
    performance, archive = theatre.export(scenario)
    entries = json.loads(archive)["log"]["entries"]
    assert len(performance.calls) == len(entries)
    assert scenario.secret not in archive.decode()


def test_what_it_can_do_is_what_the_client_declared(theatre: Theatre) -> None:
    """Its operations among them."""
    assert theatre.virtual
    assert {"op:download", "op:poll", "json", "xml"} <= theatre.capabilities
