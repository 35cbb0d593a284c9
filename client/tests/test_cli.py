"""The command as a person runs it: a process, its exit code, and what it says."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from urllib.parse import urlsplit

import pytest
from client.tests.command_runner import COMMAND, CommandRunner

from flipsnack_client import __version__

KEY = "test-cli"
SECRET = "secret-test-cli"
VECTOR = ["action=collection.getCollection", "apiKey=45FD-267-7SG7832", "collectionHash=fxh4k89"]


def test_download_saves_the_package_and_shows_its_progress(runner: CommandRunner) -> None:
    done = runner.run("download", "mock-complete")
    assert (0, "") == (done.returncode, done.stdout), done.stderr
    assert (runner.folder / "mock-complete.zip").read_bytes().startswith(b"PK")
    for words in ("COMPLETE (1 poll", "saved mock-complete.zip"):
        assert words in done.stderr


def test_quiet_prints_nothing_and_verbose_every_call(runner: CommandRunner) -> None:
    assert "" == runner.run("download", "mock-complete", "-o", "p.zip", "-q").stderr
    shown = runner.run("download", "mock-complete", "-o", "p.zip", "-v").stderr
    assert "collection.downloadHTML: HTTP 200, code 20" in shown
    assert "signature" not in shown


# The hash, a fault preset of the account, more arguments, the exit code, and a part of the last line.
FAILURES: dict[str, tuple[str, str, list[str], int, str]] = {
    "secret": (
        "mock-complete",
        "",
        [],
        1,
        "error: the API refused the call: 44 Invalid signature (check",
    ),
    "job": ("mock-failed", "", [], 1, "error: FAILED: the package of collection mock-failed could not be generated"),
    "deadline": ("mock-processing", "", ["--deadline", "0.5"], 3, "s of a deadline of 0.5 s: "),
    "server": ("h", "", ["--base-url", "http://127.0.0.1:9/v1/", "--deadline", "0.6"], 3, "Connection refused; the"),
    "no zip": ("mock-complete", "invalid-zip", [], 3, "error: the package is damaged"),
    "one bit turned": ("mock-complete", "corrupt-zip", [], 3, "error: the package is damaged"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_download_says_why_in_its_last_line_and_leaves_no_file(runner: CommandRunner, name: str) -> None:
    """Exit code 1 where the API or the job refuses, 3 for transport, deadline and damage."""
    collection, preset, arguments, code, words = FAILURES[name]
    if preset:
        runner.account.faults.add(preset=preset)
    secret = {"FLIPSNACK_SECRET": "wrong"} if name == "secret" else {}
    failed = runner.run("download", collection, "-o", "p.zip", *arguments, **secret)
    assert (code, []) == (failed.returncode, runner.files())
    assert words in failed.stderr.splitlines()[-1]


# Each has room for 100 kB. The disk is in a namespace that ends with the process; its files are listed on stdout.
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
    """100 kB of room, a package of 200 kB: the system's words on stderr, and no file at the final path."""
    command, words = ROOMS[name]
    runner.account.collections.create(hash="book", schedule="immediate", package_bytes=200_000)
    full = runner.run("download", "book", "-o", "p.zip", command=command, PATH=os.defpath)
    assert 3 == full.returncode, full.stderr
    assert f"error: cannot write p.zip: {words}" == full.stderr.splitlines()[-1]
    assert "p.zip" not in {*runner.files(), *full.stdout.split()}


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_package_may_go_to_stdout(runner: CommandRunner, name: str) -> None:
    with (runner.folder / "p.zip").open("wb") as file:
        done = subprocess.run(
            [*COMMAND, "download", "mock-complete", "-o", name],
            cwd=runner.folder, env=runner.environment(), stdout=file, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (0, True, ["p.zip"]) == (done.returncode, "written to stdout (" in done.stderr, runner.files())
    assert zipfile.is_zipfile(runner.folder / "p.zip")


UNWRITABLE = {
    "/dev/full": "error: cannot write /dev/full: it is not a regular file",
    "missing/p.zip": "error: cannot write missing/p.zip: there is no folder missing; make it, or give another path",
    "": "error: cannot write .: it is not a regular file",
    "x" * 300: "File name too long",
}


@pytest.mark.parametrize("target", UNWRITABLE, ids=["device", "no such folder", "no name", "long name"])
def test_a_target_that_cannot_be_written_is_refused_before_any_request(runner: CommandRunner, target: str) -> None:
    refused = runner.run("download", "mock-complete", "-o", target)
    assert (3, 1) == (refused.returncode, len(refused.stderr.splitlines()))
    assert UNWRITABLE[target] in refused.stderr
    assert 0 == runner.account.requests.count()


@pytest.mark.parametrize("answer_format", ["json", "jsonp", "xml"])
def test_status_prints_one_word(runner: CommandRunner, answer_format: str) -> None:
    names = ("complete", "processing", "failed")
    asked = [runner.run("status", f"mock-{name}", "--format", answer_format) for name in names]
    assert [(0, "COMPLETE\n"), (0, "PROCESSING\n"), (1, "FAILED\n")] == [(one.returncode, one.stdout) for one in asked]


def test_status_can_wait_for_the_end(runner: CommandRunner) -> None:
    waited = runner.run("status", "mock-failed-after-1-polls", "--wait")
    assert (1, "FAILED\n") == (waited.returncode, waited.stdout)
    assert ["PROCESSING (1 poll", "FAILED (2 polls"] == [line.partition(",")[0] for line in waited.stderr.splitlines()]


BASE_URLS = {
    "": " answered HTTP 404, expected an answer of the API; check the base URL: its path is /, that of",
    "/__admin/ui": "it is a page of HTML; check the base URL: its path is /__admin/ui, that of the API ends with /v1/",
}


@pytest.mark.parametrize("path", BASE_URLS)
def test_a_base_url_of_something_else_is_told_the_right_one(runner: CommandRunner, path: str) -> None:
    server = runner.base_url.removesuffix("/v1/")
    refused = runner.run("list", "--base-url", server + path)
    assert (3, 1) == (refused.returncode, len(refused.stderr.splitlines()))
    assert BASE_URLS[path] in refused.stderr
    assert f"as {runner.base_url}\n" in refused.stderr


def test_sign_prints_the_masked_string_and_the_signature(runner: CommandRunner) -> None:
    signed = runner.run("sign", *VECTOR, "signature=x", FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert [
        "canonical  [secret]actioncollection.getCollectionapiKey45FD-267-7SG7832collectionHashfxh4k89",
        "signature  26e781d3d1751d82ec284acf4a019def",
    ] == signed.stdout.splitlines()
    assert "note: signature is never signed\n" == signed.stderr
    as_json = runner.run("sign", "--json", *VECTOR, FLIPSNACK_SECRET="123ABCDE-456-7890-FGH")
    assert "26e781d3d1751d82ec284acf4a019def" == json.loads(as_json.stdout)["signature"]


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
    shown = runner.run("sign", *arguments, FLIPSNACK_SECRET="S3cret")
    assert shown.stdout + shown.stderr
    assert "S3cret" not in shown.stdout + shown.stderr


def test_an_output_that_cannot_be_written_is_an_error(runner: CommandRunner) -> None:
    """A status that was not printed is not a success."""
    full = runner.run(
        "status", "mock-complete", command=("sh", "-c", '"$@" > /dev/full', "sh", *COMMAND), PATH=os.defpath
    )
    assert (3, "error: cannot write the output: No space left on device\n") == (full.returncode, full.stderr)


@pytest.mark.parametrize("redirection", [">&- 2>&-", "2>/dev/full"])
def test_a_message_that_cannot_be_written_changes_nothing(runner: CommandRunner, redirection: str) -> None:
    shell = ("sh", "-c", f'"$@" {redirection}', "sh", *COMMAND)
    codes = [
        runner.run(*arguments, command=shell, PATH=os.defpath).returncode
        for arguments in (["download", "mock-complete", "-o", "p.zip"], ["download", "mock-failed", "-o", "q.zip"])
    ]
    assert ([0, 1], ["p.zip"]) == (codes, runner.files())


def test_what_an_encoding_lacks_is_written_as_escapes(runner: CommandRunner) -> None:
    signed = runner.run("sign", "action=x", "note=\u65e5", PYTHONIOENCODING="cp1252")
    assert (0, "canonical  [secret]actionxnote\\u65e5") == (signed.returncode, signed.stdout.splitlines()[0])
    refused = runner.run("status", "h", "--base-url", "日", PYTHONIOENCODING="cp1252")
    assert (2, True) == (refused.returncode, "\\u65e5" in refused.stderr)


def test_a_socks_proxy_without_its_package_is_said_once(runner: CommandRunner) -> None:
    program = "import sys; sys.modules['socks'] = None; from flipsnack_client.__main__ import main; main()"
    command = (sys.executable, "-c", program)
    said = runner.run("status", "h", command=command, ALL_PROXY="socks5://me:Zq7@127.0.0.1:9")
    server = urlsplit(runner.base_url).netloc
    words = (
        f"error: cannot reach {server} through the proxy socks5://127.0.0.1:9: "
        "a SOCKS proxy needs the package PySocks, which is not installed: pip install PySocks\n"
    )
    assert (3, words) == (said.returncode, said.stderr)


def test_a_reader_that_goes_away_is_an_error_of_the_output(runner: CommandRunner) -> None:
    """Not 1, which is a refusal of the API."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing) as pipe:
        command = [*COMMAND, "sign", "a=b"]
        left = subprocess.run(
            command, env=runner.environment(), stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (3, "error: cannot write the output: Broken pipe\n") == (left.returncode, left.stderr)


def test_no_command_at_all_gets_the_help(runner: CommandRunner) -> None:
    shown = runner.run()
    assert "download" in shown.stdout + shown.stderr


def test_without_credentials_it_says_where_they_may_be(runner: CommandRunner) -> None:
    refused = runner.run("status", "h", FLIPSNACK_API_KEY="", FLIPSNACK_SECRET="")
    assert (2, True) == (refused.returncode, "set FLIPSNACK_API_KEY" in refused.stderr)


def test_credentials_may_come_from_a_file_that_is_warned_of(runner: CommandRunner) -> None:
    """--credentials goes before the environment; a file that other users can read gets a warning."""
    path = runner.folder / "c.toml"
    path.write_text(f'api_key = "{KEY}"\nsecret = "{SECRET}"\n')
    path.chmod(0o644)
    asked = runner.run("status", "mock-complete", "--credentials", "c.toml", FLIPSNACK_SECRET="wrong")
    assert (0, True) == (asked.returncode, "chmod 600 c.toml" in asked.stderr)


def test_a_server_cannot_steer_the_terminal(runner: CommandRunner) -> None:
    runner.account.faults.add("code", code=99, message="\x1b[2Jgone\x07\n" + "x" * 9_000)
    shown = runner.run("status", "mock-complete").stderr
    assert (1, True) == (len(shown.splitlines()), len(shown) < 700)
    assert "gone" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown
    runner.account.faults.clear()
    (runner.folder / "a.pdf").write_bytes(b"%PDF-1.4")
    body = '{"code":20,"status":"OK","data":{"collectionHash":"a\\nb"}}'
    runner.account.faults.add("status", status=200, body=body, when={"action": "collection.create"})
    assert "a\N{REPLACEMENT CHARACTER}b\n" == runner.run("create", "a.pdf").stdout


@pytest.mark.parametrize("arguments", [["--help"], ["download", "--help"], ["status", "--help"], ["sign", "--help"]])
def test_help_suffices(runner: CommandRunner, arguments: list[str]) -> None:
    shown = runner.run(*arguments)
    assert 0 == shown.returncode
    assert "FLIPSNACK_API_KEY" in shown.stdout
    assert "Exit codes" in shown.stdout
    assert __version__ in runner.run("--version").stdout
