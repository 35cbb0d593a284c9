"""How many calls a run may make, at most."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budget", "BudgetSpent"]


class BudgetSpent(Exception):
    """One more call would be more than was allowed; it was not sent."""


@dataclass
class Budget:
    """Calls that are left. Nothing refills it."""

    left: int

    def spend(self) -> None:
        """Take one call; raises `BudgetSpent` when there is none."""
        if self.left <= 0:
            raise BudgetSpent("the budget of calls is spent")
        self.left -= 1
