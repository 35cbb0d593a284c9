"""The command as a person runs it: a process, its exit code, and what it says."""

import os
import shutil
import subprocess
import sys

import pytest
from client.tests.command_runner import COMMAND, CommandRunner

from flipsnack_client import __version__
from flipsnack_mock.testing import MockServer

KEY = "test-cli"
SECRET = "secret-test-cli"
VECTOR = ["action=collection.getCollection", "apiKey=45FD-267-7SG7832", "collectionHash=fxh4k89"]


def test_download_saves_the_package_and_tells_how_it_went(runner: CommandRunner) -> None:
    """Exit 0, the file, and plain lines on stderr with state, share and rate."""
    done = runner.run("download", "mock-complete", "-o", "p.zip")
    assert (0, "") == (done.returncode, done.stdout), done.stderr
    assert (runner.folder / "p.zip").read_bytes().startswith(b"PK")
    for words in ("COMPLETE (1 poll", "(100 %)", "MB/s", "saved p.zip"):
        assert words in done.stderr


@pytest.mark.parametrize("answer_format", ["jsonp", "xml"])
def test_download_speaks_the_other_formats(runner: CommandRunner, answer_format: str) -> None:
    """--format changes what is asked for, not what happens."""
    assert 0 == runner.run("download", "mock-complete", "-o", "p.zip", "--format", answer_format).returncode


def test_quiet_says_nothing_and_verbose_every_call(runner: CommandRunner) -> None:
    """-q leaves errors only; -v adds each call, without its URL."""
    assert "" == runner.run("download", "mock-complete", "-o", "p.zip", "-q").stderr
    told = runner.run("download", "mock-complete", "-o", "p.zip", "-v").stderr
    assert "collection.downloadHTML: HTTP 200, code 20" in told
    assert "signature" not in told


def test_the_api_says_no_with_code_message_and_what_to_check(runner: CommandRunner) -> None:
    """Exit 1 for a refusal."""
    refused = runner.run("download", "mock-complete", "-o", "p.zip", FLIPSNACK_SECRET="wrong")
    assert 1 == refused.returncode
    assert "error: the API refused the call: 44 Invalid signature (check FLIPSNACK_SECRET" in refused.stderr
    assert not (runner.folder / "p.zip").exists()


def test_a_failed_job_exits_with_1(runner: CommandRunner) -> None:
    """FAILED is the API's no."""
    failed = runner.run("download", "mock-failed", "-o", "p.zip")
    assert (1, True) == (failed.returncode, "FAILED" in failed.stderr.splitlines()[-1])


def test_the_deadline_exits_with_3(runner: CommandRunner) -> None:
    """A job that does not end within --deadline."""
    late = runner.run("download", "mock-processing", "-o", "p.zip", "--deadline", "0.5")
    assert (3, True) == (late.returncode, "deadline of 0.5 s exceeded" in late.stderr)


def test_nobody_there_exits_with_3(runner: CommandRunner) -> None:
    """No connection within the deadline; each pause is told."""
    gone = runner.run("status", "h", "--base-url", "http://127.0.0.1:9/v1/", "--deadline", "0.6")
    assert (3, True) == (gone.returncode, "Connection refused" in gone.stderr)


@pytest.mark.parametrize("preset", ["invalid-zip", "corrupt-zip"])
def test_a_damaged_package_exits_with_3_and_leaves_no_file(runner: CommandRunner, preset: str) -> None:
    """Garbage under a good length."""
    runner.account.faults.add(preset=preset)
    damaged = runner.run("download", "mock-complete", "-o", "p.zip")
    assert (3, True) == (damaged.returncode, "damaged" in damaged.stderr.splitlines()[-1])
    assert [] == runner.files()


def test_a_refused_certificate_exits_with_3_and_says_whose(secure_runner: CommandRunner) -> None:
    """One line, at once: asking again would not help."""
    refused = secure_runner.run("download", "mock-complete", "-o", "p.zip")
    assert 3 == refused.returncode
    assert ["error: the certificate of 127.0.0.1 is refused: unable to get local issuer certificate"] == (
        refused.stderr.splitlines()
    )


def test_a_certificate_of_an_authority_in_the_environment_is_accepted(
    secure_runner: CommandRunner, secure: MockServer
) -> None:
    """REQUESTS_CA_BUNDLE names it."""
    done = secure_runner.run("download", "mock-complete", "-o", "p.zip", REQUESTS_CA_BUNDLE=secure.ca_file)
    assert (0, ["p.zip"]) == (done.returncode, secure_runner.files())


# Each has room for 100 kB. The disk is in a namespace that ends with the process; what is left on it is told on stdout.
QUOTA = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from flipsnack_client.__main__ import main
main()
"""
TINY_DISK = """mount -t tmpfs -o size=100k none . && cd "$PWD" && "$@"; code=$?; ls; exit $code"""
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def may_mount() -> bool:
    """Whether this system lets a user mount a disk in a namespace of its own; no package can be installed for that."""
    if not shutil.which("unshare"):
        return False
    probe = [*UNSHARE, "mount -t tmpfs none /mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


ROOMS: dict[str, tuple[tuple[str, ...], str]] = {"quota": ((sys.executable, "-c", QUOTA), "File too large")}
if may_mount():
    ROOMS["disk"] = ((*UNSHARE, TINY_DISK, "sh", *COMMAND), "No space left on device")


@pytest.mark.parametrize("name", ROOMS)
def test_a_package_that_does_not_fit_exits_with_3_and_leaves_no_half_file(runner: CommandRunner, name: str) -> None:
    """100 kB of room, a package of 200 kB: told in the system's words, nothing under the final name."""
    command, words = ROOMS[name]
    runner.account.collections.create(hash="book", schedule="immediate", package_bytes=200_000)
    full = runner.run("download", "book", "-o", "p.zip", command=command, PATH=os.defpath)
    assert 3 == full.returncode, full.stderr
    assert f"error: cannot write p.zip.part: {words}" == full.stderr.splitlines()[-1]
    assert "p.zip" not in {*runner.files(), *full.stdout.split()}


UNWRITABLE = {
    "/dev/full": "error: cannot write /dev/full: it is not a regular file",
    "missing/p.zip": "error: cannot write missing/p.zip.part: No such file or directory",
    "": "error: cannot write .: it is not a regular file",
    "x" * 300: "File name too long",
}


@pytest.mark.parametrize("target", UNWRITABLE, ids=["device", "no such folder", "no name", "long name"])
def test_a_target_that_cannot_be_is_told_before_anything_is_asked(runner: CommandRunner, target: str) -> None:
    """One line, exit 3, and no request is spent on it."""
    refused = runner.run("download", "mock-complete", "-o", target)
    assert (3, 1) == (refused.returncode, len(refused.stderr.splitlines()))
    assert UNWRITABLE[target] in refused.stderr
    assert 0 == runner.account.requests.count()


def test_status_prints_one_word(runner: CommandRunner) -> None:
    """One poll, the status on stdout, and FAILED in the exit code."""
    asked = [runner.run("status", f"mock-{name}") for name in ("complete", "processing", "failed")]
    assert [(0, "COMPLETE\n"), (0, "PROCESSING\n"), (1, "FAILED\n")] == [(one.returncode, one.stdout) for one in asked]


def test_sign_prints_the_masked_string_and_the_signature(runner: CommandRunner) -> None:
    """The vendor's published vector, with its secret masked."""
    signed = runner.run("sign", *VECTOR, FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert [
        "canonical  [secret]actioncollection.getCollectionapiKey45FD-267-7SG7832collectionHashfxh4k89",
        "signature  26e781d3d1751d82ec284acf4a019def",
    ] == signed.stdout.splitlines()
    assert "123ABCDE" not in signed.stdout + signed.stderr


def test_sign_notes_what_is_never_signed(runner: CommandRunner) -> None:
    """A signature among the parameters is left out, and that is said."""
    signed = runner.run("sign", *VECTOR, "signature=x", FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert "26e781d3d1751d82ec284acf4a019def" in signed.stdout
    assert "signature is never signed" in signed.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["secret=S3cret"],
        ["a=1", "b=xS3cretx"],
        ["S3cret"],
        ["=S3cret"],
        ["x=S3cret", "x=1"],
        ["S3cret=1"],
        ["S3cret=1", "S3cret=2"],
    ],
)
def test_sign_never_prints_the_secret(runner: CommandRunner, arguments: list[str]) -> None:
    """Not even one that was typed among the parameters by mistake."""
    told = runner.run("sign", *arguments, FLIPSNACK_SECRET="S3cret")
    assert told.stdout + told.stderr
    assert "S3cret" not in told.stdout + told.stderr


def test_an_output_that_takes_nothing_is_told(runner: CommandRunner) -> None:
    """A status that nobody can read is no success."""
    full = runner.run(
        "status", "mock-complete", command=("sh", "-c", '"$@" > /dev/full', "sh", *COMMAND), PATH=os.defpath
    )
    assert (3, "error: cannot write the output: No space left on device\n") == (full.returncode, full.stderr)


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
    "unknown option": (["download", "h", "-o", "p.zip", "--colour"], "No such option"),
    "a folder": (["download", "h", "-o", "."], "is a directory"),
    "no such file": (["status", "h", "--credentials", "none.toml"], "No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_exits_with_2_and_says_why(runner: CommandRunner, name: str) -> None:
    """Each mistake has one line."""
    arguments, words = WRONG[name]
    refused = runner.run(*arguments)
    assert (2, True, 1) == (refused.returncode, words in refused.stderr, len(refused.stderr.splitlines()))
    assert refused.stderr.startswith("error: ")


def test_no_command_at_all_gets_the_help(runner: CommandRunner) -> None:
    """Somebody who types the name only wants to know what there is."""
    told = runner.run()
    assert "download" in told.stdout + told.stderr


def test_without_credentials_it_says_where_they_may_be(runner: CommandRunner) -> None:
    """Exit 2, and the names to set."""
    refused = runner.run("status", "h", FLIPSNACK_API_KEY="", FLIPSNACK_SECRET="")
    assert (2, True) == (refused.returncode, "set FLIPSNACK_API_KEY" in refused.stderr)


def test_credentials_may_come_from_a_file_that_is_warned_of(runner: CommandRunner) -> None:
    """--credentials wins over the environment; a file that everybody can read is told."""
    path = runner.folder / "c.toml"
    path.write_text(f'api_key = "{KEY}"\nsecret = "{SECRET}"\n')
    path.chmod(0o644)
    asked = runner.run("status", "mock-complete", "--credentials", "c.toml", FLIPSNACK_SECRET="wrong")
    assert (0, True) == (asked.returncode, "chmod 600 c.toml" in asked.stderr)


def test_a_server_cannot_steer_the_terminal(runner: CommandRunner) -> None:
    """Control characters in a message are not printed."""
    runner.account.faults.add("code", code=99, message="\x1b[2Jgone\x07")
    told = runner.run("status", "mock-complete").stderr
    assert "gone" in told
    assert "\x1b" not in told
    assert "\x07" not in told


@pytest.mark.parametrize("arguments", [["--help"], ["download", "--help"], ["status", "--help"], ["sign", "--help"]])
def test_help_suffices(runner: CommandRunner, arguments: list[str]) -> None:
    """Every command's help tells the exit codes and where credentials come from."""
    told = runner.run(*arguments)
    assert 0 == told.returncode
    assert "FLIPSNACK_API_KEY" in told.stdout
    assert "Exit codes" in told.stdout


def test_version_is_printed(runner: CommandRunner) -> None:
    """--version tells it."""
    assert __version__ in runner.run("--version").stdout
