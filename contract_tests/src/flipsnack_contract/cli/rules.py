"""The commands `flipsnack-contract list` and `flipsnack-contract explain`."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from flipsnack_contract.contract.ledger import Rule, UnknownRule, breaking, rule, rules, sources, untested
from flipsnack_contract.plugin.judged import NotJudgeable

if TYPE_CHECKING:
    from flipsnack_contract.checks.check import Check

KINDS = {
    "documented": "a page of the vendor says so",
    "observed": "seen from outside, not documented",
    "assumed": "our reading where no source says anything",
    "invented": "a name or value that no source documents, and that a fake needs",
}


@click.command("list")
@click.option("--by", type=click.Choice(["server", "client"]), help="Only rules that this side keeps.")
@click.option("--checks", "as_checks", is_flag=True, help="The checks, by name, instead of the rules.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_rules(*, by: str | None, as_checks: bool, as_json: bool) -> None:
    """List the rules of the ledger, or the checks.

    In a file or a pipe each is one line: the name, a tab, and the rest.
    """
    from flipsnack_contract.target.target_under_test import CAPABILITIES

    chosen = _checks(by) if as_checks else _rules(by)
    if as_json:
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=2))
        return
    rows = [(str(one["name"]), _line(one)) for one in chosen]
    if not sys.stdout.isatty():
        click.echo("".join(f"{name}\t{text}\n" for name, text in rows), nl=False)
        return
    formatter = click.HelpFormatter(width=shutil.get_terminal_size().columns)
    formatter.write_dl(rows, col_max=4 if as_checks else 30)
    if as_checks:
        formatter.write_paragraph()
        formatter.write_dl(list(CAPABILITIES.items()))
    click.echo(formatter.getvalue(), nl=False)


Row = dict[str, object]
"""A rule or a check: its name, and what `list` prints beside it."""


def _rules(by: str | None) -> list[Row]:
    counts = Counter(check.rule.id for check in _every_check())
    return [
        {
            "name": one.id,
            "by": one.by,
            "level": one.level,
            "class": one.kind,
            "checks": counts[one.id],
            "statement": one.statement,
        }
        for one in rules().values()
        if by in (None, one.by)
    ]


def _checks(by: str | None) -> list[Row]:
    return [
        {"name": one.name, "rule": one.rule.id, "needs": sorted(one.needs), "promise": one.promise}
        for one in _every_check()
        if by in (None, one.rule.by)
    ]


def _line(row: Row) -> str:
    if "promise" in row:
        needs = row["needs"]
        return (
            f"needs {', '.join(needs)}: {row['promise']}" if isinstance(needs, list) and needs else str(row["promise"])
        )
    count = f"{row['checks']} check{'s' * (row['checks'] != 1)}" if row["checks"] else "no check, see explain"
    return f"{row['by']}, {row['level']}, {row['class']}, {count}: {row['statement']}"


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
        raise NotJudgeable("; nearest: ".join([str(unknown.args[0]), *near])) from None
    click.echo("\n".join(explain(found, _every_check())))


def explain(rule: Rule, checks: Sequence["Check"]) -> Iterator[str]:
    """The lines that explain `rule`; `checks` are all there are."""
    yield from (f"{rule.id}  ({rule.level}, kept by the {rule.by})", "", rule.statement, "")
    yield f"class    {rule.kind}: {KINDS[rule.kind]}"
    for source in (sources()[key] for key in rule.source):
        yield f"source   {source.title}" + (f"  {source.url}" if source.url else "")
    if rule.setting:
        yield f"setting  {rule.setting}: the setting of our fake that changes it, where another reading is plausible"
    yield f"broken   {breaking()[rule.id]}"
    for check in checks:
        if check.rule == rule:
            yield from ("", f"check    {check.name}", f"         {check.promise}")
            if check.needs:
                yield f"needs    {', '.join(sorted(check.needs))}"
            if check.rows:
                shown = ", ".join(f"{name}={value!r}" for name, value in check.rows[0].items() if name != "needs")
                yield f"example  {shown}"
    if reason := untested().get(rule.id):
        yield f"no check {reason}"


def _every_check() -> "tuple[Check, ...]":
    from flipsnack_contract.checks import server_checks
    from flipsnack_contract.recordings.judging import recording_checks
    from flipsnack_contract.scenarios.client_checks import client_checks

    return (*server_checks(), *client_checks(), *recording_checks())
