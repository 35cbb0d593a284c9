from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from contract_tests.tests.plugin.conftest import SERVERS

from flipsnack_contract.cli.drift import drift

Drift = Callable[..., Result]


@pytest.fixture
def compared(pytester: pytest.Pytester) -> Drift:
    """Runs the command on servers of that module."""
    pytester.makepyfile(servers=SERVERS)
    pytester.syspathinsert()
    few = ("--examples", "2", "--calls-per-minute", "0")
    return lambda *words: CliRunner().invoke(drift, [*words, *few], obj={})


def test_two_servers_that_differ_are_shown_side_by_side(compared: Drift) -> None:
    """Check by check, with what the ledger says."""
    done = compared("servers:right", "servers:long_lived", "--rule", "url.lives-60s")
    assert 1 == done.exit_code, done.output
    assert "DRIFT   url.lives-60s  (url.lives-60s/a-url-lives-exactly-a-minute)" in done.output
    assert "  A       keeps the rule\n  B       breaks it: " in done.output
    assert "  ledger  spec/rules.toml:" in done.output


@pytest.mark.parametrize(
    ("pair", "rule", "code", "says"),
    [
        (("servers:right", "servers:right"), "code.41", 0, "0 of 2 checks differ"),
        (("servers:long_lived", "servers:long_lived"), "url.lives-60s", 0, "0 of "),
        (("servers:right", "servers:right"), "request.any-bytes", 0, "not compared  request.any-bytes/any-bytes-on"),
        (("servers:right", "http://127.0.0.1:1/v1/"), "code.41", 10, "`flipsnack-mock serve`"),
    ],
)
def test_the_exit_code_says_whether_they_differ(
    pair: tuple[str, str], rule: str, code: int, says: str, compared: Drift
) -> None:
    """What could not be compared is named."""
    done = compared(*pair, "--rule", rule)
    assert (code, True) == (done.exit_code, says in done.output), done.output
