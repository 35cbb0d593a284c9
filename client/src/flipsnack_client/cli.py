"""The command `flipsnack`: its subcommands, and what an error becomes.

What takes long to import (the client, with requests) is imported by the commands as they run.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from flipsnack_client import __version__
from flipsnack_client.api_error import ApiError
from flipsnack_client.command_group import COMPLETION, CONTEXT, EPILOG, LazyGroup
from flipsnack_client.exceptions import ConversionFailed, CredentialsError, FlipsnackError, JobFailed, NotUtf8
from flipsnack_client.interrupt import exit_code, word
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
    30: "the method requires a parameter that was not given",
    33: "`flipsnack user-stats` shows how many uploads are left",
    34: "the vendor takes documents up to 500 MB",
    38: "it is still being converted; `flipsnack show` shows how far it is",
    40: "a value is not one that the method takes; its page in the documentation lists them",
    41: "check FLIPSNACK_API_KEY",
    42: "names of methods are case-sensitive, as in collection.downloadHTML",
    43: "the collection is deleted, or belongs to another account",
    44: "check FLIPSNACK_SECRET; `flipsnack sign` shows what is signed",
    45: "a document is a PDF, JPG or PNG",
}

COMMANDS = {
    "call": ("cli_calls", "call", "Call any method and print its data as JSON."),
    "create": ("cli_collections", "create", "Upload a document and print its collection's hash."),
    "delete": ("cli_collections", "delete", "Delete collection HASH, which cannot be undone."),
    "download": ("cli_packages", "download", "Download the package of collection HASH."),
    "embed": ("cli_collections", "embed", "Print the HTML that embeds the player of collection HASH."),
    "list": ("cli_collections", "list_command", "List the collections: hash, status and title."),
    "show": ("cli_collections", "show", "Show collection HASH and its conversion."),
    "sign": ("cli_calls", "sign_command", "Print the string that is signed, and the signature."),
    "stats": ("cli_statistics", "stats", "Print the statistics of collection HASH."),
    "status": ("cli_packages", "status", "Poll the package of collection HASH once, or until it is done."),
    "update": ("cli_collections", "update", "Change collection HASH, and show it as it is then."),
    "user-stats": ("cli_statistics", "user_stats", "Print the account's statistics and uploads left."),
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
        say(word())
        return exit_code()
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
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    # Imported on use: most commands are right.
    from flipsnack_client.wrong_usage import wrong_usage

    context = getattr(error, "ctx", None)
    path = context.command_path if context else "flipsnack"
    say(f"error: {wrong_usage(error)} (see {path} --help)")


def _message(error: FlipsnackError) -> str:
    if not isinstance(error, ApiError):
        return str(error)
    hint = HINTS.get(error.code)
    return f"the API refused the call: {error}" + (f" ({hint})" if hint else "")


class _Commands(LazyGroup):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            # click would end with 1, which means that the API refused the call.
            return _unwritten(gone)
        except NotUtf8 as wrong:
            # An argument may have bytes of any kind.
            reason = str(wrong)
        raise click.UsageError(reason)


@click.group(cls=_Commands, of=COMMANDS, epilog=EPILOG + COMPLETION, context_settings=CONTEXT)
@click.version_option(__version__)
def flipsnack() -> None:
    """Use the Flipsnack API v1.

    \b
    Example, from a document to its package:
      flipsnack create document.pdf --wait -o package.zip
    """
