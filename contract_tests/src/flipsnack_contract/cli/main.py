"""The command `flipsnack-contract`: judge a server, a client or a recording, try an adapter, list and explain rules.

What takes long to import (pytest, Hypothesis, the checks) is imported by the commands as they run.
"""

import os
from typing import Any, NoReturn

import click

from flipsnack_contract.cli.command import (
    COMPLETION,
    CONTEXT,
    EXIT_CODES,
    PROGRAM,
    LazyGroup,
    show_error,
    write_sections,
)
from flipsnack_contract.contract.termination import end_like_interrupted, received
from flipsnack_contract.target.outcome import Exit

COMMANDS = {
    "adapter": ("judge", "adapter", "Check an adapter, which lets the judge drive a client."),
    "client": ("judge", "client", "Judge a client."),
    "drift": ("drift", "drift", "Compare two servers, check by check."),
    "explain": ("rules", "explain_rule", "Explain a rule."),
    "list": ("rules", "list_rules", "List the rules of the ledger, or the checks."),
    "recording": ("judge", "recording", "Judge a recording."),
    "server": ("judge", "server", "Judge a server."),
}


class _Commands(LazyGroup):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            # click would end with 1, which means that a rule is broken.
            reason = gone.strerror
        from flipsnack_contract.plugin.judged import NotJudgeable

        raise NotJudgeable(f"cannot write the output: {reason}", Exit.INTERNAL)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes, and how to complete words."""
        write_sections(formatter, EXIT_CODES)
        super().format_epilog(ctx, formatter)


@click.group(cls=_Commands, of=COMMANDS, context_settings=CONTEXT, epilog=COMPLETION)
@click.version_option(package_name="flipsnack-kit", prog_name=PROGRAM)
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or a client for it, by the rules of the ledger."""


def main() -> None:
    """Run the command. Raises `KeyboardInterrupt` after Ctrl-C, which the entry of the package answers."""
    # Hypothesis would look for plugins in all that is installed, and the kit draws nothing of theirs.
    os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")
    try:
        end_like_interrupted()
        cli.main(prog_name=PROGRAM, standalone_mode=False, obj=os.environ)
    except click.Abort:
        raise received() or KeyboardInterrupt from None
    except click.ClickException as wrong:
        show_error(wrong)
        raise SystemExit(Exit.USAGE) from None
    except Exception as trouble:
        _explain(trouble)


def _explain(trouble: Exception) -> NoReturn:
    # Imported when something is wrong: `--help` needs none of it.
    from flipsnack_contract.plugin.judged import NotJudgeable, explained

    try:
        with explained():
            raise trouble
    except NotJudgeable as known:
        click.echo(f"error: {known}", err=True)
        raise SystemExit(known.code) from None
