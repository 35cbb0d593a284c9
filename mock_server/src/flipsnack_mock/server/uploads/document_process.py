"""A document process as its server sees it: it is asked line by line, and stopped when an answer takes too long."""

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_MOST_ASKED = 200
"""So many documents are looked into by one process: whatever they leave in its memory goes with it."""

_SCRIPT = Path(__file__).with_name("pdfium.py")


class Stopped(Exception):
    """A document process that did not end well; the text says how it ended."""


class DocumentProcess:
    """Runs `pdfium.py`, which says what it is asked. Raises `Stopped` when it cannot be started."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        try:
            self._run = subprocess.Popen([sys.executable, "-P", str(_SCRIPT)], stdin=pipe, stdout=pipe, stderr=pipe)
        except OSError as trouble:
            raise Stopped(f"no process could be started: {trouble}") from None
        self._is_late = False
        self._times = 0

    def ask(self, arguments: Sequence[str], seconds: float) -> bytes:
        """The line that it answers; raises `Stopped` when it ends instead, as it must after so many `seconds`."""
        self._times += 1
        timer = threading.Timer(seconds, self._be_late)
        timer.start()
        try:
            answer = self._asked(arguments)
            error = b"" if answer else self._run.communicate()[1]
        finally:
            timer.cancel()
            timer.join()
        if self._is_late:
            raise Stopped(f"it took more than {seconds:g} s")
        if not answer:
            last = error.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise Stopped(f"the process ended with status {self._run.returncode} {last[:200]}".rstrip())
        return answer

    def _asked(self, arguments: Sequence[str]) -> bytes:
        assert self._run.stdin is not None
        assert self._run.stdout is not None
        with suppress(OSError):  # it has ended
            self._run.stdin.write(json.dumps(arguments).encode() + b"\n")
            self._run.stdin.flush()
        return self._run.stdout.readline()

    def _be_late(self) -> None:
        self._is_late = True
        self.kill()

    @property
    def can_be_asked(self) -> bool:
        """Whether it still runs, and was not asked too often."""
        return self._run.poll() is None and self._times < _MOST_ASKED

    def kill(self) -> None:
        """Stop it; whoever asks it meanwhile gets `Stopped`."""
        self._run.kill()

    def end(self) -> None:
        """Stop it, and wait until it has ended."""
        self.kill()
        self._run.communicate()


_WAITING: list[DocumentProcess] = []
"""The one process of this interpreter, of whichever server, that waits for a document: to start one takes ten times as
long as to look into most documents. It ends with the interpreter: then its input ends."""


def waiting_process() -> DocumentProcess:
    """The one that waits, or a new one; raises `Stopped` when none can be started."""
    with suppress(IndexError):
        while not (process := _WAITING.pop()).can_be_asked:
            process.end()
        return process
    return DocumentProcess()


def let_wait(process: DocumentProcess) -> None:
    """Let it wait for the next document, unless another one does."""
    if _WAITING:
        process.end()
    else:
        _WAITING.append(process)


@atexit.register
def _end() -> None:
    while _WAITING:
        _WAITING.pop().end()


if hasattr(os, "register_at_fork"):
    # Else two servers would talk with one process at once.
    os.register_at_fork(after_in_child=_WAITING.clear)
