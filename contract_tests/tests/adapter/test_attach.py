import subprocess

import pytest
from contract_tests.tests.adapter.rehearsal import GREETING, Hourglass, case, faulty

from flipsnack_contract.adapter.attach import Listener, instructions
from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.adapter.session import Patience, Session

FOR_EVER = Patience(None, None)


def _start(port: int, name: str) -> subprocess.Popen[bytes]:
    """Start an adapter as the kit tells a reader to."""
    return subprocess.Popen(["bash", "-c", instructions(port, faulty(name))])


def test_an_adapter_that_somebody_else_starts_is_driven(hourglass: Hourglass) -> None:
    """The line that is printed connects it, and it hears bye."""
    with Listener() as listener:
        started: list[subprocess.Popen[bytes]] = []
        waiting = lambda: started.append(_start(listener.port, "correct"))  # noqa: E731
        with Session(lambda: listener.accept(waiting=waiting), GREETING, patience=FOR_EVER) as session:
            assert Outcome.OK == session.run(case(), hourglass).outcome
        assert [0] == [process.wait() for process in started]


def test_an_adapter_that_hangs_up_is_a_fault_and_the_next_one_is_awaited(hourglass: Hourglass) -> None:
    """As with a process."""
    with Listener() as listener:
        started: list[subprocess.Popen[bytes]] = []
        waiting = lambda: started.append(_start(listener.port, "crash"))  # noqa: E731
        with Session(lambda: listener.accept(waiting=waiting), GREETING, patience=FOR_EVER) as session:
            reports = [session.run(case(f"case-{number}"), hourglass) for number in (1, 2)]
        assert [(Outcome.FAULT, "crash")] * 2 == [(report.outcome, report.fault) for report in reports]
        assert [0, 0] == [process.wait() for process in started]


def test_a_port_that_is_taken_is_an_error() -> None:
    """The system's word for it."""
    with Listener() as listener, pytest.raises(OSError, match="in use"):
        Listener(listener.port)
