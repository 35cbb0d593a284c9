import sys

from contract_tests.tests.adapter.cases import GREETING
from contract_tests.zoo.client import Client
from contract_tests.zoo.clients import runner_of
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.adapter_check import check_adapter
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.launch import LaunchMode, playing
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import violation_in
from flipsnack_contract.scenarios.scenario_catalogue import CATALOGUE
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner

AS_PROGRAM = LaunchMode((sys.executable, "-m", "contract_tests.zoo.in_process_adapter"), timeout=60.0)


def test_as_a_program_it_keeps_the_protocol(fake_server: Fake) -> None:
    """The zoo's client is an adapter like any other."""
    assert [] == [finding for finding in check_adapter(AS_PROGRAM, GREETING, fake_server) if finding.wrong]


def test_a_thread_gives_the_same_reports_as_a_process(fake_server: Fake) -> None:
    """The matrix runs clients in threads because it is faster, and for no other reason."""
    chosen = [CATALOGUE[name] for name in ("built in 5 s", "failed at once", "a wrong secret")]
    with (
        playing(AS_PROGRAM, GREETING) as process,
        AdapterSession(lambda: InProcessAdapter(Client), GREETING) as thread,
    ):
        players = ((process, "process"), (thread, "thread"))
        runners = [ScenarioRunner(player, fake_server, name=name) for player, name in players]
        apart, here = ([runner.play(scenario) for scenario in chosen] for runner in runners)
    assert [one.outcome for one in apart] == [one.outcome for one in here]
    assert [one.report.sleeps for one in apart] == [one.report.sleeps for one in here]
    assert [len(one.calls) for one in apart] == [len(one.calls) for one in here]


class _Crashing(Client):
    """Raises where it should report an error."""

    def follow(self) -> str:
        raise RuntimeError("a mistake")


def test_a_crash_is_neither_a_pass_nor_a_kill(fake_server: Fake) -> None:
    """A client that crashes breaks only the rule of the adapter: nothing is known about the others."""
    with runner_of(_Crashing, fake_server) as runner:
        run = runner.watch(CATALOGUE["built already"])
    assert "crash" == run.report.fault
    assert "RuntimeError: a mistake" in run.report.printed
    assert ["client.adapter"] == [check.rule.id for check in client_checks() if violation_in(check, run)]
