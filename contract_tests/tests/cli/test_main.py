"""The command as a user has it: processes only where a process proves more."""

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from flipsnack_contract.cli.judge import cache_folder
from flipsnack_contract.cli.main import COMMANDS, cli
from flipsnack_mock.testing import MockServer

KEY, SECRET = "test-command", "secret-test-command"
MODULE = (sys.executable, "-m", "flipsnack_contract")
Kit = Callable[..., tuple[int, str, str]]


def _run(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*MODULE, *arguments],
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
    assert "url.lives-60s/a-url-lives-exactly-a-minute" in done.stdout.split("SKIPPED needs slow:")[1]
    assert SECRET not in done.stdout + done.stderr


WRONG_WORDS = {
    "client": "missing client command: give it after --",
    "server": "missing URL: give the address of the API, as http://127.0.0.1:3547/v1/",
    "recording": "missing FILE: give the HTTP archive",
    "judge": "judge is not a command; expected one of adapter, client",
    "drift only-one": "B is missing (see flipsnack-contract drift --help)",
    "list --by nobody": "--by is 'nobody': expected server or client (see",
    "server --app x:y --no-such": "--no-such is not an option (see flipsnack-contract server --help)",
    "server --app x:y --exampels 3": "--exampels is not an option; did you mean --examples?",
    "server --app x:y --examples x": "--examples is 'x': expected a whole number of 1 or more",
    "client --mode x -- y": "--mode is 'x': expected persistent or exec",
    "server http://me:pass@127.0.0.1:1/v1/": "the address holds a user or a password; expected http://…/v1/",
    "server http://127.0.0.1:1": "'http://127.0.0.1:1' is not an address of the API; expected http://…/v1/",
    "server --app x:y --rule z": "no rule begins with 'z'; `flipsnack-contract list` shows all of them",
    "server nonsense": "'nonsense' is not an address of the API; expected http://…/v1/ or https",
    "server localhost:1/v1/": "'localhost:1/v1/' is not an address of the API; expected http://…/v1/",
    "server --app x:y -p nosuch": "-p is 'nosuch': expected a plugin of pytest that can be imported",
    "server --app x:y --junitxml /dev/null/x": "--junitxml is '/dev/null/x': expected a file that can be written (see",
    "server --app x:y --html /dev/null/x.html": "--html is '/dev/null/x.html': expected a file that can be written",
    "server --app x:y --report-log /dev/null/a/b": "--report-log is '/dev/null/a/b': expected a file that can be",
    "recording gone.har": "gone.har: No such file or directory",
}


@pytest.mark.parametrize("words", WRONG_WORDS)
def test_wrong_usage_ends_in_4_with_one_line(words: str, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given, what was expected; also for what pytest reads."""
    monkeypatch.delenv("FLIPSNACK_BASE_URL", raising=False)
    code, out, err = kit(*words.split())
    assert (4, "", 1) == (code, out, err.count("\n")), err
    assert err.startswith(f"error: {WRONG_WORDS[words]}"), err


def test_a_folder_that_is_gone_is_said(kit: Kit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "error: the current folder: No such file or directory" in kit("server", "--app", "x:y")[2]


def test_a_summary_that_cannot_be_written_is_refused_before_anything_is_judged(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/null/x")
    said = "error: GITHUB_STEP_SUMMARY is '/dev/null/x': expected a file that can be written"
    assert kit("server", "--app", "x:y")[2].startswith(said)


@pytest.mark.parametrize("columns", [80, 40])
def test_help_keeps_to_the_width_of_the_terminal(columns: int) -> None:
    """What is typed as it stands may be longer: examples, and the names of options."""
    for words in ("", "server", "client", "recording", "drift", "list", "explain", "adapter check"):
        text = CliRunner().invoke(cli, [*words.split(), "--help"], terminal_width=columns - 2).stdout
        lines = (line for line in text.splitlines() if not line.startswith("  --") and "flipsnack-contract" not in line)
        assert [] == [line for line in lines if len(line) > columns]


def test_ctrl_c_ends_in_130_with_one_line(tmp_path: Path) -> None:
    """No traceback."""
    command = [*MODULE, "server", "--app", "flipsnack_mock.server.app:create_app", "--examples", "100000"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while not process.stdout.readline().startswith("collected"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (130, "interrupted") == (process.returncode, errors.strip())
    assert "Traceback" not in out


def test_a_server_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    """And not by pytest as well; what an encoding lacks is written as escapes."""
    command = [*MODULE, "server", "http://127.0.0.1:9/\u65e5/v1/"]
    environment = {"HOME": str(tmp_path), "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (10, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert done.stderr.startswith("error: no whole answer from http://127.0.0.1:9/\\u65e5/v1/: ")


def test_a_result_that_cannot_be_written_has_a_code_of_its_own() -> None:
    """A full disk, and a reader that has gone away: not 1, which is a broken rule."""
    reading, writing = os.pipe()
    os.close(reading)
    with Path("/dev/full").open("wb") as full, os.fdopen(writing, "wb") as pipe:
        said = [
            subprocess.run([*MODULE, "list"], stdout=out, stderr=subprocess.PIPE, text=True, check=False)
            for out in (full, pipe)
        ]
    told = "error: cannot write the output: "
    assert [(12, f"{told}No space left on device\n"), (12, f"{told}Broken pipe\n")] == [
        (one.returncode, one.stderr) for one in said
    ]


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A container may run as a user without an entry in passwd; a home is looked for only where it is needed."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    assert (None, tmp_path / "flipsnack-kit") == (cache_folder({}), cache_folder({"XDG_CACHE_HOME": str(tmp_path)}))


@pytest.mark.parametrize(
    ("variable", "folder"), [("XDG_CACHE_HOME", "flipsnack-kit"), ("HOME", ".cache/flipsnack-kit")]
)
def test_the_cache_is_where_the_user_keeps_caches(variable: str, folder: str, tmp_path: Path) -> None:
    """As the environment says."""
    assert tmp_path / folder == cache_folder({variable: str(tmp_path)})


def test_without_a_place_for_a_cache_there_is_none(tmp_path: Path) -> None:
    """A run works all the same."""
    (tmp_path / "file").touch()
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path / "file")}) is None


def test_the_list_of_commands_says_what_each_is_for(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a whole sentence, on a terminal of 80 columns; the exit codes follow."""
    monkeypatch.setenv("COLUMNS", "80")
    _code, shown, _err = kit("--help")
    told = {line.split()[0]: line for line in shown.splitlines() if line.startswith("  ") and line.endswith(".")}
    assert {name: one.get_short_help_str(80) for name, one in cli.commands.items()} == {
        name: line for name, (_, _, line) in COMMANDS.items()
    }
    assert set() == COMMANDS.keys() - {name for name, line in told.items() if "..." not in line}
    assert "14   the target lacks a capability" in shown


def test_help_is_shown_without_the_libraries_that_take_long(tmp_path: Path) -> None:
    """Neither Hypothesis nor pytest is imported for it, whatever the command."""
    program = """
import sys
from flipsnack_contract.cli.main import cli
for words in ("", "server", "client", "recording", "drift", "list", "explain", "adapter check"):
    cli.main([*words.split(), "--help"], standalone_mode=False)
    print(words or "all", sorted({"hypothesis", "pytest"} & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, {"[]"}) == (done.returncode, {line.rpartition(" ")[2] for line in done.stderr.splitlines()})
