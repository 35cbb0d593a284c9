"""The command `flipsnack-mock`: `main` imports the rest, and answers Ctrl-C and a missing extra in one line."""

import signal
import sys

INTERRUPTED = 130
"""The exit code: what a shell reports for a program that Ctrl-C ended (128 and the signal's number)."""


def main() -> None:
    """Run the command line. Exits with 130 after Ctrl-C, with 1 where the extra is not installed."""
    try:
        from flipsnack_mock.cli.main import main as run

        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
    except ModuleNotFoundError as missing:
        if str(missing.name).startswith("flipsnack_"):
            raise
        sys.exit(f"error: flipsnack-mock needs {missing.name}; install its extra: pip install 'flipsnack-kit[mock]'")


if __name__ == "__main__":
    main()
