"""The command `flipsnack-contract live`, as a process, at a fake that is one too and cannot be steered."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WHO = {
    "FLIPSNACK_API_KEY": "test-live",
    "FLIPSNACK_SECRET": "secret-test-live",
    "FLIPSNACK_COLLECTION": "mock-complete",
}
NOWHERE = "http://127.0.0.1:1/v1/"


@pytest.fixture(scope="module")
def fake() -> Iterator[str]:
    """The address of a fake with both limits and without a control plane."""
    command = [sys.executable, "-m", "flipsnack_mock", "serve", "--port", "0", "--log", "off", "--admin", "false"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        match = re.search(r"listening on (http://\S+)", process.stdout.readline())
        assert match is not None
        yield f"{match[1]}/v1/"
        process.terminate()


def _live(base_url: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flipsnack_contract", "live", "--base-url", base_url, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        timeout=120,
        check=False,
    )


def test_nine_calls_within_the_limits_are_all_served(fake: str) -> None:
    """The budget stands before the first result; neither key nor secret is shown."""
    done = _live(fake, "-k", "job.states", "-k", "url.", "-k", "code.4", "-k", "answer.same", **WHO)
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.index("budget: at most 9 calls of the 9") < done.stdout.index(" passed ")
    assert "skipped, needs slow:" in done.stdout
    assert [] == [word for word in (WHO["FLIPSNACK_API_KEY"], WHO["FLIPSNACK_SECRET"]) if word in done.stdout]


def test_a_later_run_goes_on_where_an_earlier_ended(fake: str, tmp_path: Path) -> None:
    """What the budget left over makes the first inconclusive; the second repeats nothing."""
    told = ("--state", str(tmp_path / "state"), "-k", "code.4", "--jsonl", str(tmp_path / "kept"))
    first = _live(fake, *told, "--budget", "2", **WHO)
    assert (5, True) == (first.returncode, "1 to do" in _live(fake, *told, "--plan", **WHO).stdout)
    second = _live(fake, *told, **WHO)
    assert (0, True) == (second.returncode, "3 probes, 2 finished before, 1 to do" in second.stdout)
    assert 3 == (tmp_path / "state").read_text().count('"call"')


def test_a_plan_calls_nobody() -> None:
    """It says what would be done, even where nobody answers."""
    done = _live(NOWHERE, "--plan", **WHO)
    assert (0, "") == (done.returncode, done.stderr)
    assert "only collection.downloadHTML is called" in done.stdout


def test_nobody_there_is_inconclusive() -> None:
    """Nothing is known then."""
    assert 5 == _live(NOWHERE, "-k", "code.44", **WHO).returncode


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        ((), {}, "Set FLIPSNACK_API_KEY and FLIPSNACK_SECRET in the environment"),
        ((), {"FLIPSNACK_API_KEY": "x"}, "belong together"),
        (("--state", os.devnull + "/x"), WHO, "--state: "),
    ],
)
def test_wrong_usage_ends_in_2(arguments: tuple[str, ...], environment: dict[str, str], says: str) -> None:
    """With what to do."""
    done = _live(NOWHERE, *arguments, **environment)
    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
