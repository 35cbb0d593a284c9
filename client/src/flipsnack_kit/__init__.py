"""Where the three commands begin: Ctrl-C ends them even while Python still imports what they need."""

import signal
import sys
from importlib import import_module

INTERRUPTED = 130
"""The exit code: what a shell reports for a program that Ctrl-C ended (128 and the signal's number)."""


def flipsnack() -> None:
    """Run the command `flipsnack`."""
    _run("flipsnack_client")


def flipsnack_mock() -> None:
    """Run the command `flipsnack-mock`."""
    _run("flipsnack_mock")


def flipsnack_contract() -> None:
    """Run the command `flipsnack-contract`."""
    _run("flipsnack_contract")


def _run(package: str) -> None:
    # Imports take a good part of a second, in which Python would answer Ctrl-C with a traceback of its own.
    try:
        import_module(f"{package}.__main__").main()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
