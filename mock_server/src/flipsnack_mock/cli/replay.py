"""`flipsnack-mock replay`: the journal of a red build, run again."""

from __future__ import annotations

import sys
from typing import TextIO

import click

from flipsnack_mock.cli.options import fail

__all__ = ["replay_command"]


@click.command("replay")
@click.argument("trace", type=click.File("r", encoding="utf-8"))
def replay_command(trace: TextIO) -> None:
    """Run a recorded journal again and compare the answers.

    TRACE is the answer of GET /__admin/requests.ndjson, or - for standard input. It is run on a fresh fake in this
    process, with the settings, the clock and the changes from outside that it had; nothing is sent anywhere.

    Exit status: 0 every answer is the same, 1 one differs (the first is shown), 2 TRACE cannot be read or run.
    """
    from flipsnack_mock.admin.replay import Incomplete, replay
    from flipsnack_mock.inspect.ndjson import BadTrace, read_trace

    try:
        outcome = replay(read_trace(trace.read()))
    except (BadTrace, Incomplete, UnicodeDecodeError) as problem:
        fail(f"{trace.name}: {problem}", 2)
    left_out = f" ({outcome.left_out} left out: longer than the journal keeps)" if outcome.left_out else ""
    if outcome.divergence is not None:
        click.echo(f"{outcome.divergence}\nthe first difference, at request {outcome.compared}{left_out}")
        sys.exit(1)
    count = f"{outcome.compared} request{'' if outcome.compared == 1 else 's'}"
    click.echo(f"{count}, every answer the same{left_out}")
