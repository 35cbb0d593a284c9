"""The command `flipsnack-contract drift`: where two targets part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import expect_folders, report_options, reported
from flipsnack_contract.cli.server import ROWS_PACED, selected
from flipsnack_contract.cli.target_options import credentials_in, http_target, wsgi_target
from flipsnack_contract.drift import Comparison, compare, ledger_advice
from flipsnack_contract.live.checks import REAL_CHECKS
from flipsnack_contract.reports import FORMATS
from flipsnack_contract.target.rate_pacer import PER_MINUTE
from flipsnack_contract.target.result import Exit, Outcome
from flipsnack_contract.target.target import Target
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine

__all__ = ["drift"]

EXAMPLES = 20
STEPS_SHOWN = 4


@click.command("drift", short_help="Ask two targets the same, and show where they part.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "-k", "patterns", multiple=True, metavar="TEXT", help="Only checks with TEXT in their name; * fits anything."
)
@click.option("--examples", type=click.IntRange(1), default=EXAMPLES, show_default=True, help="Drawn examples a check.")
@click.option("--seed", type=int, help="Draw by this seed; without one every run draws the same.")
@click.option("--collection", envvar="FLIPSNACK_COLLECTION", help="A collection of the key, where none can be made.")
@click.option(
    "--calls-per-minute",
    type=click.IntRange(0),
    default=PER_MINUTE,
    show_default=True,
    help="Pace for a target without a control plane; 0 for none.",
)
@click.option("--alone", is_flag=True, help="Nobody else uses the targets: maintenance may be on for everybody.")
@click.option("--slow", is_flag=True, help="Without a control plane: wait for the minute of a resource URL too.")
@click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the targets' control planes.")
@click.option("--jsonl", type=click.File("w", encoding="utf-8"), help="Write each difference there, a line of JSON.")
@report_options
@click.pass_obj
def drift(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Judge A and B by the same checks and show every rule on which they part, with both answers.

    A and B are addresses of the API (http://…/v1/) or WSGI apps in this process (module:factory). Exit codes: 0 no
    difference, 1 differences, 5 nothing could be compared.
    """
    expect_folders(options[form] for form in FORMATS)
    console = window()
    with ExitStack() as stack:
        first, second = (_subject(options[side], options, environment or {}, stack) for side in ("first", "second"))
        pair = (first, second)
        plan = _plan(pair, options)
        among = server_checks() if all(one.control for one in pair) else (*server_checks(), *REAL_CHECKS)
        checks = selected(options["patterns"], among=among)
        console.print(f"A is {options['first']}\nB is {options['second']}", highlight=False, markup=False)
        found = list(_shown(compare(checks, first, second, plan), options["jsonl"], console))
    reported([one.as_result() for one in found], options)
    raise SystemExit(_ended(found, console))


def _subject(
    name: str, options: Mapping[str, Any], environment: Mapping[str, str], stack: ExitStack
) -> TargetUnderTest:
    return examine(
        _target(name, stack),
        credentials=credentials_in(environment, options["collection"]),
        token=options["admin_token"],
        per_minute=options["calls_per_minute"],
        alone=options["alone"],
        slow=options["slow"],
    )


def _target(name: str, stack: ExitStack) -> Target:
    if "://" in name:
        return http_target(name, stack, option="a target")
    return wsgi_target(name)


def _plan(pair: Sequence[TargetUnderTest], options: Mapping[str, Any]) -> Plan:
    # Both sides get what the weaker one can bear: what was tried on one only says nothing of a difference.
    paced = options["calls_per_minute"] and not all(one.control for one in pair)
    return Plan(examples=options["examples"], seed=options["seed"], rows=ROWS_PACED if paced else None)


def _shown(found: Iterable[Comparison], jsonl: Any, console: Console) -> Iterator[Comparison]:
    for one in found:
        if one.differs:
            _print(one, console)
            if jsonl is not None:
                print(json.dumps(_line(one), ensure_ascii=False), file=jsonl, flush=True)
        yield one


def _print(one: Comparison, console: Console) -> None:
    console.print(f"\n[yellow bold]DRIFT[/] [bold]{one.rule.id}[/] ({escape(one.check)})")
    console.print(f"  rule    {escape(one.rule.statement)}", highlight=False)
    for name, told in one.sides.items():
        console.print(f"  {name}       {escape(str(told))}", highlight=False)
        for step in told.steps[-STEPS_SHOWN:]:
            console.print(f"        | {escape(step)}", highlight=False, style="dim")
    for number, line in enumerate(ledger_advice(one.rule)):
        console.print(f"  {'        ' if number else 'ledger  '}{escape(line)}", highlight=False)


def _line(one: Comparison) -> dict[str, Any]:
    sides = {
        name.lower(): {"outcome": str(told.outcome), "message": told.message, "steps": list(told.steps)}
        for name, told in one.sides.items()
    }
    return {"check": one.check, "rule": one.rule.id, **sides, "ledger": list(ledger_advice(one.rule))}


def _ended(found: Sequence[Comparison], console: Console) -> int:
    differing = [one for one in found if one.differs]
    compared = [one for one in found if one.both_tried]
    for one in found:
        if not one.both_tried:
            console.print(f"not compared  {escape(one.check)}: {escape(one.why_not)}", highlight=False, style="dim")
    rules = len({one.rule.id for one in differing})
    console.print(f"\n{len(differing)} of {len(compared)} checks differ, on {rules} rules", highlight=False)
    if differing:
        return Exit.FAILURES
    broken = any(Outcome.BROKEN in (one.first.outcome, one.second.outcome) for one in found)
    return Exit.INCONCLUSIVE if broken or not compared else Exit.AS_EXPECTED
