"""The commands `flipsnack-contract list` and `flipsnack-contract explain`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check
from flipsnack_contract.cli.console import window
from flipsnack_contract.contract.ledger import UnknownRule, rule, rules, untested
from flipsnack_contract.explanation import Explained, explain
from flipsnack_contract.live.probes import read_only_checks
from flipsnack_contract.recordings.judging import recording_checks
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.target.target_under_test import CAPABILITIES

__all__ = ["explain_rule", "list_rules"]

JUDGED: tuple[Check, ...] = (*server_checks(), *client_checks())
LISTED: tuple[Check, ...] = (*JUDGED, *read_only_checks())
RULE_HEADER = ("rule", "by", "level", "class", "checks", "statement")
CHECK_HEADER = ("check", "needs", "looks at")
WIDE = 140
EXPLAINED: tuple[Explained, ...] = (*LISTED, *recording_checks())


@click.command("list")
@click.option("--by", type=click.Choice(["server", "client"]), help="Only rules that this side keeps.")
@click.option("--checks", "as_checks", is_flag=True, help="The checks, by name, instead of the rules.")
def list_rules(*, by: str | None, as_checks: bool) -> None:
    """List the rules of the ledger, or the checks."""
    header, rows = (CHECK_HEADER, _check_rows()) if as_checks else (RULE_HEADER, _rule_rows(by))
    _show(header, rows, window(width=200))
    if as_checks:
        click.echo("\n" + "\n".join(f"{name}: {what}" for name, what in CAPABILITIES.items()))


@click.command("explain")
@click.argument("rule_id", metavar="RULE")
def explain_rule(rule_id: str) -> None:
    """Explain a rule.

    What it says, how well it is known, where from, and what checks it. RULE may be the name of one of its checks.
    """
    try:
        found = rule(rule_id.partition("/")[0])
    except UnknownRule as unknown:
        near = get_close_matches(rule_id, rules(), n=1)
        raise click.UsageError(f"{unknown.args[0]}" + (f"; nearest: {near[0]}" if near else "")) from None
    for line in explain(found, EXPLAINED):
        click.echo(line)


def _rule_rows(by: str | None) -> list[tuple[str, ...]]:
    counts = Counter(check.rule.id for check in JUDGED)
    return [
        (one.id, one.by, one.level, one.kind, _count(one.id, counts[one.id]), one.statement)
        for one in rules().values()
        if by in (None, one.by)
    ]


def _count(rule_id: str, count: int) -> str:
    return "none, see explain" if rule_id in untested() else str(count)


def _check_rows() -> list[tuple[str, ...]]:
    return [(check.name, ", ".join(sorted(check.needs)), check.promise) for check in LISTED]


def _show(header: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    """A table, or, where it would be a column of single words, each row as a name with its text below."""
    if console.width >= WIDE:
        table = Table(*header, box=None, header_style="bold")
        for row in rows:
            table.add_row(*row)
        console.print(table)
        return
    for name, *between, text in rows:
        labels = [f"{label} " if label in ("checks", "needs") else "" for label in header[1:-1]]
        notes = ", ".join(f"{label}{note}" for label, note in zip(labels, between, strict=True) if note)
        console.print(f"[bold]{name}[/]" + (f"  {notes}" if notes else ""), highlight=False)
        console.print(Padding(text, (0, 0, 0, 2)), highlight=False)
