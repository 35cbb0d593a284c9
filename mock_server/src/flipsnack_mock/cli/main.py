"""The command line `flipsnack-mock`."""

import io
import os
import sys
from typing import Any, NoReturn

import click

from flipsnack_mock import __version__
from flipsnack_mock.cli.command import CONTEXT, LazyGroup, show_error
from flipsnack_mock.inspect.printable import printable_json

PROGRAM = "flipsnack-mock"
COMMANDS = {
    "doctor": ("doctor", "doctor_command", "Explain why the signature in URL is wrong, and how to fix it."),
    "health": ("health", "health_command", "Check whether the fake is up on this machine."),
    "lint": ("lint", "lint_command", "Find violations of the vendor's rules for clients."),
    "magic": ("magic", "magic_command", "List magic hashes and magic names of uploads, or explain one."),
    "serve": ("serve", "serve", "Serve the fake until SIGTERM or Ctrl-C."),
    "settings": ("settings", "show_settings", "Print every setting with its value, source and description."),
}
COMPLETION = """
Completion with the Tab key, in bash (in others: zsh_source, fish_source):

\b
  eval "$(_FLIPSNACK_MOCK_COMPLETE=bash_source flipsnack-mock)"
"""


def main() -> None:
    """Run the command line. Raises `KeyboardInterrupt` after Ctrl-C, which the entry of the package answers."""
    sys.stdout, sys.stderr = map(_readable, (sys.stdout, sys.stderr))
    try:
        status = command.main(prog_name=PROGRAM, obj=os.environ, standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as wrong:
        show_error(wrong, PROGRAM)
        sys.exit(wrong.exit_code)
    except OSError as trouble:
        if trouble.filename is not None:
            raise
        _end_unwritten(trouble)
    sys.exit(status if isinstance(status, int) else 0)


class _Readable(io.TextIOWrapper):
    """A stream for people: what is not printable is written as an escape, as it may be a terminal's code."""

    def write(self, text: str) -> int:
        return super().write("\n".join(map(printable_json, text.split("\n"))))


def _readable(stream: Any) -> Any:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    how = {name: getattr(stream, name) for name in ("line_buffering", "write_through")}
    return _Readable(stream.buffer, stream.encoding, "backslashreplace", **how)


def _end_unwritten(trouble: OSError) -> NoReturn:
    # Python would write at its end what is left in the buffer, and end with 120.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(f"error: cannot write the output: {trouble.strerror}")


@click.group(cls=LazyGroup, of=COMMANDS, context_settings=CONTEXT, epilog=COMPLETION)
@click.version_option(__version__, prog_name=PROGRAM)
def command() -> None:
    """A fake of the Flipsnack API v1, to develop and test against.

    A setting is a flag, an environment variable FLIPSNACK_MOCK_<NAME> or a line of a TOML file. A flag overrides the
    variable, and the variable overrides the file.

    Example, whose page is at http://127.0.0.1:3547:

    \b
      flipsnack-mock serve
    """
