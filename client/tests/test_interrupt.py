import os
import pty
import signal
import subprocess
import sys
from typing import Any

import pytest
from client.tests.command_runner import CommandRunner, blocks, interrupted_at

from flipsnack_mock.testing.pdf import make_pdf

SOME_BYTES = r"\([1-9]\d* %\)"
SLOW: dict[str, Any] = {"kind": "drip", "bytes": 20_000, "seconds": 0.05, "when": {"action": "package"}}
# Says where it is and waits to be interrupted, twice: what unwinding might be doing when the second Ctrl-C comes.
TWICE = """
import sys, threading
from flipsnack_client import interrupt
def say(word):
    sys.stderr.write(word + chr(10))
    sys.stderr.flush()
    # In steps: a Ctrl-C just before a wait begins does not end it.
    for _ in range(600):
        threading.Event().wait(0.05)
interrupt.install()
try:
    say("working")
except KeyboardInterrupt:
    say("unwinding")
"""


@pytest.mark.parametrize("status", ["PROCESSING", "COMPLETE"])
def test_ctrl_c_before_the_first_byte_leaves_nothing(runner: CommandRunner, status: str) -> None:
    runner.account.faults.add("delay", seconds=20, when={"action": "package"})
    with runner.running("download", f"mock-{status.lower()}", "-o", "p.zip") as process:
        printed = interrupted_at(process, status)
        assert 130 == process.wait(30)
    assert ["", "interrupted"] == [line.strip() for line in printed[1:]]
    assert [] == runner.files()


def test_sigterm_leaves_nothing_of_what_was_to_go_to_stdout(runner: CommandRunner) -> None:
    runner.account.collections.create(hash="book", schedule="immediate", package_bytes=4_000_000)
    runner.account.faults.add(**SLOW)
    with runner.running("download", "book", "-o", "-", TMPDIR=str(runner.folder)) as process:
        printed = interrupted_at(process, SOME_BYTES, number=signal.SIGTERM)
        assert 143 == process.wait(30)
    assert "ended by SIGTERM\n" == printed[-1]
    assert [] == runner.files()


def test_ctrl_c_during_an_upload_says_that_it_may_have_arrived(runner: CommandRunner) -> None:
    """All bytes are sent and the answer is still to come: nothing is known of the collection."""
    (runner.folder / "document.pdf").write_bytes(make_pdf())
    runner.account.faults.add("delay", seconds=20, when={"action": "collection.create"})
    with runner.running("create", "document.pdf") as process:
        printed = interrupted_at(process, SOME_BYTES)
        assert 130 == process.wait(30)
    assert ["the upload may have arrived all the same: see", "interrupted"] == [
        line.partition(" `")[0].strip() for line in printed[-3:] if line.strip()
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_during_a_download_keeps_what_came(runner: CommandRunner, times: int) -> None:
    runner.account.collections.create(hash="book", schedule="immediate", package_bytes=4_000_000)
    runner.account.faults.add(**SLOW)
    with runner.running("download", "book", "-o", "p.zip") as process:
        printed = interrupted_at(process, SOME_BYTES, times=times)
        assert 130 == process.wait(30)
    assert "Traceback" not in "".join(printed)
    assert ["p.zip.part", "p.zip.part.json"] == runner.files()
    received = (runner.folder / "p.zip.part").stat().st_size
    runner.account.faults.clear()
    assert 0 == runner.run("download", "book", "-o", "p.zip").returncode
    assert (["p.zip"], 4_000_000) == (runner.files(), (runner.folder / "p.zip").stat().st_size)
    assert f"bytes={received}-" == runner.account.requests.list(kind="package")[-1].range


def test_a_second_ctrl_c_ends_it_at_once_and_gives_the_cursor_back(runner: CommandRunner) -> None:
    """Whatever the unwinding is at: 130, no further word, and a terminal as it was found."""
    leader, follower = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", TWICE], env=runner.environment(), stderr=follower) as process:
        os.close(follower)
        printed = b""
        for block in blocks(leader):
            printed += block
            process.send_signal(signal.SIGINT)
        assert 130 == process.wait(30)
    os.close(leader)
    assert [b"working\r\nunwinding\r\n", b""] == list(dict.fromkeys(printed.split(b"\x1b[?25h")))


def test_a_process_that_was_started_with_ctrl_c_ignored_keeps_it_so(runner: CommandRunner) -> None:
    """Shells start background jobs like that."""
    script = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "from flipsnack_client import interrupt; interrupt.install(); "
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    )
    assert "True\n" == runner.run(command=(sys.executable, "-c", script)).stdout
