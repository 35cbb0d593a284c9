"""One kind of check: a rule of the ledger, made executable on a server, on a client's scenario, or on a recording."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import product
from types import ModuleType
from typing import Any, Literal, TypeVar

from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.contract.methods import Method, every_method
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target_under_test import TargetUnderTest

CONTROL = frozenset({"control"})

# What many checks have in common: they make one call, of any method; some need a key of their own for it.
GENERIC: Mapping[str, Any] = {"methods": every_method, "calls": 1}
KEYED: Mapping[str, Any] = {**GENERIC, "needs": {"credentials"}}

Side = Literal["server", "client", "recording"]
Row = Mapping[str, Any]
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Check:
    """What a rule means in practice: `run` raises `Violation` when the rule is broken.

    `of` says what is judged, and so what `run` takes: `run(session, **drawn)` for a server, `run(scenario_run)` for a
    client, `run(events)` for a recording. `needs` are capabilities without which there is nothing to judge.

    A server's check runs on every row of `rows`, then on values drawn from `varies`; once, when it has neither.
    A row may have `needs` of its own; `drawn_needs` are those of drawn values. `machine` makes a state machine over
    sessions, which is run instead. `methods` chooses those of the table that it is run for, with `product` each of them
    with every row; None is the method that makes packages. `calls` is set for checks that may run at the real API: the
    most calls that one row makes; `waits` are the microseconds that it lets pass.
    """

    name: str
    rule: Rule
    run: Callable[..., None]
    of: Side
    needs: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()
    varies: Mapping[str, SearchStrategy[Any]] = field(default_factory=dict)
    drawn_needs: frozenset[str] = frozenset()
    machine: Callable[[Callable[[], AbstractContextManager[Session]]], RuleBasedStateMachine] | None = None
    methods: Callable[[Method], bool] | None = None
    product: bool = False
    calls: int | None = None
    waits: int = 0

    @property
    def may_need(self) -> frozenset[str]:
        """What it needs, and what any of its rows needs."""
        return self.needs.union(*map(needs_of, self.rows))

    @property
    def read_only(self) -> bool:
        """Whether it may run at the real API: it only reads, and says how many calls it makes."""
        return self.calls is not None

    @property
    def promise(self) -> str:
        """The docstring of the check in one line: what it checks."""
        return " ".join(((self.machine or self.run).__doc__ or "").split())


@dataclass(frozen=True)
class Plan:
    """A third of `examples` is drawn for each check.

    `rows` is the most rows of a table, for a client the most scenarios of a family. `seed` decides the draws: without
    one every run draws the same. Without `shrink` the first counterexample is reported as it was found.
    """

    examples: int = 100
    rows: int | None = None
    seed: int | None = None
    shrink: bool = True

    def chosen(self, table: Sequence[Entry]) -> Sequence[Entry]:
        """At most `rows` of a table, spread from the first to the last, because neighbours are alike."""
        if self.rows is None or len(table) <= self.rows:
            return table
        return [table[index * (len(table) - 1) // max(1, self.rows - 1)] for index in range(self.rows)]


def check(
    rule_id: str,
    *,
    of: Side | None = None,
    needs: Iterable[str] = (),
    rows: Iterable[Row] | Mapping[str, Iterable[Any]] = (),
    **options: Any,
) -> Callable[[Callable[..., Any]], Check]:
    """Make a function, or a state machine's class, the check of the rule `rule_id`; `options` are fields of `Check`.

    `of` is by default the side that keeps the rule. `rows` are the rows themselves, or columns by their names: then
    there is a row for each combination. Raises `UnknownRule` for an id that the ledger does not have.
    """
    cited = rule(rule_id)
    side: Side = of or ("client" if cited.by == "client" else "server")
    table = tuple(combined(**rows) if isinstance(rows, Mapping) else rows)

    def wrap(run: Callable[..., Any]) -> Check:
        prefix = "recorded-" if side == "recording" else ""
        name = f"{rule_id}/{prefix}{run.__name__.lower().replace('_', '-')}"
        machine = run if isinstance(run, type) else None
        return Check(name, cited, run, side, frozenset(needs), table, machine=machine, **options)

    return wrap


def combined(**columns: Iterable[Any]) -> list[Row]:
    """A row for each combination of the values."""
    return [dict(zip(columns, values, strict=True)) for values in product(*columns.values())]


def steered(rows: Iterable[Row]) -> list[Row]:
    """The rows, for targets with a control plane only."""
    return [{**row, "needs": CONTROL} for row in rows]


def checks_in(*modules: ModuleType, capabilities: Iterable[str]) -> tuple[Check, ...]:
    """The checks that these modules define, in their order.

    Raises `ValueError` for a check that needs anything but `capabilities`: it would be skipped always.
    """
    found = tuple(one for module in modules for one in vars(module).values() if isinstance(one, Check))
    known = frozenset(capabilities)
    for one in found:
        if unknown := one.needs - known:
            raise ValueError(f"{one.name} needs {sorted(unknown)}; the capabilities are {sorted(known)}")
    return found


def needs_of(row: Row) -> frozenset[str]:
    """The capabilities that the row and its values need."""
    of_values: Iterable[frozenset[str]] = (getattr(value, "needs", frozenset()) for value in row.values())
    return frozenset(row.get("needs", ())).union(*of_values)


def rows_for(check: Check, under_test: TargetUnderTest, plan: Plan) -> Sequence[Row]:
    """The rows to run, at most `plan.rows` of them; one empty row for a check with neither rows nor drawn values."""
    rows: Sequence[Row] = check.rows or (() if check.varies else ({},))
    able = plan.chosen([row for row in rows if needs_of(row) <= under_test.capabilities])
    if check.methods is None:
        return able
    each = max(1, MOST_ROWS // max(1, len(able))) if plan.rows is None and under_test.control else 1
    if check.product and plan.rows is None:
        each = len(under_test.methods)
    return _with_methods(able, methods_for(check, under_test), each)


def methods_for(check: Check, under_test: TargetUnderTest) -> tuple[Method, ...]:
    """The methods that the check is run for."""
    return tuple(one for one in under_test.methods if check.methods and check.methods(one))


MOST_ROWS = 60
"""About so many rows of a check are tried: a small table with every method, of a large one each row with some."""


def _with_methods(rows: Sequence[Row], methods: Sequence[Method], each: int) -> Sequence[Row]:
    """Each row with `each` of the methods, in turn, and each method with a row."""
    found = []
    for number, row in enumerate(rows):
        suited = [one for one in methods if _suits(row, one)]
        chosen = (suited[(number * each + more) % len(suited)] for more in range(min(each, len(suited))))
        found += [{"method": one, **row} for one in chosen]
    rest = [one for one in methods if all(row["method"] != one for row in found)]
    first = ((one, next((row for row in rows if _suits(row, one)), None)) for one in rest)
    return [*found, *({"method": one, **row} for one, row in first if row is not None)]


def _suits(row: Row, method: Method) -> bool:
    return all(value.suits(method) for value in row.values() if hasattr(value, "suits"))
