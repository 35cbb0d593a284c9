import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty, shipped

from flipsnack_contract.adapter.fake_server import Fake

KIT = (sys.executable, "-m", "flipsnack_contract")


def _kit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One command, as it would be typed."""
    return subprocess.run([*KIT, *arguments], capture_output=True, text=True, check=False)


def test_a_well_mannered_adapter_ends_with_0() -> None:
    """Each rule of manners is a line."""
    run = _kit("adapter", "lint", "--", *shipped("python"))
    assert 0 == run.returncode, run.stdout + run.stderr
    assert re.search(r"^ok +greets ", run.stdout)


def test_a_lack_of_manners_ends_with_1() -> None:
    """The line is followed by what was expected and found."""
    run = _kit("adapter", "lint", "--", *faulty("correct"))
    assert 1 == run.returncode
    assert re.search(r"^WRONG +declines .*\n +expected outcome unsupported .*, got ok$", run.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", [["no-such-command"], faulty("dies_at_once")])
def test_without_an_adapter_it_ends_with_3(command: list[str], played: Fake) -> None:
    """One line says what there was instead."""
    assert 3 == _kit("adapter", "lint", "--", *command).returncode
    run = _kit("adapter", "smoke", "--fake", played.url, "--", *command)
    assert (3, "", 1) == (run.returncode, run.stdout, len(run.stderr.splitlines()))
    assert run.stderr.startswith("flipsnack-contract: there is no adapter to speak with: ")


def test_lint_explains_adapters_and_no_other_mode() -> None:
    """It has no --mode; smoke has."""
    told = {name: _kit("adapter", name, "--help").stdout for name in ("lint", "smoke")}
    assert ("{dest}" in told["lint"], "{dest}" in told["smoke"]) == (False, True)
    assert all("Exit codes: 0 as expected" in text for text in told.values())


def test_smoke_plays_at_a_fake_of_its_own() -> None:
    """Nothing has to run before."""
    run = _kit("adapter", "smoke", "--", *shipped("python"))
    assert (0, 4, "") == (run.returncode, run.stdout.count("ok    "), run.stderr)


def test_smoke_says_what_went_wrong(played: Fake) -> None:
    """An adapter that never downloads anything."""
    run = _kit("adapter", "smoke", "--fake", played.url, "--", *faulty("correct"))
    assert 1 == run.returncode
    assert "it said ok, and there is no file" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["smoke"], "missing client command: give it after --"),
        (["smoke", "--mode", "exec", "--", "fetch"], "the command has no {collection}"),
        (["smoke", "--", "fetch", "{collection}", "{dest}"], "only filled in with --mode exec"),
        (["smoke", "--fake", "nowhere", "--", "x"], "'nowhere' is no address of a fake"),
        (["smoke", "--capability", "telepathy", "--", "x"], "unknown capability telepathy"),
        (["lint"], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], text: str) -> None:
    """And says what was expected."""
    run = _kit("adapter", *arguments)
    assert 2 == run.returncode
    assert text in run.stderr


def test_without_a_fake_it_ends_with_5() -> None:
    """One line says how to get one."""
    run = _kit("adapter", "smoke", "--fake", "http://127.0.0.1:9", "--", *faulty("correct"))
    assert (5, 1) == (run.returncode, len(run.stderr.splitlines()))
    assert "flipsnack-mock serve" in run.stderr


def test_ctrl_c_leaves_nothing_behind(played: Fake, tmp_path: Path) -> None:
    """The adapter that hangs and what it started are ended, and the kit says one word."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [*KIT, "adapter", "smoke", "--fake", played.url, "--timeout", "600", "--", *faulty("holds"), str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kit:
        with pipe.open() as held:
            assert "here\n" == held.readline()
            kit.send_signal(signal.SIGINT)
            assert held.read() == ""
        assert ("", "\ninterrupted\n") == kit.communicate()
    assert 130 == kit.returncode
