"""One kind of check: a rule of the ledger, made executable on a server, on a client's scenario, or on a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.target.session import Session

__all__ = ["Check", "MachineOf", "Side", "Unsuitable", "check", "checks_in"]

Side = Literal["server", "client", "recording"]
MachineOf = Callable[[Callable[[], AbstractContextManager[Session]]], RuleBasedStateMachine]


class Unsuitable(Exception):
    """A row that cannot be tried on this target; the text says what is missing."""


@dataclass(frozen=True)
class Check:
    """What a rule means in practice: `run` raises `Violation` when the rule is broken.

    `of` says what is judged, and so what `run` takes: `run(session, **drawn)` for a server, `run(scenario_run)` for a
    client, `run(events)` for a recording. `needs` are capabilities without which there is nothing to judge.

    A server's check runs on every row of `rows`, then on values drawn from `varies`; once, when it has neither.
    `share` is the part of a run's examples that it draws. `machine` makes a state machine over sessions, which is
    run instead. `calls` is set for checks that only read: the most API calls that one run makes; `waits` are the
    microseconds that it lets pass.
    """

    name: str
    rule: Rule
    run: Callable[..., None]
    of: Side
    needs: frozenset[str] = frozenset()
    rows: tuple[Mapping[str, Any], ...] = ()
    varies: Mapping[str, SearchStrategy[Any]] = field(default_factory=dict)
    share: float = 1.0
    machine: MachineOf | None = None
    calls: int | None = None
    waits: int = 0

    @property
    def promise(self) -> str:
        """The docstring of the check in one line: what it looks at."""
        return " ".join(((self.machine or self.run).__doc__ or "").split())


def check(
    rule_id: str,
    *,
    of: Side | None = None,
    needs: Iterable[str] = (),
    rows: Iterable[Mapping[str, Any]] = (),
    varies: Mapping[str, SearchStrategy[Any]] | None = None,
    share: float = 1.0,
    calls: int | None = None,
    waits: int = 0,
) -> Callable[[Callable[..., Any]], Check]:
    """Make a function, or a state machine's class, the check of the rule `rule_id`.

    `of` is by default the side that keeps the rule. Raises `UnknownRule` for an id that the ledger does not have.
    """
    cited = rule(rule_id)
    side: Side = of or ("client" if cited.by == "client" else "server")

    def wrap(run: Callable[..., Any]) -> Check:
        return Check(
            name=f"{rule_id}/{_prefix(side, calls)}{run.__name__.lower().replace('_', '-')}",
            rule=cited,
            run=run,
            of=side,
            needs=frozenset(needs),
            rows=tuple(rows),
            varies=varies or {},
            share=share,
            machine=run if isinstance(run, type) and issubclass(run, RuleBasedStateMachine) else None,
            calls=calls,
            waits=waits,
        )

    return wrap


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


def _prefix(side: Side, calls: int | None) -> str:
    if side == "recording":
        return "recorded-"
    return "" if calls is None else "live-"
