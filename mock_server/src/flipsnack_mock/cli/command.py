"""How commands show their help and their errors."""

import shutil
import sys
from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn, TextIO

import click

from flipsnack_mock.inspect.printable import printable_json

CONTEXT: dict[str, Any] = {
    "help_option_names": ["-h", "--help"],
    # click would not go below 50 columns, and a terminal breaks words.
    "terminal_width": min(shutil.get_terminal_size().columns, 80) - 2,
}
_NARROW = 60

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def has_colours(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Whether lines on `stream` may have colours: a terminal has them, unless NO_COLOR is set (no-color.org)."""
    is_terminal = stream is not None and stream.isatty() and environ.get("TERM") != "dumb"
    return is_terminal and not environ.get("NO_COLOR")


def fail(message: str, status: int) -> NoReturn:
    """Print `message` on stderr and exit with `status`."""
    click.echo(f"error: {message}", err=True)
    sys.exit(status)


def print_json(value: Any) -> None:
    """Print a value as JSON, indented."""
    # Imported on use: `--help` needs no JSON.
    import msgspec

    lines = msgspec.json.format(msgspec.json.encode(value)).decode().split("\n")
    click.echo("\n".join(map(printable_json, lines)))


def show_error(wrong: click.ClickException, program: str) -> None:
    """Print what is wrong with the words of `program`, in one line; its help, where it was called without any."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        wrong.show()
        return
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context else program
    # Imported on use: most commands are right.
    from flipsnack_mock.cli.wrong_usage import wrong_usage

    click.echo(f"error: {wrong_usage(wrong)} (see {path} --help)", err=True)


class _Imported(UserDict[str, Any]):
    """Commands that are imported when they are taken out."""

    def __getitem__(self, name: str) -> Any:
        module, attribute, _ = self.data[name]
        return getattr(import_module(f"flipsnack_mock.cli.{module}"), attribute)


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


class GroupedCommand(click.Command):
    """A command with many options, which its help shows in `groups`: option names by heading."""

    def __init__(self, *args: Any, groups: Mapping[str, tuple[str, ...]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group; options of no group come first, below "Options"."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], **{heading: [] for heading in self._groups}}
        for param in self.get_params(ctx):
            heading = next((title for title, names in self._groups.items() if param.name in names), "Options")
            if record := param.get_help_record(ctx):
                sections[heading].append(record)
        for heading, rows in sections.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows, col_max=4 if formatter.width < _NARROW else 30)
