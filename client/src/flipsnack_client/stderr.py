"""What a command tells a person."""

from contextlib import suppress

import click

from flipsnack_client.readable import printable


def say(text: str) -> None:
    """Print one line to stderr. A stderr that cannot be written does not end the command."""
    with suppress(OSError):
        click.echo(printable(text), err=True)
