import contextlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from click.testing import CliRunner
from mock_server.tests.command_runner import PREFIX, run
from mock_server.tests.conftest import KEY, SECRET, signed

from flipsnack_mock import __version__
from flipsnack_mock.cli.command import has_colours
from flipsnack_mock.cli.main import COMMANDS, command, main
from flipsnack_mock.cli.options import GROUPS
from flipsnack_mock.state.settings import setting_docs

URL = r"(http://127\.0\.0\.1:\d+)"
LISTENING = re.compile(
    rf'flipsnack-mock {re.escape(__version__)} listening on {URL}\n|{{"listening": "{URL}", "version": "[^"]+"}}\n'
)
BANNER = 5
"""Lines below the first one, for people."""

MEGABYTES = 64
BOUND = 30
"""Seconds that a test waits before it calls a process stuck; no test asserts how long anything takes."""


def environment(**variables: str) -> dict[str, str]:
    """This environment without our variables, and with the given ones."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}  # noqa: TID251
    return own | {PREFIX + name.upper(): value for name, value in variables.items()}


class Served:
    """The fake as a process of its own."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        """Start it on a free port, and wait until it says where it listens."""
        command = [sys.executable, "-m", "flipsnack_mock", "serve", "--port", "0", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment(**variables), stdout=pipe, stderr=pipe, text=True)
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()
        match = LISTENING.fullmatch(self.first_line)
        assert match is not None, self.first_line + self.end(signal.SIGKILL)[2]
        self.url = match[1] or match[2]

    def call(self, **changes: str | None) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/v1/", params=signed(**changes), timeout=BOUND)
        return dict(answer.json())

    def banner(self) -> str:
        """The lines for people, which follow where the log is pretty."""
        assert self.process.stdout is not None
        return "".join(self.process.stdout.readline() for _ in range(BANNER))

    def end(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Stop it: exit status, what it printed after its first line, what it said on stderr."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=BOUND)
        return self.process.returncode, out, err

    def connect(self) -> socket.socket:
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=BOUND)

    def resident(self) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text("ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@contextlib.contextmanager
def served(*arguments: str, **variables: str) -> Iterator[Served]:
    """The fake as a process that is gone afterwards, whatever happens."""
    process = Served(*arguments, **variables)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.end(signal.SIGKILL)


# --- start and stop --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_one_line_answers_and_ends_with_status_0_at_a_signal(how: signal.Signals) -> None:
    with served("--log", "off") as fake, requests.Session() as session:
        session.get(f"{fake.url}/health", timeout=BOUND)
        assert 20 == fake.call()["code"]
        assert (0, "", "") == fake.end(how)


def test_a_banner_names_the_page_and_a_call_that_works() -> None:
    with served() as fake:
        banner = fake.banner()
        assert f"{fake.url}/__admin/ui" in banner
        call = re.search(r"curl '(http[^']+)'", banner)
        assert call is not None
        assert 20 == requests.get(call[1], timeout=BOUND).json()["code"]


def test_answers_in_flight_are_finished() -> None:
    body = urlencode(signed()).encode()
    head = f"POST /v1/ HTTP/1.1\r\nHost: fake.test\r\nContent-Length: {len(body)}\r\n"
    with served("--log", "off", "--lenient-post") as fake, fake.connect() as connection:
        connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:20])
        # An answer on a second connection shows that the first one is being served.
        assert 20 == fake.call()["code"]
        fake.process.send_signal(signal.SIGTERM)
        connection.sendall(body[20:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b'{"code":20,' in answer
        assert (0, "", "") == fake.ended()


def test_a_download_in_flight_is_finished() -> None:
    with served("--log", "off", seed=seed(package_bytes=MEGABYTES * 1_000_000)) as fake:
        url = fake.call(collectionHash="big")["data"]["resourceUrl"]
        with requests.get(url, stream=True, timeout=BOUND) as answer:
            pieces = answer.iter_content(1_000_000)
            length = len(next(pieces))
            fake.process.send_signal(signal.SIGTERM)
            length += sum(len(piece) for piece in pieces)
        assert MEGABYTES * 1_000_000 == length
        assert (0, "", "") == fake.ended()


@pytest.mark.parametrize("path", ["package", "/__admin/requests/wait?count=9&timeout=60"])
def test_an_answer_without_an_end_holds_up_nothing(path: str) -> None:
    """A reader that does not read, and one that waits for what does not come."""
    with served("--log", "off", seed=seed(package_bytes=MEGABYTES * 1_000_000)) as fake, fake.connect() as connection:
        url = fake.call(collectionHash="big")["data"]["resourceUrl"]
        target = url.removeprefix(fake.url) if path == "package" else path
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: fake.test\r\n\r\n".encode())
        # An answer on a second connection shows that the first one is being served.
        assert 20 == fake.call()["code"]
        status, out, said = fake.end()
        assert (0, "", False) == (status, out, "Traceback" in said)


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--port", str(port))
    expected = (
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another --host or --port, or FLIPSNACK_MOCK_PORT; 0 is a free port\n"
    )
    assert (1, "", expected) == (ended.exit_code, ended.stdout, ended.stderr)


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        ((), {"prot": "1"}, "FLIPSNACK_MOCK_PROT is not a setting; did you mean FLIPSNACK_MOCK_PORT?"),
        ((), {"port": "http"}, "FLIPSNACK_MOCK_PORT is 'http': expected a whole number"),
        ((), {"admin": "never"}, "FLIPSNACK_MOCK_ADMIN is 'never': expected true or false"),
        ((), {"log": "loud"}, "FLIPSNACK_MOCK_LOG is 'loud': expected json, off or pretty"),
        (("--port", "70000"), {}, "--port is '70000': expected a whole number from 0 to 65,535"),
        (("--default-schedule", "soon"), {}, "'soon' is not a schedule; expected immediate"),
        (("--config", "/nowhere/fake.toml"), {}, "cannot read /nowhere/fake.toml: "),
        ((), {"config": "/nowhere/fake.toml"}, "cannot read /nowhere/fake.toml: "),
    ],
)
@pytest.mark.parametrize("command", ["serve", "settings", "health"])
def test_a_bad_setting_refuses_to_start(
    command: str, arguments: tuple[str, ...], variables: dict[str, str], complaint: str
) -> None:
    ended = run(command, *arguments, **variables)
    assert (2, "") == (ended.exit_code, ended.stdout)
    assert ended.stderr.startswith("error: ")
    assert complaint in ended.stderr
    assert 1 == ended.stderr.count("\n")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("serve --port x", "--port is 'x': expected a whole number from 0 to 65,535"),
        ("serve --log loud", "--log is 'loud': expected pretty, json or off (see flipsnack-mock serve --help)"),
        ("serve --url-lifetim 3", "--url-lifetim is not an option; did you mean --url-lifetime? (see"),
        ("srve", "srve is not a command; did you mean serve? (see flipsnack-mock --help)"),
        ("serve --seed []", "--seed is not an option; set FLIPSNACK_MOCK_SEED, or seed in a --config file (see"),
        ("doctor", "URL is missing (see flipsnack-mock doctor --help)"),
    ],
)
def test_wrong_words_are_one_line(
    words: str, complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["flipsnack-mock", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert (2, "", 1) == (ended.value.code, out, err.count("\n"))
    assert err.startswith(f"error: {complaint}")


def test_the_settings_are_printed_with_where_they_came_from(tmp_path: Path) -> None:
    file = tmp_path / "fake.toml"
    file.write_text('port = 1\nurl_lifetime = 2.5\nlog = "json"\nadmin_token = "sesame"\n', "utf-8")
    ended = run("settings", "--port", "3", port="2", url_lifetime="3.5", config=str(file))
    rows = {line.split()[0]: line for line in ended.stdout.splitlines()[1:]}
    assert (0, "", set(setting_docs())) == (ended.exit_code, ended.stderr, set(rows))
    found = {name: re.split(r"\s{2,}", rows[name])[1:3] for name in ("port", "url_lifetime", "log", "host")}
    assert {
        "port": ["3", "--port"],
        "url_lifetime": ["3.5", "FLIPSNACK_MOCK_URL_LIFETIME"],
        "log": ["json", f"log in {file}"],
        "host": ["127.0.0.1", "default"],
    } == found
    assert "sesame" not in ended.stdout


def test_the_settings_are_json_on_demand_without_secrets() -> None:
    ended = run("settings", "--json", "--port", "3", admin_token="sesame", seed=seed())
    rows = {one["setting"]: one for one in json.loads(ended.stdout)}
    assert (set(setting_docs()), [3, "--port"]) == (set(rows), [rows["port"][name] for name in ("value", "source")])
    assert ["***", KEY] == [rows[name]["value"] for name in ("admin_token", "seed")]
    assert SECRET not in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--help",), "FLIPSNACK_MOCK_<NAME>"),
        (("--version",), __version__),
        (("settings", "--help"), "source"),
        (("health", "--help"), "Exit status: 0"),
        (("doctor", "--help"), "Exit status: 0"),
        (("magic", "--help"), "Exit status: 0"),
        (("lint", "--help"), "/__admin/requests.ndjson"),
        (("lint", "--help"), "Exit status: 0"),
    ],
)
def test_help_is_printed(arguments: tuple[str, ...], words: str) -> None:
    ended = run(*arguments)
    assert (0, True) == (ended.exit_code, words in ended.output)


def seed(**collection: object) -> str:
    """The seed as inline JSON: the account of the signed calls with one collection."""
    fields = {"hash": "big", "schedule": "immediate", **collection}
    return json.dumps([{"key": KEY, "secret": SECRET, "collections": [fields]}])


def test_it_is_seeded_by_a_file_and_by_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "fake.toml"
    file.write_text(
        f'log = "off"\n[[seed]]\nkey = "{KEY}"\nsecret = "{SECRET}"\n'
        '[[seed.collections]]\nhash = "big"\nschedule = "immediate"\n',
        "utf-8",
    )
    for arguments, variables in ((("--config", str(file)), {}), ((), {"seed": seed(), "log": "off"})):
        with served(*arguments, **variables) as fake:
            assert "COMPLETE" == fake.call(collectionHash="big")["data"]["status"]
            assert 41 == fake.call(apiKey="LK12NS-0-IOBW3S89VVJH12Z")["code"]


def test_every_simple_setting_is_a_flag() -> None:
    text = run("serve", "--help").stdout
    simple = set(setting_docs()) - {"seed", "http_statuses", "code_messages", "invented_names"}
    assert all(re.search(rf"--{name.replace('_', '-')}[ /]", text) for name in simple)
    assert sorted(simple) == sorted(name for names in GROUPS.values() for name in names)


def test_the_list_of_commands_has_the_first_line_of_each() -> None:
    assert {name: line for name, (_, _, line) in COMMANDS.items()} == {
        name: one.get_short_help_str(80) for name, one in command.commands.items()
    }


@pytest.mark.parametrize("columns", [80, 40])
def test_help_keeps_to_the_width_of_the_terminal(columns: int) -> None:
    for name in ("", *command.commands):
        text = CliRunner().invoke(command, [*name.split(), "--help"], terminal_width=columns - 2).stdout
        # An example and the words of an option stand as they are typed.
        lines = [line for line in text.splitlines() if "flipsnack-mock" not in line and not line.startswith("  --")]
        assert [] == [line for line in lines if len(line) > columns]


# --- the log ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["pretty", "json", "off"])
def test_the_log_has_a_line_for_each_request_and_no_secrets(style: str) -> None:
    with served("--log", style) as fake:
        _ = fake.banner() if style == "pretty" else ""
        url = fake.call()["data"]["resourceUrl"]
        fake.call(signature="deadbeef" * 4)
        fake.call(apiKey="0123456789abcdef-unknown")
        requests.get(url, timeout=BOUND)
        requests.get(f"{fake.url}/v1/nowhere", timeout=BOUND)
        status, out, err = fake.end()
    assert (0, "", 0 if style == "off" else 5) == (status, err, len(out.splitlines()))
    # Where another secret was used, the line names that of the key, which the key tells.
    out = out.replace(f"this account's secret is {SECRET}", "")
    for secret in (SECRET, "deadbeef", signed()["signature"], url.partition("?")[2], "0123456789abcdef"):
        assert secret not in out


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("expected", "stream", "environ"),
    [
        (True, _Terminal(), {"TERM": "xterm"}),
        (True, _Terminal(), {"NO_COLOR": ""}),
        (False, _Terminal(), {"NO_COLOR": "1"}),
        (False, _Terminal(), {"TERM": "dumb"}),
        (False, io.StringIO(), {"TERM": "xterm"}),
        (False, None, {}),
    ],
)
def test_only_a_terminal_has_colours(expected: bool, stream: io.StringIO | None, environ: dict[str, str]) -> None:
    assert expected is has_colours(stream, environ)


def test_a_reader_of_the_log_that_goes_away_stops_nothing() -> None:
    with served("--log", "json") as fake:
        assert fake.process.stdout is not None
        fake.process.stdout.close()
        assert [20, 20] == [fake.call()["code"] for _ in range(2)]
        assert fake.process.stderr is not None
        with fake.process.stderr as complaints:
            fake.process.send_signal(signal.SIGTERM)
            assert (0, "") == (fake.process.wait(timeout=BOUND), complaints.read())


@pytest.mark.parametrize(
    ("stdout", "ended"),
    [("/dev/full", (1, "error: cannot write the output: No space left on device\n")), ("&-", (0, ""))],
)
def test_a_command_whose_output_cannot_be_written_says_so(stdout: str, ended: tuple[int, str]) -> None:
    """One whose output nobody wants has nothing to say."""
    shell = ["sh", "-c", f'exec "$@" >{stdout}', "sh", sys.executable, "-m", "flipsnack_mock", "settings"]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, timeout=BOUND, check=False)
    assert ended == (done.returncode, done.stderr)


def test_what_a_command_writes_holds_no_codes_of_a_terminal() -> None:
    """Of a name that is known to nobody, as of all that a stranger chose."""
    name = "a\x1b]0;b\x07\u202e\x9b2J\r"
    command = [sys.executable, "-m", "flipsnack_mock", "magic", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=BOUND, check=False)
    assert r"a\u001b]0;b\u0007\u202e\u009b2J\r is not magic" in done.stdout
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()


# --- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_largest_package_is_streamed_in_bounded_memory() -> None:
    """500 MB leave a process that never holds 100 MB."""
    with served("--log", "off", seed=seed(package_bytes=500_000_000)) as fake:
        url, length, most = fake.call(collectionHash="big")["data"]["resourceUrl"], 0, 0
        with requests.get(url, stream=True, timeout=BOUND) as answer:
            for number, piece in enumerate(answer.iter_content(4_000_000)):
                length += len(piece)
                if number % 10 == 0:
                    most = max(most, fake.resident())
    assert 500_000_000 == length
    assert 20_000_000 < most < 100_000_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_hostile_requests_leave_no_memory_behind() -> None:
    with served("--log", "off", "--requests-per-second", "0", "--requests-per-minute", "0") as fake:
        fake.call()
        before = fake.resident()
        with requests.Session() as session:
            for _ in range(100):
                session.post(f"{fake.url}/v1/?a={'1' * 60_000}", data=b"a=" + b"1" * 2_000_000, timeout=BOUND)
        assert fake.resident() - before < 60_000_000
