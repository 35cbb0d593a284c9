"""The command `flipsnack-contract server`: judge a server by the rules of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import click
from rich.console import Console

from flipsnack_contract import report
from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.checks.runner import run
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import known_options, output_options, outputs_of
from flipsnack_contract.cli.target_options import credentials_in, http_target, wsgi_target
from flipsnack_contract.live.checks import REAL_CHECKS
from flipsnack_contract.selection import NothingFits, select
from flipsnack_contract.target.rate_pacer import PER_MINUTE
from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import Target
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine

__all__ = ["ROWS_PACED", "selected", "server"]

EXAMPLES = 100
# Where every call costs a second, a few examples and a spread of each table must do.
EXAMPLES_PACED, ROWS_PACED = 2, 12


@click.command("server")
@click.option("--base-url", help="The API, as in http://127.0.0.1:3547/v1/; else FLIPSNACK_BASE_URL names it.")
@click.option("--app", help="A WSGI app in this process instead, as module:factory.")
@click.option(
    "-k", "patterns", multiple=True, metavar="TEXT", help="Only checks with TEXT in their name; * fits anything."
)
@click.option("--examples", type=click.IntRange(1), help=f"Drawn examples a check: {EXAMPLES}, paced {EXAMPLES_PACED}.")
@click.option("--seed", type=int, help="Draw by this seed; without one every run draws the same.")
@click.option("--collection", envvar="FLIPSNACK_COLLECTION", help="A collection of the key, where none can be made.")
@click.option(
    "--calls-per-minute",
    type=click.IntRange(0),
    default=PER_MINUTE,
    show_default=True,
    help="Pace for a target without a control plane; 0 for none.",
)
@click.option("--alone", is_flag=True, help="Nobody else uses the target: maintenance may be on for everybody.")
@click.option("--slow", is_flag=True, help="Without a control plane: wait for the minute of a resource URL too.")
@click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the target's control plane.")
@output_options
@known_options
@click.pass_obj
def server(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Judge the server at --base-url, or the WSGI app --app.

    Where the target has a control plane (/__admin beside /v1), keys, collections and the clock are steered by it.
    Elsewhere the key and its secret come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET, calls are paced, and what cannot
    be steered is skipped by name.
    """
    raise SystemExit(_judge(options, environment or {}))


def selected(patterns: tuple[str, ...], *, among: tuple[Check, ...] = server_checks()) -> tuple[Check, ...]:
    """The checks that fit; ends the command where a pattern fits none."""
    try:
        return select(among, patterns)
    except NothingFits as slip:
        click.echo(str(slip), err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None


def _judge(options: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    console = window()
    outputs = outputs_of(options, partial=bool(options["patterns"]))
    with ExitStack() as stack:
        subject = _subject(options, environment, stack)
        # Where jobs can be made and time can be moved, the same is judged in virtual time and far more closely.
        among = server_checks() if subject.control is not None else (*server_checks(), *REAL_CHECKS)
        checks = selected(options["patterns"], among=among)
        plan = _plan(subject, options)
        console.print(f"judging {options['app'] or subject.target.base_url}  ({_have(subject)})", highlight=False)
        _announce(subject, plan, checks, console)
        results = list(report.follow(outputs.kept(run(checks, subject, plan)), checks, console))
    report.print_skipped(results, console)
    report.print_summary(results, console)
    return outputs.finish(results, console)


def _subject(options: Mapping[str, Any], environment: Mapping[str, str], stack: ExitStack) -> TargetUnderTest:
    return examine(
        _target(options, environment, stack),
        credentials=credentials_in(environment, options["collection"]),
        token=options["admin_token"],
        per_minute=options["calls_per_minute"],
        alone=options["alone"],
        slow=options["slow"],
    )


def _target(options: Mapping[str, Any], environment: Mapping[str, str], stack: ExitStack) -> Target:
    app = options["app"]
    # What stands in a shell for other commands is no contradiction to what was asked for here.
    base_url = options["base_url"] or ("" if app else environment.get("FLIPSNACK_BASE_URL", ""))
    if bool(base_url) == bool(app):
        raise click.UsageError("what is to be judged? Give --base-url URL or --app module:factory, one of them")
    return wsgi_target(app) if app else http_target(base_url, stack)


def _plan(subject: TargetUnderTest, options: Mapping[str, Any]) -> Plan:
    examples, seed = options["examples"], options["seed"]
    if subject.control is not None or not options["calls_per_minute"]:
        return Plan(examples=examples or EXAMPLES, seed=seed)
    return Plan(examples=examples or EXAMPLES_PACED, rows=ROWS_PACED, seed=seed)


def _have(subject: TargetUnderTest) -> str:
    return "it has: " + (", ".join(sorted(subject.capabilities)) or "nothing but its address")


def _announce(subject: TargetUnderTest, plan: Plan, checks: tuple[Check, ...], console: Console) -> None:
    if subject.control is None:
        console.print(
            f"no control plane: {len(checks)} checks, with at most {plan.examples} drawn examples and "
            f"{plan.rows or 'all'} rows each; {'calls keep to the pace' if plan.rows else 'calls are not paced'}",
            highlight=False,
        )
