"""The plugin's options as options of a command."""

from collections.abc import Mapping
from typing import Any

import click

from flipsnack_contract.plugin.options import OPTIONS, Option, Options


def click_options(command: str) -> list[click.Parameter]:
    """Those of the options that are for a command."""
    return [_click_option(one) for one in OPTIONS if command in one.of.split()]


def _click_option(one: Option) -> click.Option:
    names = (f"--{one.name}",)
    if one.type is bool:
        return click.Option(names, is_flag=True, help=one.help)
    kind = click.Choice(one.choices) if one.choices else one.type
    told = one.default is not None
    return click.Option(names, type=kind, multiple=one.many, default=one.default, show_default=told, help=one.help)


def options_of(given: Mapping[str, Any], **more: Any) -> Options:
    """The options of the plugin from those that click read. Raises `NotJudgeable`."""
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return Options({**named, **more}, click.get_current_context().obj or {})
