"""The command as a user has it: a process, with its exit codes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.cli.judge import cache_folder
from flipsnack_contract.contract.ledger import rules
from flipsnack_mock.testing import MockServer

KEY, SECRET = "test-command", "secret-test-command"
KIT = (sys.executable, "-m", "flipsnack_contract")
APP = ("--app", "flipsnack_mock:create_app")


def _run(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*KIT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), **environment},
        timeout=120,
        check=False,
    )


def test_the_project_in_which_it_is_called_has_no_part_in_it(server: MockServer, tmp_path: Path) -> None:
    """Neither its pytest.ini nor its conftest.py; and nothing is left there: the cache is the user's."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit('imported')\n")
    done = _run(tmp_path, "server", server.base_url, "-k", "code.41", "--examples", "1")
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert f"judged   {server.base_url} (flipsnack-mock " in done.stdout
    assert f"command  flipsnack-contract server {server.base_url} -k code.41 --examples 1" in done.stdout
    assert {"home", "pytest.ini", "conftest.py"} == {one.name for one in tmp_path.iterdir()}
    assert (tmp_path / "home" / ".cache" / "flipsnack-kit" / "pytest").is_dir()


def test_without_a_control_plane_what_cannot_be_steered_is_skipped_by_name(tmp_path: Path) -> None:
    """What needs only a key is judged; the address comes from the environment, and the secret is shown nowhere."""
    with MockServer(admin=False, requests_per_second=0, requests_per_minute=0) as bare:
        done = _run(
            tmp_path,
            *("server", "--calls-per-minute", "0", "--collection", "mock-complete", "--examples", "2", "-n0"),
            *("-k", "code. or url.lives-60s/a-url or signature.sorted"),
            FLIPSNACK_API_KEY=KEY,
            FLIPSNACK_SECRET=SECRET,
            FLIPSNACK_BASE_URL=bare.base_url,
        )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "url.lives-60s/a-url-lives-exactly-a-minute" in done.stdout.split("SKIPPED needs control:")[1]
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("server",), "name one thing to judge"),
        (("server", *APP, "--no-such-option"), "--no-such-option"),
        (("recording", "no-such.har"), "no-such.har: No such file"),
        (("drift", "ftp://x/", "flipsnack_mock:create_app"), "is not an address of the API"),
        (("explain", "no.such"), "'no.such' is not a rule"),
        (("judge",), "No such command 'judge'"),
    ],
)
def test_wrong_usage_ends_in_4_as_in_pytest(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    """What was given, what was expected."""
    done = _run(tmp_path, *arguments)
    assert (4, True) == (done.returncode, says in done.stderr), done.stdout + done.stderr


def test_half_a_pair_of_credentials_is_wrong_usage(server: MockServer, tmp_path: Path) -> None:
    """A key without its secret is a slip."""
    done = _run(tmp_path, "server", server.base_url, FLIPSNACK_API_KEY=KEY)
    assert 4 == done.returncode
    assert "FLIPSNACK_API_KEY and FLIPSNACK_SECRET belong together" in done.stderr


def test_ctrl_c_ends_in_130_with_one_line(tmp_path: Path) -> None:
    """No traceback."""
    command = [*KIT, "server", "--app", "flipsnack_mock.server.app:create_app", "--examples", "100000"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while not process.stdout.readline().startswith("collected"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (130, "interrupted") == (process.returncode, errors.strip())
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "{}/xdg"}, "xdg/flipsnack-kit"),
        ("linux", {"HOME": "{}"}, ".cache/flipsnack-kit"),
        ("darwin", {"HOME": "{}"}, "Library/Caches/flipsnack-kit"),
        ("win32", {"HOME": "{}", "LOCALAPPDATA": "{}/local"}, "local/flipsnack-kit"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_caches(
    platform: str, environment: dict[str, str], folder: str, tmp_path: Path
) -> None:
    """As the environment says."""
    filled = {name: value.format(tmp_path) for name, value in environment.items()}
    assert tmp_path / folder == cache_folder(filled, platform)


def test_without_a_place_for_a_cache_there_is_none(tmp_path: Path) -> None:
    """A run works all the same."""
    (tmp_path / "file").touch()
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path / "file")}) is None


@pytest.mark.parametrize("command", ["adapter", "client", "drift", "explain", "list", "recording", "server"])
def test_the_list_of_commands_says_what_each_is_for(command: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a whole sentence, on a terminal of 80 columns; the exit codes follow."""
    shown = _help(tmp_path_factory)
    lines = [line for line in shown.splitlines() if line.split()[:1] == [command]]
    assert [True] == [line.endswith(".") and "..." not in line for line in lines], lines
    assert "14   the target lacks a capability" in shown


_SHOWN: list[str] = []


def _help(tmp_path_factory: pytest.TempPathFactory) -> str:
    if not _SHOWN:
        _SHOWN.append(_run(tmp_path_factory.getbasetemp(), "--help", COLUMNS="80").stdout)
    return _SHOWN[0]


def test_lists_and_explanations_have_every_rule_and_check(tmp_path: Path) -> None:
    """By id and by name."""
    listed = _run(tmp_path, "list").stdout
    assert [] == [rule_id for rule_id in rules() if rule_id not in listed]
    checks = _run(tmp_path, "list", "--checks").stdout
    assert [] == [check.name for check in server_checks() if check.name not in checks]
    assert "control: a control plane" in checks
    explained = _run(tmp_path, "explain", "url.lives-60s").stdout
    for part in ("a-url-lives-exactly-a-minute", "recorded-links-live-a-minute", "broken   "):
        assert part in explained
