"""How a check reports that a rule is broken, or that it cannot be judged."""

from collections.abc import Container

from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.contract.decoding import Answer, shown
from flipsnack_contract.contract.ledger import messages, named

CHECK_SECONDS = 600.0
"""Seconds of real time after which a check gives up."""


class Violation(Exception):
    """A rule is broken: what was checked, expected and found; `rule` if it is not the rule of the check."""

    def __init__(self, what: str, expected: object, found: object, *, rule: str | None = None) -> None:
        self.what = what
        self.expected = str(expected)
        self.found = str(found)
        self.rule = rule
        super().__init__(f"{what}: expected {self.expected}, got {self.found}")


class Inconclusive(Exception):
    """Nothing can be said of the rule now; the text says why."""


class Unsuitable(Exception):
    """A row cannot be tried on this target; the text says why."""


def keep_to_time(began: float) -> None:
    """Raise `Inconclusive` where a check takes too long: each answer may be slow, and still have an end."""
    if stopwatch() - began > CHECK_SECONDS:
        raise Inconclusive(f"the check did not end within {CHECK_SECONDS:g} s; the answers are too slow")


def expect(expected: object, found: object, what: str) -> None:
    """Raise `Violation` unless both are equal."""
    if expected != found:
        raise Violation(what, shown(expected), shown(found))


def require(expected: object, found: object, what: str, rule: str | None) -> None:
    """Raise `Violation` of that rule unless both are equal."""
    if expected != found:
        raise Violation(what, shown(expected), shown(found), rule=rule)


def expect_in(expected: Container[object], found: object, what: str) -> None:
    """Raise `Violation` unless `found` is one of those expected."""
    if found not in expected:
        raise Violation(what, f"one of {expected}", shown(found))


def expect_code(expected: int, answer: Answer, what: str) -> None:
    """Raise `Violation` unless the answer has that code."""
    if expected != answer.code:
        raise Violation(what, f"code {named(expected)}", f"code {named(answer.code)}")


def expect_message(code: int, answer: Answer, what: str) -> None:
    """Raise `Violation` unless the answer has that code and its message, letter by letter."""
    expect_code(code, answer, what)
    require(messages()[code], answer.status, f"the message of code {code}, {what}", f"code.{code}")
