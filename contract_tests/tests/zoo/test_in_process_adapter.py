import sys
from collections.abc import Iterator

import pytest
from contract_tests.tests.adapter.rehearsal import GREETING
from contract_tests.zoo.client import Client
from contract_tests.zoo.clients import bench_of
from contract_tests.zoo.in_process_adapter import InProcessAdapter

from flipsnack_contract.adapter.lint import lint
from flipsnack_contract.adapter.players import Manner, playing
from flipsnack_contract.adapter.session import Patience, Session
from flipsnack_contract.client.duties import DUTIES
from flipsnack_contract.client.judge import broken_in
from flipsnack_contract.client.script import SCRIPT
from flipsnack_contract.client.theatre import Theatre
from flipsnack_contract.fake import Fake, started_fake

COMMAND = (sys.executable, "-m", "contract_tests.zoo.in_process_adapter")


@pytest.fixture(scope="module")
def played() -> Iterator[Fake]:
    """A fake of the kit's own, one for all: each client uses namespaces of its own."""
    with started_fake() as fake:
        yield fake


def _silent(_text: str) -> None:
    """Print nothing."""


def test_as_a_program_it_keeps_the_protocol() -> None:
    """The zoo's client is an adapter like any other."""
    findings = list(lint(COMMAND, GREETING, patience=Patience(hello=60.0, case=60.0)))
    assert [] == [finding for finding in findings if finding.wrong]


def test_a_thread_gives_the_same_reports_as_a_process(played: Fake) -> None:
    """The matrix runs clients in threads because it is faster, and for no other reason."""
    chosen = [SCRIPT[name] for name in ("built in 5 s", "failed at once", "a wrong secret")]
    with (
        playing(Manner(COMMAND), GREETING, say=_silent) as process,
        Session(lambda: InProcessAdapter(Client), GREETING) as thread,
    ):
        theatres = [Theatre(player, played, name=name) for player, name in ((process, "process"), (thread, "thread"))]
        apart, here = ([theatre.play(scenario) for scenario in chosen] for theatre in theatres)
    assert [one.outcome for one in apart] == [one.outcome for one in here]
    assert [one.report.sleeps for one in apart] == [one.report.sleeps for one in here]
    assert [len(one.calls) for one in apart] == [len(one.calls) for one in here]


class _Crashing(Client):
    """Raises where it should report an error."""

    def follow(self) -> str:
        raise RuntimeError("a mistake")


def test_a_crash_is_neither_a_pass_nor_a_kill(played: Fake) -> None:
    """A client that crashes breaks only the rule of the adapter: nothing is known about the others."""
    with bench_of(_Crashing, played) as bench:
        performance = bench.watch(SCRIPT["built already"])
    assert "crash" == performance.report.fault
    assert "RuntimeError: a mistake" in performance.report.printed
    assert ["client.adapter"] == [duty.rule.id for duty, _ in broken_in(DUTIES, performance)]
