"""Ctrl-C for the command: the first one unwinds it, a second one ends it where it stands."""

import os
import signal
import sys

INTERRUPTED = 130
"""The exit code: what a shell reports for a program that Ctrl-C ended (128 and the signal's number)."""

_SHOW_CURSOR = b"\x1b[?25h"  # the progress bar hides it


def install() -> None:
    """Take over Ctrl-C, unless whoever started the process had it ignored or handled already."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _first)


def over() -> None:
    """The command is done and the process about to end: no Ctrl-C can do more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _first(*_: object) -> None:
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(*_: object) -> None:
    # Python would print a traceback of wherever the unwinding happens to be. Nothing is lost by leaving at once: what
    # was received is in the `.part`, and the final name appears by a rename or not at all.
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(INTERRUPTED)
