"""The command `flipsnack-contract adapter check`."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from flipsnack_contract.cli.judge import EPILOG, HOW_IT_RUNS, click_options, options_of
from flipsnack_contract.target.result import Exit

if TYPE_CHECKING:
    from flipsnack_contract.adapter.adapter_check import Finding


@click.group(short_help="Check an adapter, which lets the kit drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the kit drives a client."""


@adapter.command("check", epilog=f"{HOW_IT_RUNS}\n{EPILOG}", params=click_options("check"))
@click.argument("command", nargs=-1, metavar="-- COMMAND...")
def check_command(*, command: tuple[str, ...], **given: Any) -> None:
    """Check that an adapter keeps the protocol, and that the simplest cases work."""
    from flipsnack_contract.adapter.adapter_check import check_adapter
    from flipsnack_contract.adapter.launch import greeting_of
    from flipsnack_contract.plugin.client import launch_mode, open_fake

    wrong = 0
    options = options_of(given, client=shlex.join(command))
    mode, greeting = launch_mode(options), greeting_of(version("flipsnack-kit"))
    with ExitStack() as stack:
        for finding in check_adapter(mode, greeting, open_fake(options, stack)):
            wrong += bool(finding.wrong)
            _show(finding)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)


def _show(finding: Finding) -> None:
    click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
    if finding.wrong:
        click.echo(f"{'':<27}{finding.wrong}")
        click.echo("".join(f"{'':<27}| {line}\n" for line in finding.printed.splitlines()[-5:]), nl=False)
