"""Ctrl-C for the command: the first one raises KeyboardInterrupt, a second one ends the process at once."""

import os
import signal
import sys

INTERRUPTED = 130
"""The exit code: what a shell reports for a program that Ctrl-C ended (128 and the signal's number)."""

_SHOW_CURSOR = b"\x1b[?25h"  # the progress bar hides it


def install() -> None:
    """Handle SIGINT, unless the parent process had it ignored or a handler is set already."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _first)


def over() -> None:
    """Ignore SIGINT from now on: the command is done and the process is about to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sys.stderr.flush()
    except OSError:
        # Python would flush it again at its end and exit with 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _first(*_: object) -> None:
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(*_: object) -> None:
    # Python would print a traceback from the middle of the unwinding. Nothing is lost by exiting at once: what was
    # received is in the `.part`, and the final path is only ever written by a rename.
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(INTERRUPTED)
