"""Runs checks on mutants: each mutant in a process of its own, several at once, each with a time limit.

A mutant that hangs, crashes or exhausts memory costs only its own process and is never counted as killed.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait

from contract_tests.zoo.mutant import Cell, MutantResult, MutantStatus, Suite
from contract_tests.zoo.suites import SUITES
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_contract.checks.check import Plan
from flipsnack_contract.contract.clock import stopwatch

PROCESSES = (os.cpu_count() or 1) + 1
"""One more than there are cores, because mutants wait now and then."""
TIMEOUT_S = 120.0
"""Seconds that one mutant has for all its checks."""


@dataclass(frozen=True)
class Job:
    """A mutant and the checks to run on it, each with how much is tried; those of its own rule come first.

    Once a rule is found broken, its further checks are left out. Those of other rules may find the own one broken, too:
    they are run until one does. Then, unless `others` is false, the rest of them are run until one finds another rule
    broken, with `complete` to the end, but for the repeating ones.
    """

    suite: str
    mutant: str
    rule: str
    checks: tuple[tuple[str, Plan], ...]
    others: bool = True
    complete: bool = False


def run_all(jobs: Iterable[Job], *, processes: int = PROCESSES, timeout: float = TIMEOUT_S) -> Iterator[MutantResult]:
    """The results, in the order in which the jobs end; each has `timeout` seconds.

    A job is taken from `jobs` when a process is free, so it may depend on the results before it.
    """
    _draw_once()
    waiting = iter(jobs)
    running: list[Worker] = []
    with tempfile.TemporaryDirectory(prefix="flipsnack-zoo-", ignore_cleanup_errors=True) as folder:
        try:
            while True:
                running += [Worker(job, timeout, folder) for job in islice(waiting, processes - len(running))]
                if not running:
                    return
                yield from _finished(running)
        finally:
            for worker in running:
                worker.stop()


@settings(max_examples=1, database=None, derandomize=True)
@given(st.text("ab"))
def _draw_once(_text: str) -> None:
    """Load what Hypothesis loads at its first draw, once for all processes, which begin as copies of this one."""


def _finished(running: list[Worker]) -> Iterator[MutantResult]:
    shortest = min(worker.seconds_left() for worker in running)
    ready = wait([worker.receiver for worker in running], timeout=max(0.0, shortest))
    for worker in list(running):
        if worker.receiver in ready:
            worker.receive()
        if worker.done or worker.seconds_left() <= 0:
            worker.stop()
            running.remove(worker)
            yield worker.result()


class Worker:
    """One job in its process."""

    def __init__(self, job: Job, timeout: float, folder: str) -> None:
        self._job = job
        self._deadline = stopwatch() + timeout
        self._cells: list[Cell] = []
        self.done = False
        self.receiver, sender = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.Process(target=_work, args=(job, folder, sender), daemon=False)
        self._process.start()
        # Only the child may hold the sending end: its death is then the end of the pipe.
        sender.close()

    def seconds_left(self) -> float:
        """Seconds until the time limit."""
        return self._deadline - stopwatch()

    def receive(self) -> None:
        """Take one cell; the end of the process ends the job."""
        try:
            cell = self.receiver.recv()
        except EOFError:
            self._cells.append(Cell(self._next_check(), MutantStatus.FAULT, message="the process of the mutant ended"))
            self.done = True
            return
        self.done = cell is None
        if cell is not None:
            self._cells.append(cell)

    def result(self) -> MutantResult:
        """The cells that came, and a time-out where the job was not done."""
        late = () if self.done else (Cell(self._next_check(), MutantStatus.TIMEOUT, message="out of time"),)
        return MutantResult(self._job.mutant, self._job.rule, (*self._cells, *late))

    def stop(self) -> None:
        """End the process, if it runs."""
        self.receiver.close()
        self._process.kill()
        self._process.join()

    def _next_check(self) -> str:
        done = {cell.check for cell in self._cells}
        return next((check for check, _ in self._job.checks if check not in done), "")


def _work(job: Job, folder: str, sender: Connection) -> None:
    # What this process began with is in use until its end: the garbage collector need not look at it.
    gc.freeze()
    # A process that is killed cannot remove its temporary files: the pool removes all of them.
    tempfile.tempdir = folder
    try:
        for cell in _cells(job, SUITES[job.suite]):
            sender.send(cell)
    except Exception as error:  # whatever a mutant does to its own process must not end the run
        sender.send(Cell("", MutantStatus.FAULT, message=f"{type(error).__name__}: {error}"[:200]))
        sender.send(None)


def _cells(job: Job, suite: Suite) -> Iterator[Cell | None]:
    broken: set[str] = set()
    with suite.open(suite.mutant(job.mutant)) as judge:
        for check, plan in job.checks:
            rule, found = suite.checks[check], job.rule in broken
            if rule in broken or (found and check in suite.repeating):
                continue
            if found and rule != job.rule and not job.complete and (broken - {job.rule} or not job.others):
                break
            cell = judge(check, plan)
            yield cell
            broken |= {cell.broke} if cell.status is MutantStatus.KILLED else set()
        # Within the block: the process is killed now, which is quicker than closing what is open.
        yield None
