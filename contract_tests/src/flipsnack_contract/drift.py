"""Two targets before the same checks: where they part, with what each answered, and what the ledger says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from flipsnack_contract.checks.check import Check, Unsuitable
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Unreachable
from flipsnack_contract.target.target_under_test import TargetUnderTest

__all__ = ["Comparison", "Told", "compare", "ledger_advice"]

_PASSING = re.compile(r"https?://\S+|kit-\d+|\d{10,}")
_TRIED = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WARNED})
_LEDGER = "spec/rules.toml"
_MENDING = {
    "assumed": 'if the API is the side that differs, correct `statement` and make `class` "observed"',
    "observed": "it was seen so once: if the API is the side that differs now, correct `statement` and `source`",
    "documented": "the vendor's page says this: if the API differs, keep `statement`, note it in a rule of its own, "
    'class "observed"',
}


@dataclass(frozen=True)
class Told:
    """What one side said to a check: how it ended, why, and what was done and answered, in order."""

    outcome: Outcome
    message: str = ""
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Whether it keeps the rule, and how it breaks it."""
        return "keeps the rule" if self.outcome is Outcome.PASSED else f"breaks it: {self.message}"


@dataclass(frozen=True)
class Comparison:
    """One check on both sides, tried with the same values."""

    check: str
    rule: Rule
    first: Told
    second: Told

    @property
    def both_tried(self) -> bool:
        """Whether both sides could be judged."""
        return {self.first.outcome, self.second.outcome} <= _TRIED

    @property
    def differs(self) -> bool:
        """Whether the sides part: one keeps the rule, or each breaks it in a way of its own."""
        if not self.both_tried:
            return False
        kept = Outcome.PASSED
        if kept in (self.first.outcome, self.second.outcome):
            return self.first.outcome is not self.second.outcome
        return _lasting(self.first.message) != _lasting(self.second.message)

    @property
    def why_not(self) -> str:
        """Why the sides could not be compared; empty when they could."""
        return "" if self.both_tried else next(told.message for told in self.sides.values() if told.message)

    @property
    def sides(self) -> Mapping[str, Told]:
        """What each side said, by its letter."""
        return {"A": self.first, "B": self.second}

    def as_result(self) -> Result:
        """It as every report takes it: a difference has failed, whatever both sides do alike has passed."""
        if not self.both_tried:
            broken = Outcome.BROKEN in (self.first.outcome, self.second.outcome)
            return Result(self.check, self.rule.id, Outcome.BROKEN if broken else Outcome.SKIPPED, self.why_not)
        if not self.differs:
            return Result(self.check, self.rule.id, Outcome.PASSED, examples=1)
        said = [f"{name} {told}" for name, told in self.sides.items()]
        steps = tuple(f"{name}: {step}" for name, told in self.sides.items() for step in told.steps)
        message = "\n".join((*said, *ledger_advice(self.rule)))
        return Result(self.check, self.rule.id, Outcome.FAILED, message, broke=self.rule.id, steps=steps, examples=1)


def compare(
    checks: Iterable[Check], first: TargetUnderTest, second: TargetUnderTest, plan: Plan
) -> Iterator[Comparison]:
    """Each check on both sides. Raises nothing for what a target does."""
    for one in checks:
        yield _compared(one, first, second, plan)


def ledger_advice(cited: Rule) -> Iterator[str]:
    """Where the ledger has the rule, and what is to be changed there, or in the fake's settings."""
    text = resources.files("flipsnack_contract").joinpath("spec", "rules.toml").read_text(encoding="utf-8")
    line = text[: text.index(f'id = "{cited.id}"')].count("\n") + 1
    yield f'{_LEDGER}:{line}: id = "{cited.id}", class = "{cited.kind}", source = {list(cited.source)}'
    yield _MENDING[cited.kind]
    if cited.setting:
        yield f"our fake takes the other reading with the setting {cited.setting}"


@dataclass
class _Spy:
    """Remembers the values with which a check found its rule broken last: after shrinking, the simplest ones."""

    check: Check
    drawn: Mapping[str, Any] | None = None

    def spied(self) -> Check:
        """The check, watched."""
        return replace(self.check, run=self._run())

    def _run(self) -> Callable[..., None]:
        def run(session: Session, **drawn: Any) -> None:
            try:
                self.check.run(session, **drawn)
            except Violation:
                self.drawn = drawn
                raise

        run.__name__, run.__doc__ = self.check.run.__name__, self.check.run.__doc__
        return run


def _compared(check: Check, first: TargetUnderTest, second: TargetUnderTest, plan: Plan) -> Comparison:
    results, spies = [], [_Spy(check), _Spy(check)]
    for subject, spy in zip((first, second), spies, strict=True):
        results.append(run_check(spy.spied(), subject, plan))
    sides = [Told(one.outcome, one.message, one.steps) for one in results]
    cited = _broken_rule(check, results)
    drawn = next((spy.drawn for spy in spies if spy.drawn is not None), None)
    if drawn is not None and {one.outcome for one in sides} <= _TRIED:
        # The same values on both sides, so that the answers can be laid side by side.
        sides = [_again(check, subject, drawn, told) for subject, told in zip((first, second), sides, strict=True)]
    return Comparison(check.name, cited, *sides)


def _broken_rule(check: Check, results: Iterable[Result]) -> Rule:
    return rule(next((result.broke for result in results if result.broke), check.rule.id))


def _again(check: Check, subject: TargetUnderTest, drawn: Mapping[str, Any], told: Told) -> Told:
    with subject.session() as session:
        try:
            check.run(session, **drawn)
        except Violation as violation:
            outcome = Outcome.FAILED if check.rule.is_must else Outcome.WARNED
            return Told(outcome, str(violation), tuple(session.trace))
        except (Unsuitable, Unreachable, Refused) as trouble:
            return Told(told.outcome, told.message or str(trouble), told.steps)
        # It broke the rule with other values only: those are told.
        return Told(Outcome.PASSED, "", tuple(session.trace)) if told.outcome is Outcome.PASSED else told


def _lasting(message: str) -> str:
    return _PASSING.sub("…", message)
