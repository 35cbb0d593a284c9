"""How commands show their help and their errors."""

import shutil
from collections.abc import Mapping
from typing import Any

import click

from flipsnack_contract.adapter.modes import MODES, PLACEHOLDERS
from flipsnack_contract.target.result import SHOWN

PROGRAM = "flipsnack-contract"
CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    # click would not go below 50 columns, and a terminal breaks words.
    "terminal_width": min(shutil.get_terminal_size().columns, 80) - 2,
}
_NARROW = 60

Sections = Mapping[str, Mapping[str, str]]
"""Words with what they mean, below headings."""

CODES = {int(one.code): one.means for one in SHOWN.values()} | {
    0: "as expected",
    4: "wrong usage",
    130: "interrupted",
    143: "ended by SIGTERM",
}
EXIT_CODES: Sections = {"Exit codes": {str(code): means for code, means in sorted(CODES.items())}}
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
    click.echo(f"error: {wrong.format_message().rstrip('.')} (see {path} --help)", err=True)
