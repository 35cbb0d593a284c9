"""`flipsnack-mock settings`: prints every setting."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from flipsnack_mock.cli.command import GroupedCommand, json_option, print_json
from flipsnack_mock.cli.options import GROUPS, loaded, shown, with_settings
from flipsnack_mock.state.settings import CONFIDENTIAL, Setting


@click.command("settings", cls=GroupedCommand, groups=GROUPS)
@json_option
@with_settings
@click.pass_obj
def show_settings(environ: Mapping[str, str], /, *, as_json: bool, config: Path | None, **flags: Any) -> None:
    """Print every setting with its value, source and description."""
    _, sources = loaded(config, flags, environ)
    if as_json:
        rows = [{"setting": name, **_as_json(name, one)} for name, one in sources.items()]
        print_json(rows)
        return
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column("setting", no_wrap=True), "value", "source", "what it does", box=None, pad_edge=False)
    for name, setting in sources.items():
        table.add_row(name, shown(name, setting.value), setting.source, setting.does)
    # In a pipe each setting is one line, whatever its length.
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    Console(width=None if is_terminal else 10_000).print(table)


def _as_json(name: str, setting: Setting) -> dict[str, Any]:
    value = shown(name, setting.value) if name in CONFIDENTIAL else setting.value
    return {"value": value, "source": setting.source, "does": setting.does}
