"""A mutant is something that breaks a promise on purpose; what a check makes of it is a cell of the kill matrix.

The words are Stryker's. Whether the mutant is a server or a client is no matter of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["Cell", "Fate", "Judge", "Mutant", "Side", "Trial", "cell_of"]


class Fate(StrEnum):
    """How a mutant ended before a check.

    `TIMEOUT` and `FAULT` (the check could not be carried out, the adapter fell over) prove nothing: they are never
    kills.
    """

    KILLED = "Killed"
    SURVIVED = "Survived"
    TIMEOUT = "Timeout"
    FAULT = "Fault"


@dataclass(frozen=True)
class Mutant:
    """Something broken: `rule` is the one that it breaks, `make` builds what its side opens."""

    name: str
    rule: str
    make: Callable[[], Any]


Judge = Callable[[str, Plan], Result]
"""What comes of the check of that name, on the mutant that was opened, when as much is tried as the plan says."""


@dataclass(frozen=True)
class Side:
    """One zoo and those who judge it: mutants, the rule of each check, and how a mutant is brought before them.

    `order` gives the checks, those first that should know best of a mutant; by itself it is that of `checks`. `correct`
    are opened like mutants and break nothing: whatever a check finds there is a false alarm. `shared`: all checks look
    at the same examples.
    """

    name: str
    mutants: tuple[Mutant, ...]
    checks: Mapping[str, str]
    open: Callable[[Mutant], AbstractContextManager[Judge]]
    order: Callable[[Mutant], tuple[str, ...]] | None = None
    correct: tuple[Mutant, ...] = ()
    shared: bool = False

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that a check stands for, in their order."""
        return tuple(dict.fromkeys(self.checks.values()))

    def checks_for(self, mutant: Mutant) -> tuple[str, ...]:
        """Every check, in the order in which they should be tried on a mutant."""
        return self.order(mutant) if self.order else tuple(self.checks)

    def mutant(self, name: str) -> Mutant:
        """The mutant of that name; raises `LookupError`."""
        try:
            return next(one for one in (*self.mutants, *self.correct) if one.name == name)
        except StopIteration:
            raise LookupError(f"the {self.name} zoo has no {name!r}") from None


@dataclass(frozen=True)
class Cell:
    """What one check made of one mutant: `broke` is the rule it found broken, `steps` the length of what it shows.

    `group` is the number of the plan that it was made by.
    """

    check: str
    fate: Fate
    broke: str = ""
    message: str = ""
    examples: int = 0
    seconds: float = 0.0
    steps: int = 0
    group: int = 0


@dataclass(frozen=True)
class Trial:
    """A mutant before the checks, as far as they came."""

    mutant: str
    rule: str
    cells: tuple[Cell, ...]

    @property
    def killers(self) -> frozenset[str]:
        """The rules that were found broken."""
        return frozenset(cell.broke for cell in self.cells if cell.fate is Fate.KILLED)

    @property
    def fate(self) -> Fate:
        """How it ended: killed if any check killed it; otherwise the worst that happened."""
        fates = {cell.fate for cell in self.cells}
        order = (Fate.KILLED, Fate.TIMEOUT, Fate.FAULT)
        return next((fate for fate in order if fate in fates), Fate.SURVIVED)

    @property
    def right(self) -> bool:
        """Whether the rule that it breaks is among those that were found broken."""
        return self.rule in self.killers


_FATES = {
    Outcome.FAILED: Fate.KILLED,
    Outcome.WARNED: Fate.KILLED,
    Outcome.PASSED: Fate.SURVIVED,
    Outcome.SKIPPED: Fate.SURVIVED,
    Outcome.BROKEN: Fate.FAULT,
}


def cell_of(result: Result, *, group: int = 0) -> Cell:
    """The cell that a result stands for."""
    return Cell(
        group=group,
        check=result.check,
        fate=_FATES[result.outcome],
        broke=result.broke,
        message=result.message.partition("\n")[0][:200],
        examples=result.examples,
        seconds=result.seconds,
        steps=len(result.steps),
    )
