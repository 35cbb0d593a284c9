"""What a process started, and what that started: found in /proc by parents and by marks, and ended."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROUNDS = 20
"""How often is looked for what was started meanwhile."""
SET_CHILD_SUBREAPER = 36
"""The number of that request in `prctl(2)`."""


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that have `pid` above them; one whose parent has ended is not found."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text("ascii").split()):
                yield child
                yield from descendants(child)


def kill(pids: Iterable[int]) -> None:
    """SIGKILL what still runs of them."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_marked(mark: str) -> None:
    """SIGKILL whatever has `mark` in its environment; a process that starts others meanwhile does not escape."""
    for _ in range(ROUNDS):
        found = list(_marked(mark.encode()))
        kill(found)
        if not found:
            return


def _marked(mark: bytes) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "environ").read_bytes() and int(process.name) != os.getpid():
                yield int(process.name)


@contextmanager
def adopting() -> Iterator[None]:
    """End with the block what was started in it, whatever it did to get away, on Linux.

    A process whose parent ends becomes a child of this one, not of the first process of the system.
    """
    before = set(descendants(os.getpid()))
    _adopt(True)
    try:
        yield
    finally:
        for _ in range(ROUNDS):
            for pid in set(descendants(os.getpid())) - before:
                with suppress(PermissionError, ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)  # what it started is a child of this process afterwards
        _adopt(False)


def _adopt(wanted: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)
