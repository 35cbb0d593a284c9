import fcntl
import os
import struct
import subprocess
import sys
import termios

import pytest
from click.testing import CliRunner

from flipsnack_contract.checks import server_checks
from flipsnack_contract.cli.rules import explain, explain_rule
from flipsnack_contract.contract.ledger import Rule, breaking, rules
from flipsnack_contract.scenarios.client_checks import client_checks

KIT = (sys.executable, "-m", "flipsnack_contract")


def _on_a_terminal(columns: int, *arguments: str) -> str:
    """What a terminal of that width shows of a command."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    pieces = []
    with subprocess.Popen([*KIT, *arguments], stdout=theirs, env={"PATH": "/usr/bin:/bin", "TERM": "dumb"}):
        os.close(theirs)
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("columns", [80, 160])
def test_a_list_shows_every_name_whole_whatever_the_terminal(columns: int) -> None:
    """A name that is cut off cannot be copied; nothing is wider than the window."""
    shown = _on_a_terminal(columns, "list", "--by", "client")
    assert [] == [duty.rule.id for duty in client_checks() if duty.rule.id not in shown]
    assert columns >= max(len(line.rstrip()) for line in shown.splitlines())


def test_a_narrow_list_of_checks_says_what_each_needs() -> None:
    """In words, since there is no column for it."""
    shown = _on_a_terminal(80, "list", "--checks")
    assert [] == [check.name for check in server_checks() if check.name not in shown]
    assert "code.22/maintenance-is-22  needs control" in shown


def test_explain_takes_the_name_of_a_check() -> None:
    """That is what a failure shows."""
    by_rule, by_check = (
        CliRunner().invoke(explain_rule, [name]).output
        for name in ("client.back-off", "client.back-off/a-refused-call-waits")
    )
    assert by_rule == by_check
    assert by_rule.startswith("client.back-off")


@pytest.mark.parametrize(
    ("name", "says"), [("client.deadlin", "nearest: client.deadline"), ("xyzzy", "shows all of them")]
)
def test_explain_names_what_was_probably_meant(name: str, says: str) -> None:
    """And how to see all of them, where nothing is near."""
    assert CliRunner().invoke(explain_rule, [name]).output.rstrip().endswith(says)


def _explained(rule: Rule) -> str:
    return "\n".join(explain(rule, server_checks()))


def test_an_explanation_has_all_that_is_known() -> None:
    """Statement, level, class, source with address, setting, checks and an example."""
    text = _explained(rules()["url.lives-60s"])
    for part in ("MUST", "one minute", "documented", "https://developers.flipsnack.com", "url_lifetime", "age=0"):
        assert part in text


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_every_rule_can_be_explained(rule: Rule) -> None:
    """Whoever keeps it, and whether it is checked or not, with one way to break it."""
    assert rule.statement in _explained(rule)
    assert f"broken   {breaking()[rule.id]}" in _explained(rule)


def test_a_rule_without_a_check_says_why() -> None:
    """The reason stands where the check would."""
    assert "no check" in _explained(rules()["answer.xml-illegal-characters"])
