"""The command `flipsnack`: the edge that reads arguments and the environment.

`main` imports the rest, so that Ctrl-C while Python imports ends in one line too.
"""

import os
import sys

from flipsnack_client.interrupt import exit_code, install, over, received, word


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
    """Run the command and exit with its code."""
    install()
    open_streams()
    try:
        from flipsnack_client.cli import run

        code = run(sys.argv[1:], os.environ)
    except (KeyboardInterrupt, Exception) as error:
        # Python raises other exceptions too, where a signal interrupts an import.
        if not isinstance(error, KeyboardInterrupt) and not received():
            raise
        sys.stderr.write(f"{word()}\n")
        code = exit_code()
    over()
    sys.exit(code)


if __name__ == "__main__":
    main()
