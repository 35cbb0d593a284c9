"""The group of all commands: it imports one when it is called, so that `--help` stays quick."""

import shutil
from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

EPILOG = """
Exit codes: 0 success; 1 the API refused the call, or a conversion or package FAILED; 2 wrong usage or no credentials;
3 transport, deadline, damaged answer, an upload that may have arrived, or a file that cannot be read or written;
130 interrupted, 143 ended by SIGTERM.

Credentials come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET (or the same names with _FILE, naming a file that holds the
value), or from a TOML file with api_key and secret, by default ~/.config/flipsnack/credentials.toml
"""
COMPLETION = """
Completion with the Tab key, in bash (in others: zsh_source, fish_source):

\b
  eval "$(_FLIPSNACK_COMPLETE=bash_source flipsnack)"
"""

CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    # click would not go below 50 columns, and a terminal breaks words.
    "terminal_width": min(shutil.get_terminal_size().columns, 80) - 2,
}


class _Imported(UserDict[str, Any]):
    """Commands that are imported when they are taken out."""

    def __getitem__(self, name: str) -> Any:
        module, attribute, _ = self.data[name]
        return getattr(import_module(f"flipsnack_client.{module}"), attribute)


class LazyGroup(click.Group):
    """A group that imports a command when it is called.

    `of` has for each command the module of this package that defines it, its name there, and its line of the help.
    """

    def __init__(self, *args: Any, of: Mapping[str, tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands = _Imported(of)
        self._of = of

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. An error of click that knows no command gets this one, for its help."""
        try:
            return super().invoke(ctx)
        except click.UsageError as wrong:
            if wrong.ctx is None and (name := ctx.invoked_subcommand or "") in self.commands:
                wrong.ctx = click.Context(self.commands[name], parent=ctx, info_name=name)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of each command; none is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._of[name][2]) for name in self.list_commands(ctx)])
