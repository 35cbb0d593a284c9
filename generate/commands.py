"""The page about the commands, from their own help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

import flipsnack_contract.cli.main
import flipsnack_mock.cli.main
from flipsnack_client.cli import flipsnack
from flipsnack_contract.adapter.modes import PLACEHOLDERS
from flipsnack_contract.cli.command import CODES
from flipsnack_mock.state.settings import setting_docs
from generate.markdown import plain, table

GROUPS: dict[str, click.Command] = {
    "flipsnack": flipsnack,
    "flipsnack-mock": flipsnack_mock.cli.main.command,
    "flipsnack-contract": flipsnack_contract.cli.main.cli,
}


def commands(group: str) -> str:
    """Each command of `group`: how it is called, what it does, its options."""
    return "\n\n".join(_command(path, command) for path, command in leaves(group, GROUPS[group]))


def exit_codes() -> str:
    """The exit codes of `flipsnack-contract`."""
    return table(("exit code", "meaning"), ((str(code), means) for code, means in CODES.items()))


def placeholders() -> str:
    """What the kit fills in among the arguments of a program that it runs once for each case."""
    return table(("placeholder", "becomes"), ((f"`{name}`", plain(does)) for name, does in PLACEHOLDERS.items()))


def leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """The commands below `command` that have none below themselves, each with its words."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name, one in sorted(below.items()):
        yield from leaves(f"{path} {name}", one)


def _command(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join((path, *command.collect_usage_pieces(context)))
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    settings = [one for one in options if path.startswith("flipsnack-mock ") and one.name in setting_docs()]
    parts = (
        f"### {path}",
        f"`{usage}`",
        *_paragraphs(command.help or ""),
        _options(context, [one for one in options if one not in settings]),
        "Each [setting](settings.md) is an option, too: `--url-lifetime 5` sets `url_lifetime`." if settings else "",
    )
    return "\n\n".join(part for part in parts if part)


def _paragraphs(text: str) -> Iterator[str]:
    """The help in Markdown: what click prints as it is becomes a block."""
    for part in inspect.cleandoc(text).split("\f")[0].split("\n\n"):
        yield f"```text\n{part.removeprefix(chr(8)).strip(chr(10))}\n```" if part.startswith("\b") else plain(part)


def _options(context: click.Context, options: list[click.Option]) -> str:
    records = [record for one in options if (record := one.get_help_record(context))]
    rows = ((f"`{names.replace('|', ' / ')}`", plain(" ".join(does.split()))) for names, does in records)
    return table(("option", "what it does"), rows) if records else ""
