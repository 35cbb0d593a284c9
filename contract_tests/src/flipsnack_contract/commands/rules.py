"""The commands `flipsnack-contract list` and `flipsnack-contract explain`."""

from __future__ import annotations

import click
from rich.table import Table

from flipsnack_contract.check import Check
from flipsnack_contract.checks import CHECKS
from flipsnack_contract.client.duties import DUTIES
from flipsnack_contract.client.duty import Duty
from flipsnack_contract.commands.window import window
from flipsnack_contract.explanation import Explained, explain
from flipsnack_contract.history.judging import LOOKS
from flipsnack_contract.ledger import UnknownRule, rule, rules, untested
from flipsnack_contract.live.probe import Probe
from flipsnack_contract.live.probes import PROBES
from flipsnack_contract.subject import CAPABILITIES

__all__ = ["explain_rule", "list_rules"]

JUDGED: tuple[Check | Duty, ...] = (*CHECKS, *DUTIES)
LISTED: tuple[Check | Duty | Probe, ...] = (*JUDGED, *PROBES)
EXPLAINED: tuple[Explained, ...] = (*LISTED, *LOOKS)


@click.command("list")
@click.option("--by", type=click.Choice(["server", "client"]), help="Only rules that this side keeps.")
@click.option("--checks", "as_checks", is_flag=True, help="The checks, by name, instead of the rules.")
def list_rules(*, by: str | None, as_checks: bool) -> None:
    """List the rules of the ledger, or the checks."""
    window(width=200).print(_checks_table() if as_checks else _rules_table(by))


@click.command("explain")
@click.argument("rule_id", metavar="RULE")
def explain_rule(rule_id: str) -> None:
    """Explain one rule: what it says, how well it is known, where from, and what checks it."""
    try:
        found = rule(rule_id)
    except UnknownRule as unknown:
        raise click.UsageError(str(unknown.args[0])) from None
    for line in explain(found, EXPLAINED):
        click.echo(line)


def _rules_table(by: str | None) -> Table:
    table = Table("rule", "by", "level", "class", "checks", "statement", box=None, header_style="bold")
    for one in rules().values():
        if by in (None, one.by):
            count = sum(1 for check in JUDGED if check.rule == one)
            table.add_row(one.id, one.by, one.level, one.kind, _count(one.id, count), one.statement)
    return table


def _count(rule_id: str, count: int) -> str:
    return "none, see explain" if rule_id in untested() else str(count)


def _checks_table() -> Table:
    table = Table("check", "needs", "looks at", box=None, header_style="bold")
    for check in LISTED:
        table.add_row(check.name, ", ".join(sorted(check.needs)), check.promise)
    table.caption = "; ".join(f"{name}: {what}" for name, what in CAPABILITIES.items())
    return table
