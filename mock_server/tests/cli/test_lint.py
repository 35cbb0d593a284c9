import json
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from mock_server.tests.command_runner import clean_trace, run, trace_with_findings
from mock_server.tests.conftest import signed

from flipsnack_mock.cli.main import command
from flipsnack_mock.testing import MockServer


@pytest.fixture
def trace_file(tmp_path: Path) -> str:
    """A file with the trace of a client that breaks rules."""
    path = tmp_path / "findings.ndjson"
    path.write_text(trace_with_findings(), encoding="utf-8")
    return str(path)


def test_the_exit_status_says_whether_there_are_findings(trace_file: str) -> None:
    clean = run("lint", "-", stdin=clean_trace())
    assert (0, "nothing found in 1 request\n") == (clean.exit_code, clean.output)
    found = run("lint", trace_file)
    assert 1 == found.exit_code
    assert "MUST   client.secret-not-sent  (key test-core)" in found.output
    assert "2 findings in 1 request" in found.output


def test_findings_are_narrowed_by_level_rule_and_key(trace_file: str) -> None:
    assert 1 == run("lint", trace_file, "--level", "MUST").output.count("rule:")
    both = ("--ignore", "client.no-xml", "--ignore", "client.secret-not-sent")
    assert [0, 0] == [run("lint", trace_file, *options).exit_code for options in (both, ("--key", "test-other"))]


def test_a_running_fake_is_linted_by_its_url(server: MockServer) -> None:
    key = "test-commands"
    requests.get(server.base_url, params=signed(f"secret-{key}", apiKey=key, format="xml"), timeout=10)
    result = run("lint", server.url, "--key", key, "--format", "json")
    assert (1, ["client.no-xml"]) == (result.exit_code, [one["rule"] for one in json.loads(result.output)["findings"]])


@pytest.mark.parametrize(
    ("arguments", "stdin", "problem"),
    [
        (("absent.ndjson",), "", "cannot read absent.ndjson"),
        (("http://127.0.0.1:1",), "", "cannot fetch the journal of http://127.0.0.1:1: no fake answers there; is it"),
        (("http://[::1",), "", "http://[::1 is no address of a fake; expected one like http://host:port"),
        (("-", "--ignore", "client.none"), clean_trace(), "unknown rule: client.none; expected any of client."),
        (("-",), "no trace", "line 1 cannot be read"),
        ((), "", "Missing argument"),
    ],
)
def test_what_cannot_be_read_is_2(arguments: tuple[str, ...], stdin: str, problem: str) -> None:
    result = run("lint", *arguments, stdin=stdin)
    assert (2, True) == (result.exit_code, problem in result.output)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_authorities_may_be_in_the_variable_of_any_usual_program(name: str) -> None:
    with MockServer(tls=True) as secure:
        trusting = CliRunner().invoke(command, ["lint", secure.url], obj={name: secure.ca_file})
        doubting = CliRunner().invoke(command, ["lint", secure.url], obj={})
    assert [0, 2] == [trusting.exit_code, doubting.exit_code]
    assert "its certificate is of no known authority; name that in SSL_CERT_FILE" in doubting.output


def test_a_token_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And a password in a file of the user's does not take its place."""
    (tmp_path / "netrc").write_text("default login me password mine")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with MockServer(admin_token="sesame") as guarded:
        refused = run("lint", guarded.base_url)
        monkeypatch.setenv("http_proxy", guarded.url)
        for url in (guarded.base_url, "http://fake.example"):
            assert 0 == run("lint", url, "--token", "sesame").exit_code
    assert (2, True) == (refused.exit_code, "it wants its admin token; give --token" in refused.output)


def test_a_proxy_is_for_other_machines_and_is_named(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://me:pass@127.0.0.1:9")
    for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
        assert 0 == run("lint", url, "--key", "test-nobody").exit_code
    for proxy in ("http://me:pass@127.0.0.1:9", "http://me:pass/word@127.0.0.1:9", "http://me:pass@127.0.0.1:99999"):
        monkeypatch.setenv("http_proxy", proxy)
        refused = run("lint", "http://fake.invalid")
        assert (2, True) == (refused.exit_code, "by the proxy 127.0.0.1:9" in refused.output)
        assert "me:pass" not in refused.output
