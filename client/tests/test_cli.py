"""The command as a person runs it: a process, its exit code, and what it says."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from client.tests.conftest import Action, ScriptedServer, answer, complete, http, package

from flipsnack_client import __version__
from flipsnack_mock.testing import MockServer

KEY = "test-cli"
SECRET = "secret-test-cli"
SOME_BYTES = r"\([1-9]\d* %\)"
VECTOR = ["action=collection.getCollection", "apiKey=45FD-267-7SG7832", "collectionHash=fxh4k89"]


@dataclass(frozen=True)
class Shell:
    """Runs `flipsnack` in an empty folder with nothing but our variables."""

    folder: Path
    base_url: str

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a user whose credentials are in the environment."""
        return {
            "HOME": str(self.folder),
            "FLIPSNACK_API_KEY": KEY,
            "FLIPSNACK_SECRET": SECRET,
            "FLIPSNACK_BASE_URL": self.base_url,
            **more,
        }

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        return subprocess.run(
            [sys.executable, "-m", "flipsnack_client", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextlib.contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start, and end at the latest with the block."""
        command = [sys.executable, "-m", "flipsnack_client", *arguments]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment(), stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture
def shell(tmp_path: Path, fake: MockServer) -> Shell:
    """A shell whose base URL is the fake."""
    return Shell(tmp_path, fake.base_url)


@pytest.fixture
def broken(tmp_path: Path, scripted: ScriptedServer) -> Shell:
    """A shell whose base URL is the scripted server."""
    return Shell(tmp_path, f"{scripted.url}/v1/")


def test_download_saves_the_package_and_tells_how_it_went(shell: Shell) -> None:
    """Exit 0, the file, and plain lines on stderr with state, share and rate."""
    done = shell.run("download", "mock-complete", "-o", "p.zip")
    assert (0, "") == (done.returncode, done.stdout), done.stderr
    assert (shell.folder / "p.zip").read_bytes().startswith(b"PK")
    for words in ("COMPLETE (1 poll", "(100 %)", "MB/s", "saved p.zip"):
        assert words in done.stderr


@pytest.mark.parametrize("answer_format", ["jsonp", "xml"])
def test_download_speaks_the_other_formats(shell: Shell, answer_format: str) -> None:
    """--format changes what is asked for, not what happens."""
    assert 0 == shell.run("download", "mock-complete", "-o", "p.zip", "--format", answer_format).returncode


def test_quiet_says_nothing_and_verbose_every_call(shell: Shell) -> None:
    """-q leaves errors only; -v adds each call, without its URL."""
    assert "" == shell.run("download", "mock-complete", "-o", "p.zip", "-q").stderr
    told = shell.run("download", "mock-complete", "-o", "p.zip", "-v").stderr
    assert "collection.downloadHTML: HTTP 200, code 20" in told
    assert "signature" not in told


def test_the_api_says_no_with_code_message_and_what_to_check(shell: Shell) -> None:
    """Exit 1 for a refusal."""
    refused = shell.run("download", "mock-complete", "-o", "p.zip", FLIPSNACK_SECRET="wrong")
    assert 1 == refused.returncode
    assert "error: the API said no: 44 Invalid signature (check FLIPSNACK_SECRET" in refused.stderr
    assert not (shell.folder / "p.zip").exists()


def test_a_failed_job_exits_with_1(shell: Shell) -> None:
    """FAILED is the API's no."""
    failed = shell.run("download", "mock-failed", "-o", "p.zip")
    assert (1, True) == (failed.returncode, "FAILED" in failed.stderr.splitlines()[-1])


def test_the_deadline_exits_with_3(shell: Shell) -> None:
    """A job that does not end within --deadline."""
    late = shell.run("download", "mock-processing", "-o", "p.zip", "--deadline", "0.5")
    assert (3, True) == (late.returncode, "deadline of 0.5 s exceeded" in late.stderr)


def test_nobody_there_exits_with_3(shell: Shell) -> None:
    """No connection within the deadline; each pause is told."""
    gone = shell.run("status", "h", "--base-url", "http://127.0.0.1:9/v1/", "--deadline", "0.6")
    assert (3, True) == (gone.returncode, "Connection refused" in gone.stderr)


def test_a_damaged_package_exits_with_3_and_leaves_no_file(broken: Shell, scripted: ScriptedServer) -> None:
    """Garbage under a good length."""
    scripted.plan = [complete(f"{scripted.url}/p.zip"), http(b"garbage")]
    damaged = broken.run("download", "h", "-o", "p.zip")
    assert (3, True) == (damaged.returncode, "damaged" in damaged.stderr)
    assert not list(broken.folder.iterdir())


def test_a_full_disk_exits_with_3_and_leaves_no_half_file(broken: Shell, scripted: ScriptedServer) -> None:
    """A quota of 100 kB, a package of 200 kB: told in the system's words, nothing under the final name."""
    scripted.plan = [complete(f"{scripted.url}/p.zip"), http(package())]
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "from flipsnack_client.__main__ import main; main()"
    )
    full = subprocess.run(
        [sys.executable, "-c", script, "download", "h", "-o", "p.zip"],
        cwd=broken.folder,
        env=broken.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (3, True) == (full.returncode, "cannot write p.zip.part: File too large" in full.stderr)
    assert not (broken.folder / "p.zip").exists()


@pytest.mark.parametrize("target", ["/dev/full", "missing/p.zip", "."])
def test_a_target_that_cannot_be_is_told_before_anything_is_asked(
    broken: Shell, scripted: ScriptedServer, target: str
) -> None:
    """A device, a folder that is not there, a folder: no request is spent on it."""
    refused = broken.run("download", "h", "-o", target)
    assert refused.returncode in (2, 3)
    assert target in refused.stderr
    assert not scripted.requests


def hold(body: bytes, release: threading.Event) -> Action:
    """Send half of the body and wait."""

    def act(connection: object) -> None:
        http(body[: len(body) // 2], length=len(body), headers='ETag: "v1"\r\n')(connection)  # type: ignore[arg-type]
        release.wait(30)

    return act


def test_ctrl_c_leaves_a_part_and_no_half_file(broken: Shell, scripted: ScriptedServer) -> None:
    """Interrupted in the middle: exit 130, one line, and what was received is kept aside."""
    release = threading.Event()
    scripted.plan = [complete(f"{scripted.url}/p.zip"), hold(package(), release)]
    with broken.running("download", "h", "-o", "p.zip", "--deadline", "20") as process:
        told = interrupted_at(process, SOME_BYTES)
        release.set()
        assert 130 == process.wait(30)
    assert "interrupted" in told[-1]
    assert "Traceback" not in "".join(told)
    assert ["p.zip.part", "p.zip.part.json"] == sorted(path.name for path in broken.folder.iterdir())


def interrupted_at(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """Interrupt the process once it says so; return all that it said."""
    assert process.stderr is not None
    told: list[str] = []
    waiting = True
    for line in process.stderr:
        told.append(line)
        if waiting and re.search(pattern, line):
            process.send_signal(signal.SIGINT)
            waiting = False
    return told


def test_ctrl_c_while_polling_exits_with_130(shell: Shell) -> None:
    """Interrupted during the wait: nothing is left behind."""
    with shell.running("download", "mock-processing", "-o", "p.zip") as process:
        told = interrupted_at(process, "PROCESSING")
        assert 130 == process.wait(30)
    assert "interrupted" in told[-1]
    assert not list(shell.folder.iterdir())


def test_the_next_run_goes_on_where_the_last_one_stopped(broken: Shell, scripted: ScriptedServer) -> None:
    """Resuming is the default; --no-resume fetches everything again."""
    body, tag = package(), 'ETag: "v1"\r\n'
    half = http(body[:100_000], length=len(body), headers=tag)
    link = complete(f"{scripted.url}/p.zip")
    scripted.plan = [link, half, http(b"", status=404), link]
    assert 3 == broken.run("download", "h", "-o", "p.zip").returncode
    spans = f"{tag}Content-Range: bytes 100000-{len(body) - 1}/{len(body)}\r\n"
    scripted.plan += [http(body[100_000:], status=206, headers=spans)]
    assert 0 == broken.run("download", "h", "-o", "p.zip").returncode
    assert b"Range: bytes=100000-" in scripted.requests[-1]
    assert body == (broken.folder / "p.zip").read_bytes()


def test_status_prints_one_word(shell: Shell) -> None:
    """One poll, the status on stdout, and FAILED in the exit code."""
    asked = [shell.run("status", f"mock-{name}") for name in ("complete", "processing", "failed")]
    assert [(0, "COMPLETE\n"), (0, "PROCESSING\n"), (1, "FAILED\n")] == [(one.returncode, one.stdout) for one in asked]


def test_sign_prints_the_masked_string_and_the_signature(shell: Shell) -> None:
    """The vendor's published vector, with its secret masked."""
    signed = shell.run("sign", *VECTOR, FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert [
        "canonical  [secret]actioncollection.getCollectionapiKey45FD-267-7SG7832collectionHashfxh4k89",
        "signature  26e781d3d1751d82ec284acf4a019def",
    ] == signed.stdout.splitlines()
    assert "123ABCDE" not in signed.stdout + signed.stderr


def test_sign_explains_a_wrong_signature(shell: Shell) -> None:
    """The mistake and its remedy, without the secret; exit 1."""
    loud = "26E781D3D1751D82EC284ACF4A019DEF"
    told = shell.run("sign", *VECTOR, "--explain", loud, FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert 1 == told.returncode
    assert "mistake    upper-case: send lower-case hexadecimal digits" == told.stdout.splitlines()[-1]
    assert "123ABCDE" not in told.stdout + told.stderr


def test_sign_says_where_to_look_for_a_rare_mistake(shell: Shell) -> None:
    """What is not among the common mistakes is not guessed at."""
    told = shell.run("sign", *VECTOR, "--explain", "0" * 32)
    assert 1 == told.returncode
    assert "flipsnack-mock doctor" in told.stdout


def test_sign_says_nothing_of_a_right_signature(shell: Shell) -> None:
    """Exit 0, and the two lines as ever."""
    right = "26e781d3d1751d82ec284acf4a019def"
    told = shell.run("sign", *VECTOR, "--explain", right, FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert (0, 2) == (told.returncode, len(told.stdout.splitlines()))


def test_sign_notes_what_is_never_signed(shell: Shell) -> None:
    """A signature among the parameters is left out, and that is said."""
    signed = shell.run("sign", *VECTOR, "signature=x", FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert "26e781d3d1751d82ec284acf4a019def" in signed.stdout
    assert "signature is never signed" in signed.stderr


WRONG: dict[str, tuple[list[str], str]] = {
    "no command": (["unknown"], "No such command"),
    "no file": (["download", "h"], "Missing option '-o'"),
    "no hash": (["status"], "Missing argument 'HASH'"),
    "bad format": (["status", "h", "--format", "yaml"], "'yaml' is not one of"),
    "bad deadline": (["status", "h", "--deadline", "0"], "not in the range"),
    "deadline that is no number": (["status", "h", "--deadline", "nan"], "above 0"),
    "bad base URL": (["status", "h", "--base-url", "example"], "expected something like"),
    "empty hash": (["status", ""], "must not be empty"),
    "no equals sign": (["sign", "action"], "is not NAME=VALUE"),
    "twice": (["sign", "a=1", "a=2"], "given twice"),
    "no such file": (["status", "h", "--credentials", "none.toml"], "No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_exits_with_2_and_says_why(shell: Shell, name: str) -> None:
    """Each mistake has one line, and no traceback."""
    arguments, words = WRONG[name]
    refused = shell.run(*arguments)
    assert (2, True) == (refused.returncode, words in refused.stderr), refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_credentials_it_says_where_they_may_be(shell: Shell) -> None:
    """Exit 2, and the names to set."""
    refused = shell.run("status", "h", FLIPSNACK_API_KEY="", FLIPSNACK_SECRET="")
    assert (2, True) == (refused.returncode, "set FLIPSNACK_API_KEY" in refused.stderr)


def test_credentials_may_come_from_a_file_that_is_warned_of(shell: Shell) -> None:
    """--credentials wins over the environment; a file that everybody can read is told."""
    path = shell.folder / "c.toml"
    path.write_text(f'api_key = "{KEY}"\nsecret = "{SECRET}"\n')
    path.chmod(0o644)
    asked = shell.run("status", "mock-complete", "--credentials", "c.toml", FLIPSNACK_SECRET="wrong")
    assert (0, True) == (asked.returncode, "chmod 600 c.toml" in asked.stderr)


def test_a_server_cannot_steer_the_terminal(broken: Shell, scripted: ScriptedServer) -> None:
    """Control characters in a message are not printed."""
    scripted.plan = [answer(code=99, status="\x1b[2Jgone\x07")]
    told = broken.run("status", "h").stderr
    assert "gone" in told
    assert "\x1b" not in told
    assert "\x07" not in told


def test_a_terminal_gets_a_bar(shell: Shell, fake: MockServer) -> None:
    """With a terminal on stderr the progress is drawn, with rate and size."""
    fake.admin.account(KEY).collections.create(hash="twenty", schedule="immediate", package_bytes=20_000_000)
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "flipsnack_client", "download", "twenty", "-o", "p.zip"],
        cwd=shell.folder,
        env=shell.environment(TERM="xterm", COLUMNS="120"),
        stderr=follower,
    ) as process:
        os.close(follower)
        drawn = b"".join(blocks(leader))
        assert 0 == process.wait(30)
    os.close(leader)
    for words in (b"downloading", b"20.0/20.0 MB", b"MB/s", b"saved p.zip", b"\x1b["):
        assert words in drawn


def blocks(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows until its other side is gone."""
    with contextlib.suppress(OSError):
        while block := os.read(terminal, 65536):
            yield block


@pytest.mark.parametrize("arguments", [["--help"], ["download", "--help"], ["status", "--help"], ["sign", "--help"]])
def test_help_suffices(shell: Shell, arguments: list[str]) -> None:
    """Every command's help tells the exit codes and where credentials come from."""
    told = shell.run(*arguments)
    assert 0 == told.returncode
    assert "FLIPSNACK_API_KEY" in told.stdout
    assert "Exit codes" in told.stdout


def test_version_is_printed(shell: Shell) -> None:
    """--version tells it."""
    assert __version__ in shell.run("--version").stdout
