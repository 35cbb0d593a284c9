"""The command `flipsnack-contract`: judge a server, a client or a recording, try an adapter, list and explain rules.

What takes long to import (pytest, Hypothesis, the checks) is imported by the commands as they run.
"""

import os
from typing import Any

import click

from flipsnack_contract.cli.command import COMPLETION, CONTEXT, EXIT_CODES, PROGRAM, show_error, write_sections
from flipsnack_contract.cli.drift import drift
from flipsnack_contract.cli.judge import adapter, client, recording, server
from flipsnack_contract.cli.rules import explain_rule, list_rules
from flipsnack_contract.contract.termination import end_like_interrupted, received
from flipsnack_contract.plugin.judged import NotJudgeable, explained
from flipsnack_contract.target.result import Exit


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as gone:
            # click would end with 1, which means that a rule is broken.
            reason = gone.strerror
        raise NotJudgeable(f"cannot write the output: {reason}", Exit.INTERNAL)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the exit codes, and how to complete words."""
        write_sections(formatter, EXIT_CODES)
        super().format_epilog(ctx, formatter)


@click.group(cls=_Commands, context_settings=CONTEXT, epilog=COMPLETION)
@click.version_option(package_name="flipsnack-kit", prog_name=PROGRAM)
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or a client for it, by the rules of the ledger."""


for command in (server, client, recording, drift, adapter, list_rules, explain_rule):
    cli.add_command(command)


def main() -> None:
    """Run the command. Raises `KeyboardInterrupt` after Ctrl-C, which the entry of the package answers."""
    try:
        end_like_interrupted()
        with explained():
            cli.main(prog_name=PROGRAM, standalone_mode=False, obj=os.environ)
    except click.Abort:
        raise received() or KeyboardInterrupt from None
    except click.ClickException as wrong:
        show_error(wrong)
        raise SystemExit(Exit.USAGE) from None
    except NotJudgeable as trouble:
        click.echo(f"error: {trouble}", err=True)
        raise SystemExit(trouble.code) from None
