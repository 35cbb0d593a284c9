"""A duty: one rule of the ledger that a client keeps, made executable on a performance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.scenarios.scenario_run import Performance

__all__ = ["Duty", "duty"]


@dataclass(frozen=True)
class Duty:
    """What a rule means in a performance: `judge(performance)` raises `Violation` when the client broke it.

    `needs` are the capabilities without which a client is not held to it.
    """

    name: str
    rule: Rule
    judge: Callable[[Performance], None]
    needs: frozenset[str] = frozenset()

    @property
    def promise(self) -> str:
        """The docstring of the duty in one line: what it looks at."""
        return " ".join((self.judge.__doc__ or "").split())


def duty(rule_id: str, *, needs: Iterable[str] = ()) -> Callable[[Callable[[Performance], None]], Duty]:
    """Make a function the duty of the rule `rule_id`.

    Raises `UnknownRule` for an id the ledger does not have and `ValueError` for an unknown capability.
    """
    needed = frozenset(needs)
    if unknown := needed - CAPABILITIES.keys():
        raise ValueError(f"{sorted(unknown)} are no capabilities; there are {sorted(CAPABILITIES)}")

    def wrap(judge: Callable[[Performance], None]) -> Duty:
        return Duty(f"{rule_id}/{judge.__name__.replace('_', '-')}", rule(rule_id), judge, needed)

    return wrap
