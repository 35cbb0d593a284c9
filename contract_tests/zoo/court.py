"""Brings mutants before checks, each in a process of its own, several side by side, each within a time.

A mutant that hangs, crashes or eats all memory costs its own process, and is told apart from one that was caught.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from contract_tests.zoo.mutant import Cell, Fate, Judge, Side, Trial, cell_of
from contract_tests.zoo.sides import side_named

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Charge", "try_all"]

PROCESSES = 2
PATIENCE = 60.0
"""Seconds that one mutant has for all its checks."""


@dataclass(frozen=True)
class Charge:
    """Which mutant is tried, and by which checks: each group of them as a plan says.

    A trial ends with the first kill by a rule that the mutant does not break: that is all there is to know. The further
    checks of a rule that was found broken are left out. With `whole` all others are made; with `first_only` none is
    after the first kill. `afresh` makes each group a trial of its own, that ends when the rule is found broken that
    the mutant breaks.
    """

    side: str
    mutant: str
    rule: str
    plans: tuple[tuple[Plan, tuple[str, ...]], ...]
    whole: bool = False
    first_only: bool = False
    afresh: bool = False

    @property
    def checks(self) -> tuple[str, ...]:
        """All of them, in their order."""
        return tuple(check for _, checks in self.plans for check in checks)


def try_all(charges: Iterable[Charge], *, processes: int = PROCESSES, patience: float = PATIENCE) -> Iterator[Trial]:
    """The trials, as they end; each has `patience` seconds.

    The next charge is taken when there is a process for it: it may depend on the trials before.
    """
    waiting = iter(charges)
    running: list[_Hearing] = []
    try:
        while True:
            room = processes - len(running)
            running += [_Hearing(charge, patience) for charge in islice(waiting, room)]
            if not running:
                return
            yield from _ended(running)
    finally:
        for one in running:
            one.end()


def _ended(running: list[_Hearing]) -> Iterator[Trial]:
    left = min(one.left() for one in running)
    ready = wait([one.listening for one in running], timeout=max(0.0, left))
    for one in list(running):
        if one.listening in ready:
            one.listen()
        if one.over or one.left() <= 0:
            one.end()
            running.remove(one)
            yield one.trial()


class _Hearing:
    """One trial in its process."""

    def __init__(self, charge: Charge, patience: float) -> None:
        self._charge = charge
        self._until = stopwatch() + patience
        self._cells: list[Cell] = []
        self.over = False
        self.listening, speaking = multiprocessing.Pipe(duplex=False)
        self._process: BaseProcess = multiprocessing.Process(target=_try, args=(charge, speaking), daemon=False)
        self._process.start()
        # The child's end must be open in the child alone, or its death would not be heard.
        speaking.close()

    def left(self) -> float:
        """Seconds that it still has."""
        return self._until - stopwatch()

    def listen(self) -> None:
        """Take one cell; the end of the process ends the trial."""
        try:
            cell = self.listening.recv()
        except EOFError:
            self._cells.append(Cell(self._next_check(), Fate.FAULT, message="the process of the mutant ended"))
            self.over = True
            return
        self.over = cell is None
        if cell is not None:
            self._cells.append(cell)

    def trial(self) -> Trial:
        """As far as it came."""
        late = () if self.over else (Cell(self._next_check(), Fate.TIMEOUT, message="the time was up"),)
        return Trial(self._charge.mutant, self._charge.rule, (*self._cells, *late))

    def end(self) -> None:
        """End the process, if it runs."""
        self.listening.close()
        self._process.kill()
        self._process.join()

    def _next_check(self) -> str:
        done = {cell.check for cell in self._cells}
        return next((check for check in self._charge.checks if check not in done), "")


def _try(charge: Charge, speaking: Connection) -> None:
    try:
        for cell in _cells(charge, side_named(charge.side)):
            speaking.send(cell)
    except Exception as trouble:  # whatever a mutant does to itself is its fate, not ours
        said = f"{type(trouble).__name__}: {trouble}"
        speaking.send(Cell("", Fate.FAULT, message=said[:200]))
    speaking.send(None)


def _cells(charge: Charge, side: Side) -> Iterator[Cell]:
    with side.open(side.mutant(charge.mutant)) as judge:
        if charge.afresh:
            for number in range(len(charge.plans)):
                yield from _group(charge, judge, number)
        else:
            yield from _in_turn(charge, side, judge)


def _group(charge: Charge, judge: Judge, number: int) -> Iterator[Cell]:
    plan, checks = charge.plans[number]
    for check in checks:
        cell = cell_of(judge(check, plan), group=number)
        yield cell
        if cell.fate is Fate.KILLED and cell.broke == charge.rule:
            return


def _in_turn(charge: Charge, side: Side, judge: Judge) -> Iterator[Cell]:
    broken: set[str] = set()
    for number, (plan, checks) in enumerate(charge.plans):
        for check in checks:
            if side.checks[check] in broken:
                continue
            cell = cell_of(judge(check, plan), group=number)
            yield cell
            broken |= {cell.broke} if cell.fate is Fate.KILLED else set()
            if broken and (charge.first_only or _is_enough(charge, broken, number)):
                return


def _is_enough(charge: Charge, broken: set[str], group: int) -> bool:
    # Its own checks are the first group: all of them are made, whatever else they stumble over.
    return group > 0 and not charge.whole and bool(broken - {charge.rule})
