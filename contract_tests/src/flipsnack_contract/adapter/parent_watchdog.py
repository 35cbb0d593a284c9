"""Runs a module as `python -m` does, and ends it when its parent process ends.

The parent holds the other end of stdin and writes nothing. However the parent ends, the system closes that end.
"""

import os
import runpy
import signal
import sys
import threading

STDIN = 0


def watched_command(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs `module` with this Python until the other end of its stdin is closed."""
    return (sys.executable, "-m", __name__, module, *arguments)


def _end_with_stdin() -> None:
    while os.read(STDIN, 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_stdin, name="parent-watchdog", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
