import fcntl
import json
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Callable

import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.cli.rules import explain
from flipsnack_contract.contract.ledger import Rule, breaking, rules
from flipsnack_contract.scenarios.client_checks import client_checks

Kit = Callable[..., tuple[int, str, str]]


def _on_a_terminal(columns: int, *arguments: str) -> str:
    """What a terminal of that width shows of a command."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    pieces = []
    command = [sys.executable, "-m", "flipsnack_contract", *arguments]
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, env={"PATH": "/usr/bin:/bin", "TERM": "dumb"}):
        os.close(theirs)
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return b"".join(pieces).decode()


def test_a_list_shows_every_name_whole_on_a_narrow_terminal() -> None:
    """A name that is cut off cannot be copied; nothing is wider than the window."""
    shown = _on_a_terminal(70, "list", "--by", "client")
    assert [] == [check.rule.id for check in client_checks() if check.rule.id not in shown]
    assert 70 >= max(len(line.rstrip()) for line in shown.splitlines())


def test_lists_have_every_rule_and_every_check_with_what_it_needs(kit: Kit) -> None:
    """By id and by name; each on one line, where the list goes into a pipe, or as JSON."""
    listed = [line.split("\t") for line in kit("list")[1].splitlines()]
    assert [one.id for one in rules().values()] == [name for name, _ in listed]
    assert ["code.22", "server, MUST, documented, 2 checks: "] == [
        text[: len("server, MUST, documented, 2 checks: ")] for row in listed if row[0] == "code.22" for text in row
    ]
    checks = dict(line.split("\t") for line in kit("list", "--checks")[1].splitlines())
    assert {check.name for check in (*server_checks(), *client_checks())} <= checks.keys()
    assert checks["code.22/maintenance-is-22"].startswith("needs control: ")
    as_json = json.loads(kit("list", "--checks", "--by", "client", "--json")[1])
    assert {check.name for check in client_checks()} <= {one["name"] for one in as_json}
    assert "\ncontrol      a control plane" in _on_a_terminal(80, "list", "--checks").replace("\r", "")


def test_explain_takes_the_name_of_a_check_too(kit: Kit) -> None:
    """That is what a failure shows. The checks of recordings are among those of the rule."""
    _code, by_rule, _err = kit("explain", "url.lives-60s")
    assert (0, by_rule, "") == kit("explain", "url.lives-60s/a-url-lives-exactly-a-minute")
    assert [] == [
        part for part in ("a-url-lives-exactly-a-minute", "recorded-links-live-a-minute") if part not in by_rule
    ]


@pytest.mark.parametrize(
    ("name", "says"), [("client.deadlin", "nearest: client.deadline"), ("xyzzy", "shows all of them")]
)
def test_explain_names_what_was_probably_meant(name: str, says: str, kit: Kit) -> None:
    """And how to see all of them, where nothing is near."""
    code, _out, err = kit("explain", name)
    assert (4, True) == (code, err.rstrip().endswith(says))


def _explained(rule: Rule) -> str:
    return "\n".join(explain(rule, server_checks()))


def test_an_explanation_has_all_that_is_known() -> None:
    """Statement, level, class, source with address, setting, checks and an example."""
    text = _explained(rules()["url.lives-60s"])
    parts = ("MUST", "one minute", "documented", "https://developers.flipsnack.com", "url_lifetime", "start=0")
    assert [] == [part for part in parts if part not in text]


def test_every_rule_can_be_explained_with_one_way_to_break_it() -> None:
    """Whoever keeps it, and whether it is checked or not."""
    wrong = [
        rule.id
        for rule in rules().values()
        if rule.statement not in _explained(rule) or f"broken   {breaking()[rule.id]}" not in _explained(rule)
    ]
    assert [] == wrong


def test_a_rule_without_a_check_says_why() -> None:
    """The reason stands where the check would."""
    assert "no check" in _explained(rules()["code.37"])
