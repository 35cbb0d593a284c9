import json
import os
import pty
import subprocess

import pytest
from client.tests.command_runner import COMMAND, CommandRunner, blocks
from client.tests.conftest import VirtualClock

from flipsnack_client import Progress
from flipsnack_client.command import print_json
from flipsnack_client.display import Display, new_display
from flipsnack_client.readable import printable


def plain(clock: VirtualClock) -> Display:
    """The display for a build log."""
    return new_display(clock, quiet=False, plain=True)


def test_plain_progress_is_one_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock()
    display = plain(clock)
    for received in range(0, 10_000_001, 100_000):
        display.progress(Progress(received, 10_000_000, 0))
        clock.time += 0.1
    lines = capsys.readouterr().err.splitlines()
    assert (10, "received 5.0 MB of 10.0 MB (50 %), 1.0 MB/s, 5 s left") == (len(lines), lines[4])


def test_a_transfer_of_less_than_a_second_has_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    clock = VirtualClock()
    display = plain(clock)
    for received in (0, 5_000, 10_000):
        display.progress(Progress(received, 10_000, 0))
        clock.time += 0.4
    assert "" == capsys.readouterr().err


# What is reported first, the seconds until the second report, and what is reported then.
REPORTS: dict[str, tuple[Progress, int, Progress]] = {
    # Half a minute without a further tenth gets a line all the same.
    "received 31.0 kB of 10.0 MB (0 %), 1.0 kB/s, 9969 s left": (
        Progress(0, 10_000_000, 0), 31, Progress(31_000, 10_000_000, 0)
    ),
    # What the server does not announce is not made up.
    "received 10.0 MB, 5.0 MB/s": (Progress(0, None, 0), 2, Progress(10_000_000, None, 0)),
    # Bytes from an earlier run do not count as speed.
    "received 9.0 MB of 10.0 MB (90 %), 1.0 MB/s, 1 s left": (
        Progress(8_000_000, 10_000_000, 8_000_000), 1, Progress(9_000_000, 10_000_000, 8_000_000)
    ),
}  # fmt: skip


@pytest.mark.parametrize("line", REPORTS)
def test_a_plain_line_has_what_is_known(capsys: pytest.CaptureFixture[str], line: str) -> None:
    first, seconds, second = REPORTS[line]
    clock = VirtualClock()
    display = plain(clock)
    display.progress(first)
    clock.time += 1
    display.progress(first)
    clock.time += seconds - 1
    display.progress(second)
    lines = capsys.readouterr().err.splitlines()
    assert (2, line) == (len(lines), lines[-1])


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\r\nb", "\u202eright to left", "\x00"])
def test_what_steers_a_terminal_is_replaced(text: str) -> None:
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "\x9b31m\x7f", "a\r\n\u202eb", "\U000e0041", "\ud800", "m\u00e4rz \U0001f600"]
)
def test_json_has_escapes_for_what_steers_a_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_json({text: text})
    printed = capsys.readouterr().out
    assert {text: text} == json.loads(printed)
    assert printed.replace("\n", "").isprintable()


def drawn(runner: CommandRunner, *arguments: str, columns: int = 120) -> tuple[int, str]:
    """The exit code, and all that a terminal on stderr was sent."""
    leader, follower = pty.openpty()
    environment = runner.environment(TERM="xterm", COLUMNS=str(columns))
    with subprocess.Popen([*COMMAND, *arguments], cwd=runner.folder, env=environment, stderr=follower) as process:
        os.close(follower)
        sent = b"".join(blocks(leader))
        code = process.wait(30)
    os.close(leader)
    return code, sent.decode()


def test_a_narrow_terminal_gets_whole_sizes(runner: CommandRunner) -> None:
    runner.account.collections.create(hash="narrow", schedule="immediate", package_bytes=20_000_000)
    code, sent = drawn(runner, "download", "narrow", "-o", "p.zip", columns=40)
    assert (0, True, False) == (code, "20.0/20.0 MB" in sent, "…" in sent)


def test_a_terminal_gets_a_bar(runner: CommandRunner) -> None:
    runner.account.collections.create(hash="twenty", schedule="immediate", package_bytes=20_000_000)
    code, sent = drawn(runner, "download", "twenty", "-o", "p.zip")
    assert 0 == code
    for words in ("downloading", "20.0/20.0 MB", "B/s", "\x1b["):  # the unit of the rate depends on the machine
        assert words in sent
    assert sent.rindex("20.0/20.0 MB") < sent.rindex("saved p.zip")


def test_a_terminal_sees_the_wait_without_an_empty_bar(runner: CommandRunner) -> None:
    """Before the first byte there are the state and the time, and no sizes; none of it stays."""
    code, sent = drawn(runner, "download", "mock-failed", "-o", "p.zip")
    assert 1 == code
    assert "FAILED (1 poll)" in sent
    assert "bytes" not in sent
    assert "\x1b[2K" in sent[sent.rindex("FAILED (1 poll)") : sent.rindex("error: ")]
