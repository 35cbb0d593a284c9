"""The command `flipsnack-contract drift`: where two targets differ, check by check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import click
import pytest

from flipsnack_contract.checks import checks_for
from flipsnack_contract.checks.drift import Drift, compare, ledger_advice
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.cli.judge import click_option
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.options import OPTIONS, Options
from flipsnack_contract.plugin.server import open_target, plan_of
from flipsnack_contract.target.result import Exit, Outcome

__all__ = ["drift"]

EXAMPLES = 20
NAMES = ("rule", "examples", "seed", "collection", "calls-per-minute", "alone", "slow", "admin-token")
TAKEN = [one for one in OPTIONS if one.name in NAMES]
STEPS_SHOWN = 4


def _drift(a: str, b: str, /, **given: Any) -> None:
    """Judge A and B by the same checks, and show each check on which they differ, with what both did.

    A and B are addresses of the API (http://…/v1/) or WSGI apps in this process (module:factory). Exit codes: 0 no
    difference, 1 differences, 10 a target does not answer, 14 nothing could be compared.
    """
    values = {one.name: one.default for one in OPTIONS}
    values |= {name.replace("_", "-"): value for name, value in given.items() if value is not None}
    options = Options({**values, "examples": given["examples"] or EXAMPLES}, click.get_current_context().obj or {})
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
        checks = [one for one in checks_for(pair[0]) if one in checks_for(pair[1]) and options.selects(one.rule.id)]
        first, second = ([run_check(check, one, plan) for check in checks] for one in pair)
    raise SystemExit(_shown(compare(first, second)))


drift = click.Command(
    "drift",
    callback=lambda a, b, **given: _drift(a, b, **given),
    params=[click.Argument(("a",)), click.Argument(("b",)), *map(click_option, TAKEN)],
    help=_drift.__doc__,
    short_help="Compare two servers, check by check.",
)


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
