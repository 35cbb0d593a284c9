"""The commands `flipsnack-contract list` and `flipsnack-contract explain`."""

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
    "assumed": "our reading where nobody says anything",
    "invented": "a name or value that no source documents, and that a fake needs",
}
# Of a list that goes into a file or a pipe.
WIDTH = 200


@click.command("list")
@click.option("--by", type=click.Choice(["server", "client"]), help="Only rules that this side keeps.")
@click.option("--checks", "as_checks", is_flag=True, help="The checks, by name, instead of the rules.")
def list_rules(*, by: str | None, as_checks: bool) -> None:
    """List the rules of the ledger, or the checks."""
    from flipsnack_contract.target.target_under_test import CAPABILITIES

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    formatter = click.HelpFormatter(width=width)
    if as_checks:
        formatter.write_dl([(one.name, _needs(one) + one.promise) for one in _every_check()], col_max=4)
        formatter.write_paragraph()
        formatter.write_dl(list(CAPABILITIES.items()))
    else:
        counts = Counter(check.rule.id for check in _every_check())
        chosen = (one for one in rules().values() if by in (None, one.by))
        formatter.write_dl([(one.id, f"{_about_rule(one, counts[one.id])}: {one.statement}") for one in chosen])
    click.echo(formatter.getvalue(), nl=False)


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


def _about_rule(one: Rule, checks: int) -> str:
    count = "no check, see explain" if one.id in untested() else f"{checks} check{'s' * (checks != 1)}"
    return f"{one.by}, {one.level}, {one.kind}, {count}"


def _needs(check: "Check") -> str:
    return f"needs {', '.join(sorted(check.needs))}: " if check.needs else ""


def _every_check() -> "tuple[Check, ...]":
    from flipsnack_contract.checks import server_checks
    from flipsnack_contract.recordings.judging import recording_checks
    from flipsnack_contract.scenarios.client_checks import client_checks

    return (*server_checks(), *client_checks(), *recording_checks())
