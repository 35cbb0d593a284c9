"""A mutant is a server or client that breaks a rule on purpose. The terms are Stryker's."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import Any, TypeVar

from flipsnack_contract.checks.check import Plan

T = TypeVar("T")


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


Judge = Callable[[str, Plan], Cell]
"""Runs the check of that name, as much as the plan says, on the mutant that was opened."""


@dataclass(frozen=True)
class Suite:
    """Mutants and the checks that must catch them.

    `checks` maps each check to its rule. `open` starts a mutant and yields the judge of it. `correct` are servers or
    clients that keep every rule: what a check finds there is a false alarm. `repeating` are checks that look at
    everything again: they may catch any mutant, so they are not run on those of other rules.
    """

    name: str
    mutants: tuple[Mutant, ...]
    checks: Mapping[str, str]
    open: Callable[[Mutant], AbstractContextManager[Judge]]
    correct: tuple[Mutant, ...] = ()
    repeating: frozenset[str] = frozenset()

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


def members_in(modules: Iterable[ModuleType], base: type[T]) -> tuple[type[T], ...]:
    """The public subclasses of `base` that `modules` define, by themselves or in tuples."""
    values = (value for module in modules for value in vars(module).values() if not _is_foreign(value, module))
    members = (one for value in values for one in (value if isinstance(value, tuple) else (value,)))
    return tuple(one for one in members if isinstance(one, type) and issubclass(one, base) and one.__name__[0] != "_")


def _is_foreign(value: object, module: ModuleType) -> bool:
    return isinstance(value, type) and value.__module__ != module.__name__


def name_of(member: type[Any]) -> str:
    """The fault of a mutant: its docstring without the full stop."""
    sentence = " ".join((member.__doc__ or "").split()).removesuffix(".")
    return sentence[:1].lower() + sentence[1:]
