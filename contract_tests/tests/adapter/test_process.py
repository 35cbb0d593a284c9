import os
import signal
import sys

import pytest
from contract_tests.tests.adapter.cases import faulty

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.process import Process, end_group, exit_text, start

PARENT = "import subprocess,sys; child = subprocess.Popen(['sleep','600']); print(child.pid, flush=True); child.wait()"


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_command_that_does_not_exist_is_a_fault() -> None:
    """The command is named."""
    with pytest.raises(AdapterFault, match="no-such-command --flag") as caught:
        Process(["no-such-command", "--flag"])
    assert "no-start" == caught.value.kind


def test_a_process_that_obeys_ends_by_itself() -> None:
    """Bye, the end of its input, exit code 0."""
    assert 0 == Process(faulty("correct")).shutdown()


def test_goodbye_to_a_process_that_is_gone_is_no_error() -> None:
    """Its exit code is told all the same."""
    process = Process([sys.executable, "-c", "raise SystemExit(7)"])
    assert 7 == process.shutdown()


def test_what_a_process_started_ends_with_it() -> None:
    """No child of an adapter is left behind, whatever it ignores."""
    with start([sys.executable, "-c", PARENT]) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        end_group(process)
        # The child holds this pipe too: its end shows that the child is gone.
        assert process.stdout.read() == b""


def test_a_process_is_ended_when_the_block_is_left_by_an_exception() -> None:
    """As by Ctrl-C."""
    process = Process(faulty("ignores_bye"))
    with pytest.raises(KeyboardInterrupt), process:
        raise KeyboardInterrupt
    assert not _is_there(process.pid)


def test_ending_twice_is_ending_once() -> None:
    """The second time there is nothing to do."""
    process = Process(faulty("correct"))
    process.kill()
    process.kill()
    assert not _is_there(process.pid)


def test_what_ignores_sigterm_is_killed() -> None:
    """After a while it has no choice."""
    script = "import signal as s; s.signal(s.SIGTERM, s.SIG_IGN); print('x', flush=True); s.pause()"
    with start([sys.executable, "-c", script]) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end_group(process)
    assert -signal.SIGKILL == process.returncode


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0, "it ended with exit code 0"),
        (3, "it ended with exit code 3"),
        (-11, "it was killed by SIGSEGV"),
        (None, "it is still running"),
    ],
)
def test_an_exit_is_put_into_words(code: int | None, text: str) -> None:
    """A signal is named, and is no exit code."""
    assert text == exit_text(code)
