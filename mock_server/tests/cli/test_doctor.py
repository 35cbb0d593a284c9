import hashlib
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result
from mock_server.tests.conftest import signature_of
from mock_server.tests.doctor.bad_signers import signer_with, url_of

from flipsnack_mock.cli.main import command

DOCUMENTED = {
    "action": "collection.downloadHTML",
    "apiKey": "LK12NS-0-IOBW3S89VVJH12Z",
    "collectionHash": "d3m0h45h",
}
SECRET = "123ABCDE-456-7890-FGH"
OWN = DOCUMENTED | {"apiKey": "my-own-key"}


def run(*arguments: str, stdin: str | None = None, **environ: str) -> Result:
    """The command with these arguments and this environment."""
    return CliRunner().invoke(command, ["doctor", *arguments], obj=environ, input=stdin)


def test_the_cause_and_the_remedy_are_told() -> None:
    result = run(
        url_of(
            {"apiKey": "test-bad-signer", "b": "1", "a": "2"},
            signer_with("unsorted").sign({"apiKey": "test-bad-signer", "b": "1", "a": "2"}),
        )
    )
    assert 1 == result.exit_code
    for words in ("unsorted: signed in the order of the URL", "Sort the parameters by name", "[secret]a2apiKey"):
        assert words in result.output
    assert "secret-test-bad-signer" not in result.output


def test_a_file_that_is_named_as_for_curl_is_recognised_among_what_was_signed() -> None:
    params = {"apiKey": "test-bad-signer", "action": "collection.create", "file": "@./letters/May.pdf"}
    named = params | {"file": "May.pdf"}
    text = "secret-test-bad-signer" + "".join(name + named[name] for name in sorted(named))
    result = run(url_of(params, hashlib.md5(text.encode()).hexdigest()))
    assert 1 == result.exit_code
    assert "file-included: file signed with its name" in result.output


def test_the_exit_status_is_the_verdict() -> None:
    """0 for a right signature, from an argument or standard input; 1 for a missing one, with the expected one."""
    url = url_of(DOCUMENTED, signature_of(SECRET, DOCUMENTED))
    assert (0, "The signature is right.") == (run(url).exit_code, run(url).output.splitlines()[0])
    assert 0 == run("-", stdin=url + "\n").exit_code
    missing = run("https://api.flipsnack.com/v1/?" + urlencode(DOCUMENTED))
    assert (1, True) == (missing.exit_code, signature_of(SECRET, DOCUMENTED) in missing.output)


@pytest.mark.parametrize(
    ("url", "environ", "words"),
    [
        (url_of(OWN, "0" * 32), {}, ("FLIPSNACK_SECRET", "--secret-file")),
        (url_of(OWN, "0" * 32), {"FLIPSNACK_MOCK_SEED": "{"}, ("FLIPSNACK_MOCK_SEED",)),
        ("?a=1&a=2", {}, ("code 40",)),
        ("?a=%zz", {}, ("code 40",)),
        ("nonsense", {}, ("expected one like action=",)),
    ],
)
def test_what_cannot_be_judged_is_2(url: str, environ: dict[str, str], words: tuple[str, ...]) -> None:
    result = run(url, **environ)
    assert 2 == result.exit_code
    assert all(word in result.output for word in words)


def test_the_secret_is_read_from_the_environment_a_file_or_the_seed(tmp_path: Path) -> None:
    url, file = url_of(OWN, signature_of("mine", OWN)), tmp_path / "secret"
    file.write_text("mine\n", "utf-8")
    assert 2 == run(url).exit_code
    assert 0 == run(url, FLIPSNACK_SECRET="mine").exit_code
    assert 0 == run(url, "--secret-env", "OTHER", OTHER="mine", FLIPSNACK_SECRET="not mine").exit_code
    assert 0 == run(url, "--secret-file", str(file), FLIPSNACK_SECRET="not mine").exit_code
    assert 0 == run(url, FLIPSNACK_MOCK_SEED=json.dumps([{"key": "my-own-key", "secret": "mine"}])).exit_code


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_a_secret_that_cannot_be_read_is_usage(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    result = run("?a=1", "--secret-file", str(file))
    assert (2, True) == (result.exit_code, str(file) in result.output)


def test_json_is_the_whole_diagnosis() -> None:
    result = run("--format", "json", url_of(DOCUMENTED, signature_of(SECRET, DOCUMENTED).upper()))
    found = json.loads(result.output)
    assert "explained" == found["verdict"]
    assert SECRET not in result.output


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_was_signed_writes_no_terminal_codes(form: str) -> None:
    params = {**DOCUMENTED, "title": "\x1b[31m\x9b31m\x7f\u202e\u2028"}
    result = run("--format", form, url_of(params, signature_of(SECRET, params).upper()))
    assert [] == [line for line in result.output.split("\n") if not line.isprintable()]


def test_it_works_as_a_process_with_the_environment_of_the_shell() -> None:
    url = url_of(OWN, signature_of("mine", OWN))
    ran = subprocess.run(
        [sys.executable, "-m", "flipsnack_mock", "doctor", url],
        env={"FLIPSNACK_SECRET": "mine", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    assert "The signature is right." in ran.stdout
