"""What the judging commands share: their options, and the call of pytest with the plugin."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click
import pytest

from flipsnack_contract.plugin.options import OPTIONS, Option
from flipsnack_contract.plugin.run import PACKAGE
from flipsnack_contract.target.result import SHOWN, Exit

__all__ = ["EPILOG", "INTERRUPTED", "Judging", "cache_folder", "plugin_words", "pytest_words", "run_pytest"]

INTERRUPTED = 130
FILE = click.Path(dir_okay=False)
PYTEST_OPTIONS: tuple[click.Option, ...] = (
    click.Option(("-k", "expression"), metavar="EXPRESSION", help="Only items whose name fits, as in pytest."),
    click.Option(("-x", "exitfirst"), is_flag=True, help="Stop after the first failure."),
    click.Option(("-n", "numprocesses"), metavar="N", help="Run with N workers (needs pytest-xdist)."),
    click.Option(("-q", "quiet"), count=True, help="Say less."),
    click.Option(("-v", "verbose"), count=True, help="Say more."),
    click.Option(("--lf",), is_flag=True, help="Only what failed last time."),
    click.Option(("--co",), is_flag=True, help="Only list the items."),
    click.Option(("--durations",), metavar="N", help="Show the N slowest items."),
    click.Option(("--junitxml",), type=FILE, help="Write JUnit XML there, a test case for each rule."),
    click.Option(("--html",), type=FILE, help="Write a page for people there (pytest-html)."),
    click.Option(("--report-log",), type=FILE, help="Write lines of JSON there (pytest-reportlog)."),
)
"""The options of pytest that every judging command has."""
EPILOG = "\b\nExit codes:\n" + "\n".join(
    f"  {code:<4} {means}"
    for code, means in (
        (0, "as expected"),
        *((int(one.code), one.means) for one in SHOWN.values() if one.code),
        (int(Exit.USAGE), "wrong usage, as in pytest"),
        (INTERRUPTED, "interrupted"),
    )
)


class Judging(click.Command):
    """A command that takes the options of the plugin for one side, pytest's, and whatever follows `--`."""

    def __init__(self, side: str, callback: Callable[..., Any], *, after: str, argument: click.Argument | None) -> None:
        """`after` names what follows `--`."""
        own = [_option(one) for one in OPTIONS if side in one.of.split()]
        super().__init__(
            side,
            callback=callback,
            params=[*((argument,) if argument else ()), *own, *PYTEST_OPTIONS],
            help=callback.__doc__,
            short_help=f"Judge a {side}.",
            epilog=EPILOG,
            options_metavar=f"[OPTIONS] [-- {after}]",
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what follows `--` apart."""
        own, rest = args, []
        if "--" in args:
            at = args.index("--")
            own, rest = args[:at], args[at + 1 :]
        ctx.meta["rest"] = tuple(rest)
        return super().parse_args(ctx, own)


def _option(one: Option) -> click.Option:
    names = (f"--{one.name}", one.dest)
    if one.type is bool:
        return click.Option(names, is_flag=True, help=one.help)
    kind = click.Choice(one.choices) if one.choices else one.type
    return click.Option(names, type=kind, default=one.default, multiple=one.many, help=one.help)


def plugin_words(options: Mapping[str, Any]) -> list[str]:
    """The options of the plugin among those of a command, as pytest takes them."""
    words: list[str] = []
    for one in OPTIONS:
        value = options.get(one.dest)
        if value is True:
            words.append(f"--flipsnack-{one.name}")
        elif value not in (None, False, (), one.default):
            words += [f"--flipsnack-{one.name}={each}" for each in (value if one.many else (value,))]
    return words


def pytest_words(options: Mapping[str, Any]) -> list[str]:
    """The options of pytest among those of a command."""
    words: list[str] = []
    for one in PYTEST_OPTIONS:
        value, flag = options[str(one.name)], one.opts[0]
        if one.is_flag or one.count:
            words += [flag] * int(value)
        elif value is not None:
            words += [flag, str(value)] if len(flag) == 2 else [f"{flag}={value}"]
    # A page without files beside it can be kept as an artifact of a CI job.
    return [*words, "--self-contained-html"] if options["html"] else words


def run_pytest(words: Iterable[str], environment: Mapping[str, str]) -> NoReturn:
    """Run pytest with the plugin and nothing of the project in which the command is called; end with its code."""
    cache = cache_folder(environment)
    code = pytest.main(
        [
            *("-p", "flipsnack_contract.plugin", "--pyargs", PACKAGE.name),
            *("-c", os.devnull, f"--rootdir={PACKAGE.parent}", "--noconftest"),
            *(("-o", f"cache_dir={cache / 'pytest'}") if cache else ("-p", "no:cacheprovider")),
            *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the commands import Hypothesis before pytest does
            *words,
        ]
    )
    if code == Exit.INTERRUPTED:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(int(code))


def cache_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The folder of the kit in the user's cache; None where it cannot be written."""
    home = Path(environment.get("HOME") or Path.home())
    usual = {"darwin": home / "Library" / "Caches", "win32": Path(environment.get("LOCALAPPDATA") or home)}
    folder = Path(environment.get("XDG_CACHE_HOME") or usual.get(platform, home / ".cache")) / "flipsnack-kit"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
