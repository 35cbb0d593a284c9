"""Which values a check is run with: its rows, each with a method of the table, as far as the target can bear them."""

from collections.abc import Sequence

from flipsnack_contract.checks.check import Check, Row, needs_of
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.methods import Method
from flipsnack_contract.target.target_under_test import TargetUnderTest


def draws(check: Check, subject: TargetUnderTest) -> bool:
    """Whether values are drawn for the check at this target."""
    return bool(check.varies) and check.drawn_needs <= subject.capabilities


def missing(check: Check, subject: TargetUnderTest) -> tuple[str, ...]:
    """The capabilities that the check needs and the target lacks; for a table, the least that any row lacks."""
    rows = check.rows if check.rows and not draws(check, subject) else ({},)
    return min((tuple(sorted((check.needs | needs_of(row)) - subject.capabilities)) for row in rows), key=len)


def rows_for(check: Check, subject: TargetUnderTest, plan: Plan) -> Sequence[Row]:
    """The rows to run, at most `plan.rows` of them; one empty row for a check with neither rows nor drawn values."""
    rows: Sequence[Row] = check.rows or (() if check.varies else ({},))
    able = [row for row in rows if needs_of(row) <= subject.capabilities]
    if plan.rows is not None and len(able) > plan.rows:
        # Spread over the whole table, because neighbours are alike.
        able = [able[index * len(able) // plan.rows] for index in range(plan.rows)]
    return able if check.methods is None else _with_methods(able, methods_for(check, subject))


def methods_for(check: Check, subject: TargetUnderTest) -> tuple[Method, ...]:
    """The methods that the check is run for."""
    return tuple(one for one in subject.methods if check.methods and check.methods(one))


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
