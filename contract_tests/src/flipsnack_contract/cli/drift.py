"""The command `flipsnack-contract drift`: where two targets differ, check by check."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import click

from flipsnack_contract.cli.command import Command
from flipsnack_contract.cli.judge import cache_folder, click_options, options_of
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.target.outcome import Exit, Outcome
from flipsnack_contract.target.result import Drift, compare, ledger_advice

EXAMPLES = 20
EXIT_CODES = {
    "Exit codes": {
        "0": "no difference",
        "1": "differences",
        "10": "a target does not answer",
        "14": "nothing could be compared",
    }
}
STEPS_SHOWN = 4


@click.command(cls=Command, sections=EXIT_CODES, params=click_options("drift"))
@click.argument("a")
@click.argument("b")
def drift(*, a: str, b: str, **given: Any) -> None:
    """Compare two servers, check by check.

    Judge A and B by the same checks, and show each check on which they differ, with what both did. A and B are
    addresses of the API (http://…/v1/) or WSGI apps in this process (module:factory).

    \b
    Example:
      flipsnack-contract drift http://127.0.0.1:3547/v1/ my_fake:create_app
    """
    from flipsnack_contract.checks import server_checks
    from flipsnack_contract.checks.drawing import keep_files_in
    from flipsnack_contract.checks.runner import run_check
    from flipsnack_contract.plugin.server import open_target, plan_of

    options = options_of({**given, "examples": given["examples"] or EXAMPLES})
    keep_files_in(cache_folder(click.get_current_context().obj or {}))
    with ExitStack() as stack:
        pair = [open_target(name, options, stack) for name in (a, b)]
        click.echo(f"A is {a}\nB is {b}")
        # Both get what the weaker one can bear: what was tried at one only says nothing of a difference.
        plan = min((plan_of(one, options) for one in pair), key=lambda plan: plan.rows or 10**6)
        offered = [server_checks(one.methods) for one in pair]
        checks = [one for one in offered[0] if one in offered[1] and options.selects(one.rule.id)]
        first, second = ([run_check(check, one, plan) for check in checks] for one in pair)
    raise SystemExit(_show(compare(first, second)))


def _show(found: Sequence[Drift]) -> Exit:
    for one in found:
        if one.differs:
            click.echo("\n" + "\n".join(_lines(one)))
        if not one.judged:
            click.echo(f"\nnot compared  {one.first.check}: {cut(one.first.message or one.second.message)}")
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
        yield f"  {name}       {'keeps the rule' if kept else f'breaks it: {cut(side.message)}'}"
        yield from (f"          {cut(step)}" for step in side.steps[-STEPS_SHOWN:])
    yield from (f"  ledger  {line}" for line in ledger_advice(one.rule))
