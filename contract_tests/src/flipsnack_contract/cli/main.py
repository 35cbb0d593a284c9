"""The command `flipsnack-contract`: judge a server or a client, try an adapter, list the rules, explain one."""

from __future__ import annotations

import os
from importlib.metadata import version

import click

from flipsnack_contract.cli.adapter import adapter
from flipsnack_contract.cli.client import client, replay_command
from flipsnack_contract.cli.drift import drift
from flipsnack_contract.cli.history import history
from flipsnack_contract.cli.live import live
from flipsnack_contract.cli.report import report
from flipsnack_contract.cli.rules import explain_rule, list_rules
from flipsnack_contract.cli.server import server

__all__ = ["main"]

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("flipsnack-kit"), prog_name="flipsnack-contract")
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or a client for it, by the rules of the ledger.

    \b
    Exit codes: 0 as expected, 1 a MUST was broken, 2 wrong usage, 3 there is no
    adapter to speak with, 4 a list of known failures is stale, 5 nothing ran or
    a check could not be carried out, 130 interrupted.
    """


for command in (server, client, replay_command, live, drift, history, adapter, report, list_rules, explain_rule):
    cli.add_command(command)


def main() -> None:
    """Run the command; Ctrl-C ends it with one line and exit code 130."""
    try:
        cli.main(standalone_mode=False, obj=os.environ)
    except click.Abort:
        click.echo("interrupted", err=True)
        raise SystemExit(INTERRUPTED) from None
    except click.ClickException as wrong:
        wrong.show()
        raise SystemExit(wrong.exit_code) from None
