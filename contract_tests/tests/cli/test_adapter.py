import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty, shipped

from flipsnack_contract.adapter.adapter_check import PROTOCOL_CHECKS
from flipsnack_contract.adapter.fake_server import Fake

Kit = Callable[..., tuple[int, str, str]]


def test_a_right_adapter_ends_with_0_at_a_fake_of_the_kit(kit: Kit) -> None:
    """Each check is a line; nothing has to run before."""
    code, out, err = kit("adapter", "check", "--", *shipped("python"))
    # The reference client leaves the caching of statistics to its caller, so its adapter has no such operation.
    assert (0, len(PROTOCOL_CHECKS) - 1, "") == (code, len(re.findall("^ok ", out, re.MULTILINE)), err)


def test_a_wrong_adapter_ends_with_1(fake_server: Fake, kit: Kit) -> None:
    """The line is followed by what was expected and found."""
    code, out, _err = kit("adapter", "check", "--fake", fake_server.url, "--", *faulty("no_file"))
    assert 1 == code
    assert re.search(r"^WRONG +downloads .*\n +expected a file at dest, got none$", out, re.MULTILINE)


@pytest.mark.parametrize("command", [["no-such-command"], faulty("dies_at_once")])
def test_without_an_adapter_it_ends_with_11(command: list[str], fake_server: Fake, kit: Kit) -> None:
    """One line says why."""
    code, out, err = kit("adapter", "check", "--fake", fake_server.url, "--", *command)
    assert (11, "", 1) == (code, out, len(err.splitlines()))
    assert err.startswith("error: the adapter does not work: ")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "missing client command: give it after --"),
        (["--mode", "exec", "--", "fetch"], "the command has no {collection}"),
        (["--", "fetch", "{collection}", "{dest}"], "only filled in with --mode exec"),
        (["--fake", "nowhere", "--", "x"], "'nowhere' is not the address of a fake"),
        (["--capability", "telepathy", "--", "x"], "unknown capability telepathy"),
    ],
)
def test_wrong_usage_ends_with_4(arguments: list[str], text: str, kit: Kit) -> None:
    """And says what was expected."""
    code, _out, err = kit("adapter", "check", *arguments)
    assert (4, True) == (code, text in err)


def test_without_a_fake_it_ends_with_10(kit: Kit) -> None:
    """One line says how to get one."""
    code, _out, err = kit("adapter", "check", "--fake", "http://127.0.0.1:9", "--", *faulty("correct"))
    assert (10, 1) == (code, len(err.splitlines()))
    assert "flipsnack-mock serve" in err


ENDS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "ended by SIGTERM")}


@pytest.mark.parametrize("number", ENDS)
def test_a_run_that_is_ended_leaves_nothing_behind(fake_server: Fake, tmp_path: Path, number: signal.Signals) -> None:
    """The adapter that hangs and what it started are ended, and the kit says one line."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = ("adapter", "check", "--fake", fake_server.url, "--timeout", "600", "--", *faulty("holds"), str(pipe))
    command = [sys.executable, "-m", "flipsnack_contract", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        with pipe.open() as held:
            assert "here\n" == held.readline()
            process.send_signal(number)
            assert "" == held.read()
        said = process.communicate()[1].strip()
    assert ENDS[number] == (process.returncode, said)
