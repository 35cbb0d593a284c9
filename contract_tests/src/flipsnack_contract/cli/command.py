"""How commands show their help and their errors."""

import shutil
from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from flipsnack_contract.adapter.modes import MODES, PLACEHOLDERS
from flipsnack_contract.target.outcome import SHOWN

PROGRAM = "flipsnack-contract"
CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    # click would not go below 50 columns, and a terminal breaks words.
    "terminal_width": min(shutil.get_terminal_size().columns, 80) - 2,
}
_NARROW = 60

Sections = Mapping[str, Mapping[str, str]]
"""Words with what they mean, below headings."""

_PYTESTS = {0: "as expected", 4: "wrong usage", 5: "nothing was selected"}
_SIGNALS = {130: "interrupted", 143: "ended by SIGTERM"}
CODES = dict(sorted(({int(one.code): one.means for one in SHOWN.values()} | _PYTESTS | _SIGNALS).items()))
EXIT_CODES: Sections = {"Exit codes": {str(code): means for code, means in CODES.items()}}
HOW_IT_RUNS: Sections = {"Modes": MODES, "Placeholders of --mode exec": PLACEHOLDERS}
COMPLETION = """
Completion with the Tab key, in bash (in others: zsh_source, fish_source):

\b
  eval "$(_FLIPSNACK_CONTRACT_COMPLETE=bash_source flipsnack-contract)"
"""


class Command(click.Command):
    """A command whose help ends with sections of words."""

    def __init__(self, *args: Any, sections: Sections = EXIT_CODES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, below their names where the terminal is narrow."""
        rows = [row for param in self.get_params(ctx) if (row := param.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(rows, col_max=4 if formatter.width < _NARROW else 30)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text below the options, then the sections."""
        super().format_epilog(ctx, formatter)
        write_sections(formatter, self._sections)


class _Imported(UserDict[str, Any]):
    """Commands that are imported when they are taken out."""

    def __getitem__(self, name: str) -> Any:
        module, attribute, _ = self.data[name]
        return getattr(import_module(f"flipsnack_contract.cli.{module}"), attribute)


class LazyGroup(click.Group):
    """A group that imports a command when it is called.

    `of` has for each command the module of this folder that defines it, its name there, and its line of the help.
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


def write_sections(formatter: click.HelpFormatter, sections: Sections) -> None:
    """Write each heading with its words."""
    for heading, words in sections.items():
        with formatter.section(heading):
            formatter.write_dl(list(words.items()))


def show_error(wrong: click.ClickException) -> None:
    """Print what is wrong in one line; the help of a group that was called without a command."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        wrong.show()
        return
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context else PROGRAM
    # Imported on use: most commands are right.
    from flipsnack_contract.cli.wrong_usage import wrong_usage

    click.echo(f"error: {wrong_usage(wrong)} (see {path} --help)", err=True)
