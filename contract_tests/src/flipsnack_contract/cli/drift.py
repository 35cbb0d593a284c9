"""The command `flipsnack-contract drift`: where two targets differ, check by check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import click
import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.drift import Drift, compare, ledger_advice
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.options import OPTIONS, Options
from flipsnack_contract.plugin.server import open_target, plan_of
from flipsnack_contract.target.result import Exit, Outcome

__all__ = ["drift"]

EXAMPLES = 20
STEPS_SHOWN = 4


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
        checks = [one for one in server_checks() if options.selects(one.rule.id)]
        first, second = ([run_check(check, one, plan) for check in checks] for one in pair)
    raise SystemExit(_shown(compare(first, second)))


def _shown(found: Sequence[Drift]) -> Exit:
    for one in found:
        if one.differs:
            click.echo("\n" + "\n".join(_lines(one)))
    for one in found:
        if not one.judged:
            click.echo(f"not compared  {one.first.check}: {one.first.message or one.second.message}")
    differing, compared = sum(one.differs for one in found), sum(one.judged for one in found)
    click.echo(f"\n{differing} of {compared} checks differ")
    if differing:
        return Exit.FAILURES
    return Exit.AS_EXPECTED if compared else Exit.NOTHING_JUDGED


def _lines(one: Drift) -> Iterator[str]:
    yield f"DRIFT   {one.rule.id}  ({one.first.check})"
    yield f"  rule    {one.rule.statement}"
    for name, side in (("A", one.first), ("B", one.second)):
        kept = side.outcome is Outcome.PASSED
        yield f"  {name}       {'keeps the rule' if kept else f'breaks it: {side.message}'}"
        yield from (f"          {step}" for step in side.steps[-STEPS_SHOWN:])
    yield from (f"  ledger  {line}" for line in ledger_advice(one.rule))
