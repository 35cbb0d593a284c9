"""Which values a check is run with: its rows, each with a method of the table, as far as the target can bear them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flipsnack_contract.checks.check import Check, needs_of
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.methods import Method
from flipsnack_contract.target.target_under_test import TargetUnderTest

__all__ = ["methods_for", "missing", "rows_for"]

Row = Mapping[str, Any]


def missing(check: Check, subject: TargetUnderTest) -> tuple[str, ...]:
    """The capabilities that the check needs and the target lacks; for a table, the least that any row lacks."""
    rows = check.rows if not check.varies else ()
    lacking = (sorted((check.needs | needs_of(row)) - subject.capabilities) for row in rows or ({},))
    _, least = min((len(lack), lack) for lack in lacking)
    return tuple(least)


def rows_for(check: Check, subject: TargetUnderTest, plan: Plan) -> Sequence[Row]:
    """The rows to run, at most `plan.rows` of them; one empty row for a check with neither rows nor drawn values."""
    rows: Sequence[Row] = check.rows or (() if check.varies else ({},))
    able = _spread([row for row in rows if needs_of(row) <= subject.capabilities], plan.rows)
    return able if check.methods is None else _with_methods(able, methods_for(check, subject))


def methods_for(check: Check, subject: TargetUnderTest) -> tuple[Method, ...]:
    """The methods that the check is run for."""
    return tuple(one for one in subject.methods if check.methods and check.methods(one))


def _spread(rows: Sequence[Row], most: int | None) -> Sequence[Row]:
    if most is None or len(rows) <= most:
        return rows
    # Spread over the whole table, because neighbours are alike.
    return [rows[index * len(rows) // most] for index in range(most)]


def _with_methods(rows: Sequence[Row], methods: Sequence[Method]) -> Sequence[Row]:
    """Each row with one method and each method with a row, in turn: not every row with every method."""
    found = []
    for number, row in enumerate(rows):
        if suited := [one for one in methods if _suits(row, one)]:
            found.append({"method": suited[number % len(suited)], **row})
    rest = [one for one in methods if all(row["method"] != one for row in found)]
    first = ((one, next((row for row in rows if _suits(row, one)), None)) for one in rest)
    return [*found, *({"method": one, **row} for one, row in first if row is not None)]


def _suits(row: Row, method: Method) -> bool:
    return all(value.suits(method) for value in row.values() if hasattr(value, "suits"))
