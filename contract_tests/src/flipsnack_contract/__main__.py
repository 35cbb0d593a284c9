"""The command `flipsnack-contract`: judge a server, a client or a recording, try an adapter, list and explain rules."""

from __future__ import annotations

import os
from importlib.metadata import version

import click

from flipsnack_contract.cli.adapter import adapter
from flipsnack_contract.cli.drift import drift
from flipsnack_contract.cli.judge import EPILOG, INTERRUPTED, client, recording, server
from flipsnack_contract.cli.rules import explain_rule, list_rules
from flipsnack_contract.target.result import Exit

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(version("flipsnack-kit"), prog_name="flipsnack-contract")
def cli() -> None:
    """Judge a fake of the Flipsnack API v1, or a client for it, by the rules of the ledger."""


for command in (server, client, recording, drift, adapter, list_rules, explain_rule):
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
        raise SystemExit(Exit.USAGE) from None


if __name__ == "__main__":
    main()
