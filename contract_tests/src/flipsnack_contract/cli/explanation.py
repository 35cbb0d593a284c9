"""A rule in full: what it says, how well it is known, where from, and what checks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flipsnack_contract.checks.check import Check
from flipsnack_contract.contract.ledger import Rule, breaking, sources, untested

__all__ = ["explain"]

KINDS = {
    "documented": "a page of the vendor says so",
    "observed": "seen from outside, not documented",
    "assumed": "our reading where nobody says anything",
}


def explain(rule: Rule, checks: Sequence[Check]) -> Iterator[str]:
    """The lines that explain `rule`; `checks` are all there are."""
    yield f"{rule.id}  ({rule.level}, kept by the {rule.by})"
    yield ""
    yield rule.statement
    yield ""
    yield f"class    {rule.kind}: {KINDS[rule.kind]}"
    for key in rule.source:
        source = sources()[key]
        yield f"source   {source.title}" + (f"  {source.url}" if source.url else "")
    if rule.setting:
        yield f"setting  {rule.setting}: the setting of our fake that changes it, where another reading is plausible"
    yield f"broken   {breaking()[rule.id]}"
    own = [check for check in checks if check.rule == rule]
    for check in own:
        yield from _about(check)
    if reason := untested().get(rule.id):
        yield f"no check {reason}"


def _about(check: Check) -> Iterator[str]:
    yield ""
    yield f"check    {check.name}"
    yield f"         {check.promise}"
    if check.needs:
        yield f"needs    {', '.join(sorted(check.needs))}"
    if check.rows:
        shown = ", ".join(f"{name}={value!r}" for name, value in check.rows[0].items())
        yield f"example  {shown}" + (f"  (and {len(check.rows) - 1} more)" if len(check.rows) > 1 else "")
