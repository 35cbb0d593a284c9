"""The command as a user has it: a process, with its exit codes."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.contract.ledger import rules
from flipsnack_mock.testing import MockServer

KEY, SECRET = "test-command", "secret-test-command"
APP = ("--app", "flipsnack_mock:create_app")


def _run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flipsnack_contract", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
        timeout=120,
        check=False,
    )


def test_a_good_server_ends_in_0(server: MockServer) -> None:
    """With its control plane found, nothing needs to be told but the address."""
    done = _run("server", "--base-url", server.base_url, "-k", "signature.", "--examples", "5")
    assert (0, "") == (done.returncode, done.stderr)
    assert "judging " + server.base_url in done.stdout


def test_a_broken_must_ends_in_1() -> None:
    """And the report names the rule, what was expected and what was found."""
    with MockServer(url_lifetime=61) as broken:
        done = _run("server", "--base-url", broken.base_url, "-k", "url.lives-60s", "--examples", "5")
    assert 1 == done.returncode
    assert "FAILED url.lives-60s" in done.stdout
    assert "expected False, got True" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("server",), "Give --base-url URL or --app module:factory"),
        (("server", "--base-url", "http://x/", "--app", "a:b"), "one of them"),
        (("server", "--base-url", "ftp://x/"), "expected http:// or https://"),
        (("server", "--base-url", "http://x.test/"), "which ends in /v1/"),
        (("server", "--app", "nothing"), "expected module:factory"),
        (("server", "--examples", "0", *APP), "0 is not in the range"),
        (("explain", "no.such"), "'no.such' is no rule"),
        (("judge",), "No such command 'judge'"),
    ],
)
def test_wrong_usage_ends_in_2_and_says_what_is_wrong(arguments: tuple[str, ...], says: str) -> None:
    """What was given, what was expected."""
    done = _run(*arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr


def test_an_app_that_is_named_counts_more_than_an_address_in_the_environment(server: MockServer) -> None:
    """The address may stand there for other commands; alone it is what is judged."""
    for target, told in ((APP, APP[1]), ((), server.base_url)):
        done = _run("server", *target, "-k", "code.41", "--examples", "1", FLIPSNACK_BASE_URL=server.base_url)
        assert (0, f"judging {told}  (it has: ") == (done.returncode, done.stdout[: len(told) + 19]), done.stderr


def test_half_a_pair_of_credentials_is_wrong_usage(server: MockServer) -> None:
    """A key without its secret is a slip."""
    done = _run("server", "--base-url", server.base_url, FLIPSNACK_API_KEY=KEY)
    assert 2 == done.returncode
    assert "FLIPSNACK_API_KEY and FLIPSNACK_SECRET belong together" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("server", "--base-url", "http://127.0.0.1:1/v1/"), "`flipsnack-mock serve` starts our fake"),
        (("server", *APP, "-k", "no-such-check"), "no check fits 'no-such-check'"),
    ],
)
def test_nothing_judged_ends_in_5(arguments: tuple[str, ...], says: str) -> None:
    """A run of nothing is not green."""
    done = _run(*arguments)
    assert (5, 1) == (done.returncode, done.stderr.count("\n"))
    assert says in done.stderr


def test_without_a_control_plane_what_cannot_be_steered_is_skipped_by_name() -> None:
    """Capability first, then each check; what needs only a key is judged, and the key's secret is shown nowhere."""
    with MockServer(admin=False, requests_per_second=0, requests_per_minute=0) as bare:
        done = _run(
            *("server", "--base-url", bare.base_url, "--calls-per-minute", "0"),
            *("-k", "code.", "-k", "url.lives-60s", "-k", "signature.sorted"),
            *("--collection", "mock-complete"),
            FLIPSNACK_API_KEY=KEY,
            FLIPSNACK_SECRET=SECRET,
        )
    assert (0, "") == (done.returncode, done.stderr)
    skipped = done.stdout.split("skipped, needs control:")[1]
    assert "url.lives-60s/a-url-lives-exactly-a-minute" in skipped
    assert "passed  signature.sorted/order-of-sending-is-free" in done.stdout
    assert SECRET not in done.stdout


def test_with_nothing_but_an_address_there_is_no_false_alarm() -> None:
    """Without key and control plane a correct server still breaks no rule."""
    with MockServer(admin=False) as bare:
        done = _run("server", "--base-url", bare.base_url, "--calls-per-minute", "0", "--examples", "5")
    assert (0, "") == (done.returncode, done.stderr)


def test_each_result_is_a_line_of_json(tmp_path: Path) -> None:
    """For whoever wants to read results by program."""
    file = tmp_path / "results.jsonl"
    assert 0 == _run("server", *APP, "-k", "code.4", "--examples", "2", "--jsonl", str(file)).returncode
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [check.name for check in server_checks() if "code.4" in check.name] == [line["check"] for line in lines]
    assert {"passed"} == {line["outcome"] for line in lines}


def test_ctrl_c_ends_in_130_with_one_line() -> None:
    """No traceback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flipsnack_contract", "server", *APP, "--examples", "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (130, "interrupted") == (process.returncode, errors.strip())


def test_list_shows_every_rule() -> None:
    """By id, with its statement."""
    done = _run("list")
    assert 0 == done.returncode
    assert [] == [rule_id for rule_id in rules() if rule_id not in done.stdout]


def test_list_shows_every_check_and_what_it_needs() -> None:
    """And what the words for it mean."""
    done = _run("list", "--checks")
    assert [] == [check.name for check in server_checks() if check.name not in done.stdout]
    assert "control: a control plane" in done.stdout


def test_explain_tells_a_rule() -> None:
    """Source and example included."""
    done = _run("explain", "signature.sorted")
    assert (0, "signature.sorted") == (done.returncode, done.stdout[:16])


def test_explain_tells_all_that_holds_somebody_to_a_rule() -> None:
    """Probes of the API itself and looks at recordings too, and how the rule is broken."""
    told = _run("explain", "url.lives-60s").stdout
    for part in (
        "a-url-lives-exactly-a-minute",
        "live-a-link-lives-a-minute",
        "recorded-links-live-a-minute",
        "broken   ",
    ):
        assert part in told


@pytest.mark.parametrize("command", ["adapter", "client", "drift", "explain", "history", "list", "report", "server"])
def test_the_list_of_commands_says_what_each_is_for(command: str) -> None:
    """In a whole sentence, on a terminal of 80 columns."""
    shown = _run("--help", COLUMNS="80").stdout
    assert any(
        line.split()[:1] == [command] and line.endswith(".") and "..." not in line for line in shown.splitlines()
    )


def test_help_suffices() -> None:
    """It names the commands, the exit codes, and where credentials come from."""
    assert "5 nothing ran" in _run("--help").stdout
    told = " ".join(_run("server", "--help").stdout.split())
    assert "FLIPSNACK_API_KEY and FLIPSNACK_SECRET" in told
