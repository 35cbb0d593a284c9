"""A mutant is a server or client that breaks a rule on purpose. The terms are Stryker's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any

__all__ = ["Cell", "Judge", "Mutant", "MutantResult", "MutantStatus", "Suite", "mutants_in"]


class MutantStatus(StrEnum):
    """What the checks made of a mutant.

    `TIMEOUT` and `FAULT` (a check or an adapter crashed) prove nothing, so they never count as kills.
    """

    KILLED = "Killed"
    SURVIVED = "Survived"
    TIMEOUT = "Timeout"
    FAULT = "Fault"


@dataclass(frozen=True)
class Mutant:
    """A broken server or client: `rule` is the one it breaks ("": none), `make` returns what its suite can open."""

    name: str
    rule: str
    make: Callable[[], Any]


@dataclass(frozen=True)
class Cell:
    """One cell of the kill matrix: what one check made of one mutant. `broke` is the rule it found broken."""

    check: str
    status: MutantStatus
    broke: str = ""
    message: str = ""


Judge = Callable[[str, int], Cell]
"""Runs the check of that name, with that many drawn examples, on the mutant that was opened."""


@dataclass(frozen=True)
class Suite:
    """Mutants and the checks that must catch them.

    `checks` maps each check to its rule. `open` starts a mutant and yields the judge of it. `correct` are servers or
    clients that keep every rule: what a check finds there is a false alarm.
    """

    name: str
    mutants: tuple[Mutant, ...]
    checks: Mapping[str, str]
    open: Callable[[Mutant], AbstractContextManager[Judge]]
    correct: tuple[Mutant, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Every rule that has a check, in the order of the checks."""
        return tuple(dict.fromkeys(self.checks.values()))

    def mutant(self, name: str) -> Mutant:
        """The mutant, or correct one, of that name; raises `LookupError`."""
        known = {one.name: one for one in (*self.mutants, *self.correct)}
        if name not in known:
            raise LookupError(f"the {self.name} suite has no mutant {name!r}")
        return known[name]


@dataclass(frozen=True)
class MutantResult:
    """One row of the kill matrix, as far as the checks came."""

    mutant: str
    rule: str
    cells: tuple[Cell, ...]

    @property
    def killers(self) -> frozenset[str]:
        """The rules that were found broken."""
        return frozenset(cell.broke for cell in self.cells if cell.status is MutantStatus.KILLED)

    @property
    def status(self) -> MutantStatus:
        """Killed if any check killed it; otherwise the worst that happened."""
        statuses = {cell.status for cell in self.cells}
        order = (MutantStatus.KILLED, MutantStatus.TIMEOUT, MutantStatus.FAULT)
        return next((status for status in order if status in statuses), MutantStatus.SURVIVED)

    @property
    def right(self) -> bool:
        """Whether the rule that it breaks is among those that were found broken."""
        return self.rule in self.killers


def mutants_in(modules: tuple[ModuleType, ...], base: type[Any]) -> tuple[Mutant, ...]:
    """A mutant for each subclass of `base` that `modules` define; a private class is a base of others."""
    found = (value for module in modules for value in vars(module).values() if _is_member(value, module, base))
    return tuple(Mutant(_name_of(one), one.breaks, lambda one=one: one) for one in found)


def _is_member(value: object, module: ModuleType, base: type[Any]) -> bool:
    is_own = isinstance(value, type) and value.__module__ == module.__name__ and value.__name__[0] != "_"
    return is_own and isinstance(value, type) and issubclass(value, base)


def _name_of(member: type[Any]) -> str:
    sentence = " ".join((member.__doc__ or "").split()).removesuffix(".")
    return sentence[:1].lower() + sentence[1:]
