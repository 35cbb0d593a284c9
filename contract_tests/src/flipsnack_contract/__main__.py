"""The command `flipsnack-contract`: `main` imports the rest, and answers Ctrl-C and a missing extra in one line."""

import os
import signal
import sys
from contextlib import suppress

NOT_WRITTEN = 12
"""The exit code where the result cannot be written: that of an error of the kit."""


def open_streams() -> None:
    """Make stdout and stderr take every text: what they cannot encode is written as escapes.

    A stream that the parent process has closed goes to the null device, so that no other file gets its number.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened == descriptor:
                setattr(sys, name, os.fdopen(opened, "r" if descriptor == 0 else "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run the command line. Exits with 1 where the extra is not installed, and with 130 after Ctrl-C.

    That is 128 and the number of the signal, as a shell reports a program that a signal ended: 143 after SIGTERM.
    """
    open_streams()
    try:
        from flipsnack_contract.cli.main import main as run

        run()
    except KeyboardInterrupt as ended:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write(f"{str(ended) or 'interrupted'}\n")
        sys.exit(128 + getattr(ended, "number", signal.SIGINT))
    except OSError as error:
        # What is judged has errors of its own; this one is of stdout or stderr, such as a full disk.
        with suppress(OSError):
            sys.stderr.write(f"error: cannot write the output: {error.strerror}\n")
        sys.exit(NOT_WRITTEN)
    except ModuleNotFoundError as missing:
        if str(missing.name).startswith("flipsnack_"):
            raise
        sys.exit(
            f"error: flipsnack-contract needs {missing.name}; install its extra: pip install 'flipsnack-kit[contract]'"
        )
    finally:
        _flush()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # Python would flush it again at its end, and exit with 120.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
