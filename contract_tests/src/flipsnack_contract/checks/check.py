"""A check: one rule of the ledger, made executable. It knows nothing of pytest and nothing of reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target_under_test import CAPABILITIES

__all__ = ["Check", "MachineOf", "Unsuitable", "check", "machine_check"]

MachineOf = Callable[[Callable[[], AbstractContextManager[Session]]], RuleBasedStateMachine]


class Unsuitable(Exception):
    """A row that cannot be tried on this target; the text says what is missing."""


@dataclass(frozen=True)
class Check:
    """What a rule means in practice: `run(session, **drawn)` raises `Violation` when the target breaks it.

    It is run on every row of `rows`, then on values drawn from `varies`; once, when it has neither.
    """

    name: str
    rule: Rule
    run: Callable[..., None]
    needs: frozenset[str] = frozenset()
    rows: tuple[Mapping[str, Any], ...] = ()
    varies: Mapping[str, SearchStrategy[Any]] = field(default_factory=dict)
    share: float = 1.0
    machine: MachineOf | None = None

    @property
    def promise(self) -> str:
        """The docstring of the check in one line: what it looks at."""
        return " ".join((self.run.__doc__ or "").split())


def check(
    rule_id: str,
    *,
    needs: Iterable[str] = (),
    rows: Iterable[Mapping[str, Any]] = (),
    varies: Mapping[str, SearchStrategy[Any]] | None = None,
    share: float = 1.0,
) -> Callable[[Callable[..., None]], Check]:
    """Make a function a check of the rule `rule_id`.

    `share` is the part of a run's examples it gets: less for a check whose examples are long. Raises `UnknownRule`
    for an id the ledger does not have and `ValueError` for an unknown capability.
    """
    cited, needed = rule(rule_id), frozenset(needs)
    if unknown := needed - CAPABILITIES.keys():
        raise ValueError(f"{sorted(unknown)} are no capabilities; there are {sorted(CAPABILITIES)}")

    def wrap(run: Callable[..., None]) -> Check:
        name = f"{rule_id}/{run.__name__.replace('_', '-')}"
        return Check(name, cited, run, needed, tuple(rows), varies or {}, share)

    return wrap


def machine_check(rule_id: str, machine: MachineOf, *, share: float = 1.0) -> Check:
    """A check of the rule `rule_id` by a state machine over one key; it needs a control plane."""

    def run(_session: Session) -> None:
        raise TypeError("a machine opens its sessions itself")

    run.__doc__ = machine.__doc__
    name = f"{rule_id}/{getattr(machine, '__name__', 'machine').lower()}"
    return Check(name, rule(rule_id), run, frozenset({"control"}), share=share, machine=machine)
