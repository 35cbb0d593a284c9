"""The command `flipsnack-contract report`: reports from results that were kept, shards put together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from flipsnack_contract import report as terminal
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import known_options, output_options, outputs_of
from flipsnack_contract.reports import ReportError, merged, read_results
from flipsnack_contract.target.result import Result

__all__ = ["report"]


@click.command("report", short_help="Make reports from what --jsonl kept.")
@click.argument(
    "files", nargs=-1, required=True, metavar="RESULTS.jsonl...", type=click.Path(exists=True, dir_okay=False)
)
@output_options
@known_options
def report(*, files: tuple[str, ...], **options: Any) -> None:
    """Make reports from what --jsonl kept; the results of several shards become those of one run.

    Of a check that several shards have the worst outcome counts. The exit code is that of a run with these results.
    """
    console = window()
    outputs = outputs_of(options, partial=False)
    results = list(outputs.kept(merged(_read(files))))
    terminal.print_skipped(results, console)
    terminal.print_summary(results, console)
    raise SystemExit(outputs.finish(results, console))


def _read(files: tuple[str, ...]) -> Iterator[Result]:
    for file in files:
        try:
            yield from read_results(Path(file).read_text(encoding="utf-8"), file)
        except (ReportError, OSError, UnicodeDecodeError) as wrong:
            raise click.UsageError(str(wrong)) from None
