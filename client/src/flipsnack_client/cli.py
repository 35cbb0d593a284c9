"""The command `flipsnack`: its subcommands, and what an error becomes.

What takes long to import (the client, with requests) is imported by the commands as they run: `--help` stays quick.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from flipsnack_client import __version__
from flipsnack_client.api_error import ApiError
from flipsnack_client.cli_calls import call, sign_command
from flipsnack_client.cli_collections import create, delete, embed, list_command, show, update
from flipsnack_client.cli_packages import download, status
from flipsnack_client.cli_statistics import stats, user_stats
from flipsnack_client.command import COMPLETION, CONTEXT, EPILOG
from flipsnack_client.exceptions import ConversionFailed, CredentialsError, FlipsnackError, JobFailed
from flipsnack_client.interrupt import INTERRUPTED
from flipsnack_client.stderr import say

FAILED = 3
"""The exit code for transport, deadline, damaged answers, and files that cannot be read or written."""

EXIT_CODES: tuple[tuple[type[FlipsnackError], int], ...] = (
    (ApiError, 1),
    (JobFailed, 1),
    (ConversionFailed, 1),
    (CredentialsError, 2),
    (FlipsnackError, FAILED),
)
"""The exit code of an error is that of the first class that fits."""

HINTS = {
    33: "`flipsnack user-stats` shows how many uploads are left",
    38: "it is still being converted; `flipsnack show` shows how far it is",
    41: "check FLIPSNACK_API_KEY",
    42: "names of methods are case-sensitive, as in collection.downloadHTML",
    43: "the collection is deleted, or belongs to another account",
    44: "check FLIPSNACK_SECRET; `flipsnack sign` shows what is signed",
}


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code. Errors are printed to stderr."""
    try:
        result = flipsnack.main(list(arguments), prog_name="flipsnack", obj=environ, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    except FlipsnackError as error:
        say(f"error: {_message(error)}")
        return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
    except OSError as error:
        return _unwritten(error)


def _unwritten(error: OSError) -> int:
    # The client raises FlipsnackErrors; an OSError of a command comes from writing to stdout.
    say(f"error: cannot write the output: {error.strerror or type(error).__name__}")
    # Python flushes stdout at exit, which would fail again and replace the exit code.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _show(error: click.ClickException) -> None:
    """Print one line, or click's help if no command is named."""
    message = error.format_message()
    if "\n" in message:
        error.show()
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "flipsnack"
    say(f"error: {message.rstrip('.')} (see {path} --help)")


def _message(error: FlipsnackError) -> str:
    if not isinstance(error, ApiError):
        return str(error)
    hint = HINTS.get(error.code)
    return f"the API refused the call: {error}" + (f" ({hint})" if hint else "")


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            # click would end with 1, which means that the API refused the call.
            return _unwritten(gone)


@click.group(cls=_Commands, epilog=EPILOG + COMPLETION, context_settings=CONTEXT)
@click.version_option(__version__)
def flipsnack() -> None:
    """Use the Flipsnack API v1.

    \b
    Example, from a document to its package:
      flipsnack create document.pdf --wait -o package.zip
    """


for command in (
    create, list_command, show, update, delete, embed, stats, user_stats, download, status, call, sign_command
):  # fmt: skip
    flipsnack.add_command(command)
