import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from flipsnack_contract.adapter.parent_watchdog import watched_command

KEEPER = """
import sys
from flipsnack_contract.adapter.fake_server import started_fake
with started_fake() as fake:
    print(fake.url, flush=True)
    sys.stdin.read()
"""
# Only so that a test that fails does not hang.
TIMEOUT = 60.0


def test_a_fake_of_the_kit_ends_with_the_kit() -> None:
    """Also when the kit is killed by SIGKILL, so that it can end nothing itself."""
    with subprocess.Popen([sys.executable, "-c", KEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as kit:
        assert kit.stdout is not None
        address = urlsplit(kit.stdout.readline().decode().strip())
        with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=TIMEOUT) as line:
            kit.kill()
            # The fake's end of the line is closed when it ends.
            assert b"" == line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=TIMEOUT)


def _ended(*command: str) -> tuple[int, bytes, bytes]:
    """Exit code and output of a command whose stdin stays open."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        return child.wait(), child.stdout.read(), child.stderr.read()


def test_a_module_is_run_as_python_runs_it() -> None:
    """With its own arguments, output and exit code."""
    module = ("json.tool", "--no-such-option")
    expected = _ended(sys.executable, "-m", *module)
    assert 2 == expected[0]
    assert expected == _ended(*watched_command(*module))


def test_it_ends_with_the_other_end_of_its_stdin() -> None:
    """By SIGTERM, which lets a server finish what it answers."""
    with subprocess.Popen(watched_command("http.server", "0", "--bind", "127.0.0.1"), stdin=subprocess.PIPE) as child:
        child.communicate()
    assert -signal.SIGTERM == child.returncode
