"""The command `flipsnack-contract history`: a recording, judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flipsnack_contract import report
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import known_options, output_options, outputs_of
from flipsnack_contract.recordings.event import Event
from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import BadHistory, read_history
from flipsnack_contract.selection import NothingFits, select
from flipsnack_contract.target.result import Exit

__all__ = ["history"]


@click.command("history", short_help="Judge a recording: an HTTP archive, or the fake's journal.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-k", "patterns", multiple=True, metavar="TEXT", help="Only looks with TEXT in their name; * fits anything."
)
@output_options
@known_options
def history(*, file: Path, **options: Any) -> None:
    """Judge what was recorded in FILE: an HTTP archive (HAR) of a browser, of mitmproxy or of our fake, or the fake's
    journal as lines of JSON (GET /__admin/requests.har and /__admin/requests.ndjson).

    Only what concerns time and order is looked at: paces, pauses, states, links. What was not recorded is skipped.
    """
    console = window()
    outputs = outputs_of(options, partial=bool(options["patterns"]))
    events = _read(file)
    try:
        looks = select(recording_checks(), options["patterns"])
    except NothingFits as slip:
        click.echo(str(slip), err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None
    console.print(f"judging {len(events)} requests of {file.name}", highlight=False)
    results = list(report.follow(outputs.kept(judge_history(looks, events)), looks, console))
    report.print_skipped(results, console)
    report.print_summary(results, console)
    raise SystemExit(outputs.finish(results, console))


def _read(file: Path) -> tuple[Event, ...]:
    try:
        return read_history(file.read_text(encoding="utf-8-sig"), file.name)
    except (BadHistory, OSError, UnicodeDecodeError) as wrong:
        raise click.UsageError(str(wrong)) from None
