"""What the commands share: options, the client they make, and what they print."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flipsnack_client.command_group import EPILOG
from flipsnack_client.defaults import DEADLINE, FORMATS
from flipsnack_client.numerals import is_plain
from flipsnack_client.stderr import say

if TYPE_CHECKING:
    from flipsnack_client.client import Flipsnack
    from flipsnack_client.credentials import Credentials
    from flipsnack_client.deadline import Deadline
    from flipsnack_client.display import Display

T = TypeVar("T")

_NARROW = 60

_GROUPS = {
    "Output": {"as_json", "quiet", "verbose"},
    "Connection": {"file", "base_url", "answer_format", "deadline"},
}
"""The headings of the help, each with the options below it; all others are below "Options"."""


class Command(click.Command):
    """A command whose help has the options in groups, and the exit codes at its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"epilog": EPILOG, **kwargs})

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section a group."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            heading = next((title for title, names in _GROUPS.items() if param.name in names), "Options")
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
                sections.setdefault(heading, []).append(record)
        for heading in ("Options", *_GROUPS):
            if rows := sections.get(heading):
                with formatter.section(heading):
                    formatter.write_dl(rows, col_max=4 if formatter.width < _NARROW else 30)


class NumberType(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A number with digits of ASCII, above 0; `whole` for a whole one."""

    def __init__(self, *, whole: bool) -> None:
        self.name = "integer" if whole else "float"
        self._whole = whole

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        return "a whole number of 1 or more" if self._whole else "a number above 0"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a text; a default is a number already."""
        try:
            read = int(value) if self._whole else float(value)
        except ValueError:
            read = 0
        if not (read > 0 and is_plain(str(value))):
            self.fail(f"{value!r}: expected {self.expected}", param, ctx)
        return read


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
credentials_option = click.option(
    "--credentials",
    "file",
    type=click.Path(path_type=Path, readable=False, dir_okay=False),
    help="TOML file with api_key and secret.",
)
base_url_option = click.option(
    "--base-url", metavar="URL", help="Also FLIPSNACK_BASE_URL.  [default: the vendor's two hosts]"
)
hash_argument = click.argument("collection_hash", metavar="HASH")
more_option = click.option(
    "--set", "more", metavar="NAME=VALUE", multiple=True, help="A further parameter, by the vendor's name."
)


def api_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that calls the API."""
    for option in (
        json_option,
        click.option("-v", "--verbose", is_flag=True, help="Show every call."),
        click.option("-q", "--quiet", is_flag=True, help="Show errors only."),
        credentials_option,
        base_url_option,
        click.option("--format", "answer_format", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True),
        click.option(
            "--deadline",
            type=NumberType(whole=False),
            metavar="SECONDS",
            default=DEADLINE,
            show_default=True,
            help="The longest time for the whole command.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: its client, its deadline, and its options for output."""

    client: "Flipsnack"
    deadline: "Deadline"
    as_json: bool
    quiet: bool
    verbose: bool

    @contextmanager
    def showing(self, *, plain: bool = False) -> "Iterator[Display]":
        """Show progress and log records on stderr until the block ends."""
        import logging

        from flipsnack_client.display import LogToDisplay, new_display
        from flipsnack_client.log import log

        display = new_display(self.client.clock, quiet=self.quiet, plain=plain)
        handler = LogToDisplay(display)
        log.setLevel(logging.DEBUG if self.verbose else logging.INFO)
        log.addHandler(handler)
        try:
            yield display
        finally:
            log.removeHandler(handler)
            display.close()

    def print(self, value: Any, names: tuple[str, ...]) -> None:
        """Print `value` as JSON, or the fields of these names that it has, a line each."""
        if self.as_json:
            print_json(value)
        else:
            print_table([(name, getattr(value, name)) for name in names if getattr(value, name) is not None])


@contextmanager
def running(
    environ: Mapping[str, str],
    *,
    file: Path | None,
    base_url: str | None,
    answer_format: str,
    deadline: float,
    **output: Any,
) -> Iterator[Run]:
    """Open the client that the options describe."""
    from flipsnack_client.client import Flipsnack
    from flipsnack_client.deadline import Deadline

    found = credentials(environ, file)
    url = base_url_of(environ, base_url)
    with usage(lambda: Flipsnack(found.api_key, found.secret, base_url=url, format=answer_format)) as client:
        yield Run(client, usage(lambda: Deadline.after(deadline, clock=client.clock)), **output)


def base_url_of(environ: Mapping[str, str], given: str | None) -> str | None:
    """Return the base URL for all calls, None for the vendor's own hosts."""
    from flipsnack_client.credentials import BLANKS

    return given or environ.get("FLIPSNACK_BASE_URL", "").strip(BLANKS) or None


def credentials(environ: Mapping[str, str], file: Path | None) -> "Credentials":
    """Return the key and the secret, and print what is wrong with their file."""
    from flipsnack_client.credentials import load_credentials

    found = load_credentials(environ, file=file)
    for warning in found.warnings:
        say(f"warning: {warning}")
    return found


def usage(make: Callable[[], T]) -> T:
    """Return what `make` returns; a ValueError becomes wrong usage of the command."""
    try:
        return make()
    except ValueError as error:
        reason = str(error)
    raise click.UsageError(reason)


def parameters(arguments: tuple[str, ...]) -> dict[str, str]:
    """Return NAME=VALUE arguments by name. Raises UsageError, which does not quote them."""
    params: dict[str, str] = {}
    for place, argument in enumerate(arguments, start=1):
        name, equals, value = argument.partition("=")
        if not equals or not name:
            # Not quoted: it may be a secret in the wrong place.
            raise click.UsageError(f"parameter {place} is not NAME=VALUE")
        if name in params:
            raise click.UsageError(f"the name of parameter {place} is given twice, expected each name once")
        params[name] = value
    return params


def print_json(value: object) -> None:
    """Print a value of the client, or a plain one, as one JSON document."""
    import json
    from dataclasses import is_dataclass

    from flipsnack_client.readable import escaped

    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    text = json.dumps(plain, ensure_ascii=False, indent=2)
    click.echo(escaped(text, lambda one: json.dumps(one)[1:-1]))


def print_table(rows: list[tuple[object, ...]]) -> None:
    """Print rows of cells, each column but the last as wide as its widest cell."""
    from flipsnack_client.readable import printable

    texts = [["" if cell is None else printable(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
