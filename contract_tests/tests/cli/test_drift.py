from collections.abc import Callable

import pytest
from contract_tests.tests.plugin.conftest import SERVERS

Kit = Callable[..., tuple[int, str, str]]


@pytest.fixture
def compared(pytester: pytest.Pytester, kit: Kit) -> Kit:
    """Runs the command on servers of that module."""
    pytester.makepyfile(servers=SERVERS)
    pytester.syspathinsert()
    return lambda *words: kit("drift", *words, "--examples", "2", "--calls-per-minute", "0")


def test_two_servers_that_differ_are_shown_side_by_side(compared: Kit, pytester: pytest.Pytester) -> None:
    """Check by check, with what the ledger says; no file of Hypothesis stays in the folder."""
    code, out, _err = compared("servers:right", "servers:long_lived", "--rule", "url.lives-60s")
    assert 1 == code, out
    assert "DRIFT   url.lives-60s  (url.lives-60s/a-url-lives-exactly-a-minute)" in out
    assert "  A       keeps the rule\n  B       breaks it: " in out
    assert "  ledger  spec/rules.toml:" in out
    assert not (pytester.path / ".hypothesis").exists()


@pytest.mark.parametrize(
    ("pair", "rule", "code", "says"),
    [
        (("servers:right", "servers:right"), "code.41", 0, "0 of 2 checks differ"),
        (("servers:long_lived", "servers:long_lived"), "url.lives-60s", 0, "0 of "),
        (("servers:right", "servers:right"), "request.any-bytes", 0, "not compared  request.any-bytes/any-bytes-on"),
        (("servers:right", "http://127.0.0.1:1/v1/"), "code.41", 10, "`flipsnack-mock serve`"),
        (("ftp://x/", "servers:right"), "code.41", 4, "is not an address of the API"),
    ],
)
def test_the_exit_code_says_whether_they_differ(
    pair: tuple[str, str], rule: str, code: int, says: str, compared: Kit
) -> None:
    """What could not be compared is named."""
    ended, out, err = compared(*pair, "--rule", rule)
    assert (code, True) == (ended, says in out + err), out + err
