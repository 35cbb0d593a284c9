"""Runs a module as `python -m` does, and ends it when its parent process ends.

The parent holds the other end of stdin and writes nothing. However the parent ends, the system closes that end.
"""

import os
import runpy
import signal
import sys
import threading
from collections.abc import Sequence

STDIN = 0


def watched_command(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs `module` with this Python until the other end of its stdin is closed."""
    return (sys.executable, "-m", __name__, module, *arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the module that is the first of `arguments`, with the others as its own."""
    threading.Thread(target=_end_with_stdin, name="parent-watchdog", daemon=True).start()
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _end_with_stdin() -> None:
    while os.read(STDIN, 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1:])
