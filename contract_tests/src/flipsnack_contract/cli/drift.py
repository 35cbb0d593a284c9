"""The command `flipsnack-contract drift`: where two targets differ, check by check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import resources
from typing import Any

import click
import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.options import OPTIONS, Options
from flipsnack_contract.plugin.server import open_target, plan_of
from flipsnack_contract.target.result import Exit, Outcome, Result
from flipsnack_contract.target.target_under_test import TargetUnderTest

__all__ = ["Comparison", "compare", "drift", "ledger_advice"]

EXAMPLES = 20
STEPS_SHOWN = 4
TRIED = (Outcome.PASSED, Outcome.FAILED, Outcome.WARNED)
# What two runs at one target may differ in: addresses, keys of the kit, instants.
_VARYING = re.compile(r"https?://\S+|kit-\d+|\d{10,}")
ADVICE = {
    "assumed": 'if the API is the side that differs, correct `statement` and make `class` "observed"',
    "observed": "if the API is the side that differs now, correct `statement` and `source`",
    "documented": 'if the API is the side that differs, keep `statement` and add an "observed" rule',
}


@dataclass(frozen=True)
class Comparison:
    """The results of one check at two targets, drawn by the same seed."""

    first: Result
    second: Result

    @property
    def both_judged(self) -> bool:
        """Whether the check could be judged at both."""
        return self.first.outcome in TRIED and self.second.outcome in TRIED

    @property
    def differs(self) -> bool:
        """Whether one keeps the rule and the other does not, or each breaks it in another way."""
        if not self.both_judged:
            return False
        outcomes = {self.first.outcome, self.second.outcome}
        return len(outcomes) > 1 or _constant(self.first.message) != _constant(self.second.message)

    @property
    def rule(self) -> Rule:
        """The rule that is broken, else the check's."""
        return rule(self.first.broke or self.second.broke or self.first.rule)

    def lines(self) -> Iterator[str]:
        """Both sides, for a reader."""
        yield f"DRIFT   {self.rule.id}  ({self.first.check})"
        yield f"  rule    {self.rule.statement}"
        for name, side in (("A", self.first), ("B", self.second)):
            kept = side.outcome is Outcome.PASSED
            yield f"  {name}       {'keeps the rule' if kept else f'breaks it: {side.message}'}"
            yield from (f"          {step}" for step in side.steps[-STEPS_SHOWN:])
        yield from (f"  ledger  {line}" for line in ledger_advice(self.rule))


def compare(first: TargetUnderTest, second: TargetUnderTest, plan: Plan, options: Options) -> Iterator[Comparison]:
    """Each check at both targets. Raises nothing for what a target does."""
    for check in server_checks():
        if options.selects(check.rule.id):
            yield Comparison(run_check(check, first, plan), run_check(check, second, plan))


def ledger_advice(cited: Rule) -> Iterator[str]:
    """Where the ledger has the rule, and what to change there or in the settings of the fake."""
    text = resources.files("flipsnack_contract").joinpath("spec", "rules.toml").read_text(encoding="utf-8")
    line = text[: text.index(f'id = "{cited.id}"')].count("\n") + 1
    yield f'spec/rules.toml:{line}: id = "{cited.id}", class = "{cited.kind}", source = {list(cited.source)}'
    yield ADVICE[cited.kind]
    if cited.setting:
        yield f"the setting {cited.setting} of our fake takes the other reading"


@click.command("drift", short_help="Compare two servers, check by check.")
@click.argument("a")
@click.argument("b")
@click.option("--rule", "rules", multiple=True, help="Compare only rules whose id begins so.")
@click.option("--examples", type=click.IntRange(1), default=EXAMPLES, show_default=True, help="Drawn examples a check.")
@click.option("--seed", type=int, help="Draw by this seed; without one every run draws the same.")
@click.option("--alone", is_flag=True, help="Nothing else uses the targets: maintenance may be on for all keys.")
@click.option("--calls-per-minute", type=click.IntRange(0), default=60, show_default=True, help="The pace; 0: none.")
@click.pass_obj
def drift(environment: Mapping[str, str] | None, /, a: str, b: str, **given: Any) -> None:
    """Judge A and B by the same checks, and show each check on which they differ, with what both did.

    A and B are addresses of the API (http://…/v1/) or WSGI apps in this process (module:factory). Exit codes: 0 no
    difference, 1 differences, 10 a target does not answer, 14 nothing could be compared.
    """
    values = {one.name: one.default for one in OPTIONS} | {"rule": given.pop("rules")}
    values |= {name.replace("_", "-"): value for name, value in given.items()}
    options = Options(values, environment or {})
    with ExitStack() as stack:
        try:
            pair = [open_target(name, options, stack) for name in (a, b)]
        except pytest.UsageError as wrong:
            raise click.UsageError(str(wrong)) from None
        except NotJudgeable as trouble:
            click.echo(str(trouble), err=True)
            raise SystemExit(trouble.code) from None
        click.echo(f"A is {a}\nB is {b}")
        # Both get what the weaker one can bear: what was tried at one only says nothing of a difference.
        plan = min((plan_of(one, options) for one in pair), key=lambda plan: plan.rows or 10**6)
        found = list(compare(pair[0], pair[1], plan, options))
    raise SystemExit(_shown(found))


def _shown(found: Sequence[Comparison]) -> Exit:
    for one in found:
        if one.differs:
            click.echo("\n" + "\n".join(one.lines()))
    for one in found:
        if not one.both_judged:
            click.echo(f"not compared  {one.first.check}: {one.first.message or one.second.message}")
    differing, compared = sum(one.differs for one in found), sum(one.both_judged for one in found)
    click.echo(f"\n{differing} of {compared} checks differ")
    if differing:
        return Exit.FAILURES
    return Exit.AS_EXPECTED if compared else Exit.NOTHING_JUDGED


def _constant(message: str) -> str:
    return _VARYING.sub("…", message)
