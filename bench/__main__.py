"""`make bench`: measures, prints a table, saves JSON."""

from __future__ import annotations

import compileall
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench import (
    accounts,
    examples,
    growth,
    kit,
    memory,
    restart,
    robustness,
    side_by_side,
    start,
    state,
    throughput,
    turns,
)
from bench.figure import Figure
from bench.size import SIZES, Size

MEASURES: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "throughput": throughput.measure,
    "start": start.measure,
    "memory": memory.measure,
    "robustness": robustness.measure,
    "accounts": accounts.measure,
    "restart": restart.measure,
    "state": state.measure,
    "examples": examples.measure,
}
PEERS = "peers"
MORE: dict[str, Callable[[Size], Iterator[Figure]]] = {
    PEERS: side_by_side.measure,
    "growth": growth.measure,
    "kit": kit.measure,
    "turns": turns.measure,
}
"""Measured only when they are asked for: they take longer."""
RESULTS = Path(__file__).with_name("results")
SOURCES = [Path(__file__).parents[1] / role / "src" for role in ("client", "mock_server", "contract_tests")]
MARKS = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}


def _tables(figures: list[Figure]) -> Iterator[Table]:
    alike = [figure for figure in figures if figure.of]
    if alike:
        yield _wide_table(alike)
    if len(alike) < len(figures):
        yield _table([figure for figure in figures if not figure.of])


def _wide_table(figures: list[Figure]) -> Table:
    """A row for each thing that was measured, a column for each figure of it."""
    names = list(dict.fromkeys(figure.name for figure in figures))
    table = _new_table("", *names)
    rows: dict[str, dict[str, str]] = {}
    for figure in figures:
        rows.setdefault(figure.of, {})[figure.name] = figure.shown
    for of, shown in rows.items():
        table.add_row(of, *(shown.get(name, "") for name in names))
    return table


def _new_table(*columns: str) -> Table:
    table = Table(*columns, box=None, pad_edge=False)
    for number, column in enumerate(table.columns):
        column.no_wrap = True
        column.justify = "right" if number else "left"
    return table


def _table(figures: list[Figure]) -> Table:
    table = _new_table("", "measured", "aim", "")
    for figure in figures:
        table.add_row(
            figure.name, figure.shown, figure.aim and f"{figure.aim} {figure.unit}".rstrip(), MARKS[figure.met]
        )
    return table


def _conditions(size: str) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "size": size,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "others": round(os.getloadavg()[0], 2),  # what the machine was doing already
        "load": "wrk" if shutil.which("wrk") else "python",
    }


def _compile() -> None:
    """Compile the packages, as pip does with what it installs: the peers are compiled, too."""
    for folder in SOURCES:
        compileall.compile_dir(folder, quiet=1)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="quick", show_default=True, help="How much is measured."
)
@click.option("--only", type=click.Choice([*MEASURES, *MORE]), multiple=True, help="Only this; may be repeated.")
@click.option("--peers", is_flag=True, help="Only ours beside its peers, which are installed into build/peers.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=RESULTS / "latest.json",
    help="Where the figures are saved as JSON.  [default: bench/results/latest.json]",
)
def main(size: str, only: tuple[str, ...], peers: bool, out: Path) -> None:
    """Measure the fake's speed and memory on this machine.

    The server runs on one core and the load on another; everything stays on 127.0.0.1. Only ratios within one run mean
    something: they are compared with the aims. `quick` takes five minutes, `full` half an hour, `tiny` is for a test.
    """
    console = Console(width=None if sys.stdout.isatty() else 120)
    conditions = _conditions(size)
    figures: list[Figure] = []
    only = (*only, PEERS) if peers else only
    _compile()
    try:
        for name in only or MEASURES:
            console.print(f"measuring {name} …")
            figures += (MEASURES | MORE)[name](SIZES[size])
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as problem:
        raise click.ClickException(str(problem)) from None
    for table in _tables(figures):
        console.print(table)
    if PEERS in only:
        conditions["versions"] = side_by_side.versions()
    out.parent.mkdir(parents=True, exist_ok=True)
    saved = {"conditions": conditions, "figures": [{**asdict(figure), "met": figure.met} for figure in figures]}
    out.write_text(json.dumps(saved, indent=2, ensure_ascii=False) + "\n")
    console.print(f"saved to {out}")


if __name__ == "__main__":
    main(prog_name="python -m bench")
