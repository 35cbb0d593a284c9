import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty, shipped

from flipsnack_contract.__main__ import main
from flipsnack_contract.adapter.adapter_check import PROTOCOL_CHECKS
from flipsnack_contract.adapter.fake_server import Fake

KIT = (sys.executable, "-m", "flipsnack_contract")


def _kit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One command, as it would be typed."""
    return subprocess.run([*KIT, *arguments], capture_output=True, text=True, check=False)


def test_a_right_adapter_ends_with_0_at_a_fake_of_the_kit() -> None:
    """Each check is a line; nothing has to run before."""
    run = _kit("adapter", "check", "--", *shipped("python"))
    assert (0, len(PROTOCOL_CHECKS), "") == (run.returncode, len(re.findall("^ok ", run.stdout, re.M)), run.stderr)


def test_a_wrong_adapter_ends_with_1(fake_server: Fake) -> None:
    """The line is followed by what was expected and found."""
    run = _kit("adapter", "check", "--fake", fake_server.url, "--", *faulty("no_file"))
    assert 1 == run.returncode
    assert re.search(r"^WRONG +downloads .*\n +expected a file at dest, got none$", run.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", [["no-such-command"], faulty("dies_at_once")])
def test_without_an_adapter_it_ends_with_11(command: list[str], fake_server: Fake) -> None:
    """One line says why."""
    run = _kit("adapter", "check", "--fake", fake_server.url, "--", *command)
    assert (11, "", 1) == (run.returncode, run.stdout, len(run.stderr.splitlines()))
    assert run.stderr.startswith("flipsnack-contract: the adapter does not work: ")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check"], "missing client command: give it after --"),
        (["check", "--mode", "exec", "--", "fetch"], "the command has no {collection}"),
        (["check", "--", "fetch", "{collection}", "{dest}"], "only filled in with --mode exec"),
        (["check", "--fake", "nowhere", "--", "x"], "'nowhere' is not the address of a fake"),
        (["check", "--capability", "telepathy", "--", "x"], "unknown capability telepathy"),
    ],
)
def test_wrong_usage_ends_with_4(
    arguments: list[str], text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says what was expected."""
    monkeypatch.setattr(sys, "argv", ["flipsnack-contract", "adapter", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert 4 == ended.value.code
    assert text in capsys.readouterr().err


def test_without_a_fake_it_ends_with_10() -> None:
    """One line says how to get one."""
    run = _kit("adapter", "check", "--fake", "http://127.0.0.1:9", "--", *faulty("correct"))
    assert (10, 1) == (run.returncode, len(run.stderr.splitlines()))
    assert "flipsnack-mock serve" in run.stderr


def test_ctrl_c_leaves_nothing_behind(fake_server: Fake, tmp_path: Path) -> None:
    """The adapter that hangs and what it started are ended, and the kit says one word."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [
        *KIT,
        "adapter",
        "check",
        "--fake",
        fake_server.url,
        "--timeout",
        "600",
        "--",
        *faulty("holds"),
        str(pipe),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kit:
        with pipe.open() as held:
            assert "here\n" == held.readline()
            kit.send_signal(signal.SIGINT)
            assert held.read() == ""
        assert "\ninterrupted\n" == kit.communicate()[1]
    assert 130 == kit.returncode
