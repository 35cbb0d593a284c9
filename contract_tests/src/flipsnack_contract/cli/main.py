"""The command `flipsnack-contract`: judge a server, a client or a recording, try an adapter, list and explain rules.

What takes long to import (pytest, Hypothesis, the checks) is imported by the commands as they run.
"""

import os
from typing import Any

import click

from flipsnack_contract.cli.drift import drift
from flipsnack_contract.cli.judge import EPILOG, adapter, client, recording, server
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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(package_name="flipsnack-kit", prog_name="flipsnack-contract")
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or a client for it, by the rules of the ledger."""


for command in (server, client, recording, drift, adapter, list_rules, explain_rule):
    cli.add_command(command)


def main() -> None:
    """Run the command. Raises `KeyboardInterrupt` after Ctrl-C, which the entry of the package answers."""
    try:
        end_like_interrupted()
        with explained():
            cli.main(standalone_mode=False, obj=os.environ)
    except click.Abort:
        raise received() or KeyboardInterrupt from None
    except click.ClickException as wrong:
        wrong.show()
        raise SystemExit(Exit.USAGE) from None
    except NotJudgeable as trouble:
        click.echo(f"flipsnack-contract: {trouble}", err=True)
        raise SystemExit(trouble.code) from None
