"""The command `flipsnack-contract`: judge a server, list the rules, explain one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from flipsnack_contract import report
from flipsnack_contract.adapter.commands import adapter
from flipsnack_contract.check import Check
from flipsnack_contract.checks import CHECKS
from flipsnack_contract.explanation import explain
from flipsnack_contract.ledger import UnknownRule, rule, rules, untested
from flipsnack_contract.pace import PER_MINUTE
from flipsnack_contract.result import Exit, Result, exit_code
from flipsnack_contract.runner import Plan, run
from flipsnack_contract.selection import NothingFits, select
from flipsnack_contract.subject import CAPABILITIES, Credentials, Subject, examine
from flipsnack_contract.target import HttpTarget, Request, Target, Unreachable, WsgiTarget, load_app

__all__ = ["main"]

INTERRUPTED = 130
EXAMPLES = 100
# Where every call costs a second, a few examples and a spread of each table must do.
EXAMPLES_PACED, ROWS_PACED = 2, 12
KEY, SECRET = "FLIPSNACK_API_KEY", "FLIPSNACK_SECRET"


@dataclass(frozen=True)
class Options:
    """What `flipsnack-contract server` was told."""

    base_url: str | None
    app: str | None
    patterns: tuple[str, ...]
    examples: int | None
    seed: int | None
    collection: str | None
    calls_per_minute: int
    alone: bool
    jsonl: str | None
    admin_token: str | None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("flipsnack-kit"), prog_name="flipsnack-contract")
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or anything that speaks it, by the rules of the ledger.

    \b
    Exit codes: 0 as expected, 1 a MUST was broken, 2 wrong usage,
    5 nothing ran or a check could not be carried out, 130 interrupted.
    """


@cli.command()
@click.option("--base-url", envvar="FLIPSNACK_BASE_URL", help="The API, as in http://127.0.0.1:3547/v1/.")
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
@click.option("--jsonl", type=click.Path(dir_okay=False), help="Write each result there as a line of JSON.")
@click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the target's control plane.")
def server(**options: Any) -> None:
    """Judge the server at --base-url, or the WSGI app --app.

    Where the target has a control plane (/__admin beside /v1), keys, collections and the clock are steered by it.
    Elsewhere the key and its secret come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET, calls are paced, and what cannot
    be steered is skipped by name.
    """
    raise SystemExit(judge(Options(**options)))


@cli.command("list")
@click.option("--by", type=click.Choice(["server", "client"]), help="Only rules that this side keeps.")
@click.option("--checks", "as_checks", is_flag=True, help="The checks, by name, instead of the rules.")
def list_rules(*, by: str | None, as_checks: bool) -> None:
    """List the rules of the ledger, or the checks."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(_checks_table() if as_checks else _rules_table(by))


@cli.command("explain")
@click.argument("rule_id", metavar="RULE")
def explain_rule(rule_id: str) -> None:
    """Explain one rule: what it says, how well it is known, where from, and what checks it."""
    try:
        found = rule(rule_id)
    except UnknownRule as unknown:
        raise click.UsageError(str(unknown.args[0])) from None
    for line in explain(found, CHECKS):
        click.echo(line)


cli.add_command(adapter)


def main() -> None:
    """Run the command; Ctrl-C ends it with one line and exit code 130."""
    try:
        cli.main(standalone_mode=False, obj=os.environ)
    except click.Abort:
        click.echo("interrupted", err=True)
        raise SystemExit(INTERRUPTED) from None
    except click.ClickException as wrong:
        wrong.show()
        raise SystemExit(wrong.exit_code) from None


def judge(options: Options) -> int:
    """Run the checks and print what comes of them; the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    checks = _selected(options.patterns)
    with ExitStack() as stack:
        subject = _subject(options, stack)
        plan = _plan(subject, options)
        _announce(subject, plan, checks, console)
        results = list(_written(report.follow(run(checks, subject, plan), checks, console), options.jsonl))
    report.print_skipped(results, console)
    report.print_summary(results, console)
    return exit_code(results)


def _selected(patterns: tuple[str, ...]) -> tuple[Check, ...]:
    try:
        return select(CHECKS, patterns)
    except NothingFits as slip:
        click.echo(str(slip), err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None


def _subject(options: Options, stack: ExitStack) -> Subject:
    return examine(
        _target(options, stack),
        credentials=_credentials(options.collection),
        token=options.admin_token,
        per_minute=options.calls_per_minute,
        alone=options.alone,
    )


def _target(options: Options, stack: ExitStack) -> Target:
    if bool(options.base_url) == bool(options.app):
        raise click.UsageError("what is to be judged? Give --base-url URL or --app module:factory, one of them")
    if options.app:
        try:
            return WsgiTarget(load_app(options.app))
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from None
    return _reached(stack.enter_context(HttpTarget(str(options.base_url))))


def _reached(target: HttpTarget) -> HttpTarget:
    if not target.base_url.startswith(("http://", "https://")):
        raise click.UsageError(f"--base-url is {target.base_url!r}; expected http:// or https://, as in …/v1/")
    if not target.base_url.endswith("/v1/"):
        raise click.UsageError(
            f"--base-url is {target.base_url!r}; expected the address of the API, which ends in /v1/"
        )
    try:
        target.send(Request("GET", target.base_url))
    except Unreachable as trouble:
        click.echo(f"nothing could be judged: {trouble}", err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None
    return target


def _credentials(collection: str | None) -> Credentials | None:
    key, secret = os.environ.get(KEY), os.environ.get(SECRET)
    if bool(key) != bool(secret):
        raise click.UsageError(f"{KEY} and {SECRET} belong together; only one of them is set")
    return Credentials(str(key), str(secret), collection) if key else None


def _plan(subject: Subject, options: Options) -> Plan:
    if subject.control is not None or not options.calls_per_minute:
        return Plan(examples=options.examples or EXAMPLES, seed=options.seed)
    return Plan(examples=options.examples or EXAMPLES_PACED, rows=ROWS_PACED, seed=options.seed)


def _announce(subject: Subject, plan: Plan, checks: tuple[Check, ...], console: Console) -> None:
    have = ", ".join(sorted(subject.capabilities)) or "nothing but its address"
    console.print(f"judging {subject.target.base_url}  ({have})", highlight=False)
    if subject.control is None:
        console.print(
            f"no control plane: {len(checks)} checks, with at most {plan.examples} drawn examples and "
            f"{plan.rows or 'all'} rows each; {'calls keep to the pace' if plan.rows else 'calls are not paced'}",
            highlight=False,
        )


def _written(results: Iterable[Result], jsonl: str | None) -> Iterator[Result]:
    if jsonl is None:
        yield from results
        return
    with open(jsonl, "w", encoding="utf-8") as file:
        for result in results:
            print(json.dumps(result.as_json(), ensure_ascii=False), file=file, flush=True)
            yield result


def _rules_table(by: str | None) -> Table:
    table = Table("rule", "by", "level", "class", "checks", "statement", box=None, header_style="bold")
    for one in rules().values():
        if by in (None, one.by):
            count = sum(1 for check in CHECKS if check.rule == one)
            table.add_row(one.id, one.by, one.level, one.kind, _count(one.id, count), one.statement)
    return table


def _count(rule_id: str, count: int) -> str:
    return "none, see explain" if rule_id in untested() else str(count)


def _checks_table() -> Table:
    table = Table("check", "needs", "looks at", box=None, header_style="bold")
    for check in CHECKS:
        table.add_row(check.name, ", ".join(sorted(check.needs)), check.promise)
    table.caption = "; ".join(f"{name}: {what}" for name, what in CAPABILITIES.items())
    return table


if __name__ == "__main__":
    main()
