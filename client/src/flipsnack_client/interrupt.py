"""Ctrl-C, SIGTERM and SIGHUP for the command: the first one raises KeyboardInterrupt, a second one ends the process."""

import os
import signal
import sys

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

_DEFAULTS = (signal.default_int_handler, signal.SIG_DFL)
_SHOW_CURSOR = b"\x1b[?25h"  # the progress bar hides it

_received: list[int] = []


class _Ended(KeyboardInterrupt):
    """One of the signals has come.

    Not KeyboardInterrupt itself: where that passes through `exec` of a text, as in imports, Python ends by SIGINT,
    whatever the exit code is.
    """


def install() -> None:
    """Handle the signals, but for those that the parent process had ignored, and those that have a handler already."""
    for number in SIGNALS:
        if signal.getsignal(number) in _DEFAULTS:
            signal.signal(number, _first)


def received() -> bool:
    """Return whether one of the signals has come."""
    return bool(_received)


def word() -> str:
    """Return what ended the command, for a person."""
    number = _number()
    return "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"


def exit_code() -> int:
    """Return what a shell reports for a program that the signal ended: 128 and its number, 130 after Ctrl-C."""
    return 128 + _number()


def over() -> None:
    """Ignore the signals from now on: the command is done and the process is about to end."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    try:
        sys.stderr.flush()
    except OSError:
        # Python would flush it again at its end and exit with 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _number() -> int:
    return _received[0] if _received else signal.SIGINT


def _first(number: int, *_: object) -> None:
    _received.append(number)
    for one in SIGNALS:
        if signal.getsignal(one) is _first:
            signal.signal(one, _second)
    raise _Ended


def _second(*_: object) -> None:
    # Python would print a traceback from the middle of the unwinding. Nothing is lost by exiting at once: what was
    # received is in the `.part`, and the final path is only ever written by a rename.
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(exit_code())
