"""The commands `server`, `client` and `recording`, which call pytest with the plugin, and `adapter check`."""

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from flipsnack_contract.adapter.descendants import adopting
from flipsnack_contract.cli.command import EXIT_CODES, HOW_IT_RUNS, PROGRAM, Command
from flipsnack_contract.cli.wrong_usage import wrong_word
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.termination import received
from flipsnack_contract.plugin.option_table import OPTIONS, PACKAGE, REPORTS, SUMMARY, Option
from flipsnack_contract.plugin.options import BLANKS, VARIABLES, Options
from flipsnack_contract.target.outcome import Exit

PROGRAMS = """
With --mode exec the program finds FLIPSNACK_API_KEY and FLIPSNACK_SECRET in its environment. It succeeds with exit code
0 and the file, or, with {action}, with exit code 0 and the answer's data as JSON on stdout. Any other exit code is a
failure.
"""
PYTEST = """

Every option of pytest and of its plugins may follow: -k EXPRESSION, -x, -n WORKERS, --lf, --junitxml FILE, --html FILE,
--report-log FILE and others. Nothing of the project in which the command is called takes part.
"""
SERVER = """Judge the server at URL, or the WSGI app --app.

URL is the address of the API, as http://127.0.0.1:3547/v1/; else FLIPSNACK_BASE_URL names it. Where the target has a
control plane (/__admin beside /v1), it makes keys and collections and moves the clock. Elsewhere the key and its secret
come from FLIPSNACK_API_KEY and FLIPSNACK_SECRET, calls keep to a pace, and what cannot be steered is skipped by name.
With --read-only nothing but reads is sent."""
CLIENT = "Judge a client in any language, through its adapter: the COMMAND after --."
RECORDING = """Judge a recording: an HTTP archive (HAR), or the fake's journal as lines of JSON.

Archives come from a browser, mitmproxy or our fake (GET /__admin/requests.har), the journal from
GET /__admin/requests.ndjson. Only time and order are judged. What was not recorded is skipped by name."""


class NumberType(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """The number that an option of the plugin takes."""

    def __init__(self, option: Option) -> None:
        self.name = "integer" if option.type is int else "float"
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a text; a default is a number already."""
        read = None
        with suppress(ValueError):
            read = self._option.number(str(value))
        if read is None or not self._option.accepts(read):
            self.fail(f"{value!r}: expected {self._option.expected}", param, ctx)
        return read


def click_options(command: str) -> list[click.Parameter]:
    """Those of the plugin's options that are for a command."""
    return [_click_option(one) for one in OPTIONS if command in one.of.split()]


def _click_option(one: Option) -> click.Option:
    names = (f"--{one.name}",)
    if one.type is bool:
        return click.Option(names, is_flag=True, help=one.help)
    kind = click.Choice(one.choices) if one.choices else str if one.type is str else NumberType(one)
    told = one.default is not None
    return click.Option(names, type=kind, multiple=one.many, default=one.default, show_default=told, help=one.help)


def options_of(given: Mapping[str, Any], **more: Any) -> Options:
    """The options of the plugin from those that click read. Raises `NotJudgeable`."""
    named = {name.replace("_", "-"): value for name, value in given.items()}
    return Options({**named, **more}, click.get_current_context().obj or {})


class _Judging(Command):
    """A command whose words are pytest's: those of the plugin without their prefix, and pytest's own."""

    def __init__(self, side: str, target: str, text: str, example: str, **more: Any) -> None:
        told = f"{text}{PYTEST}\n\b\nExample:\n  {PROGRAM} {side} {example}\n"
        super().__init__(side, params=click_options(side), help=told, short_help=f"Judge a {side}.", **more)
        self.options_metavar = f"[OPTIONS] {target}"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Only --help is looked for: pytest reads the rest.
        if {"-h", "--help"} & set(args[: args.index("--")] if "--" in args else args):
            click.echo(self.get_help(ctx))
            ctx.exit()
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> NoReturn:
        words = _words(ctx)
        from flipsnack_contract.plugin.hooks import RUN_HOOKS

        # Else pytest imports it, and says more than a word after Ctrl-C.
        import_module(RUN_HOOKS)

        cache = cache_folder(ctx.obj or {})
        code = _run(
            ctx,
            [
                *("-p", "flipsnack_contract.plugin", "--pyargs", PACKAGE.name),
                *("-c", os.devnull, f"--rootdir={PACKAGE.parent}", "--noconftest", "--assert=plain"),
                *(("-o", f"cache_dir={cache / 'pytest'}") if cache else ("-p", "no:cacheprovider")),
                *words,
            ],
        )
        if code == Exit.INTERRUPTED:
            raise received() or KeyboardInterrupt
        raise SystemExit(int(code))


def _run(ctx: click.Context, words: Sequence[str]) -> int:
    import pytest

    try:
        Path.cwd()
    except OSError as gone:
        # pytest would say so of its output.
        raise click.UsageError(
            f"the current folder: {gone.strerror}; expected to be called in one that is there", ctx
        ) from None
    try:
        with adopting():
            return pytest.main([*words], plugins=[_Words(ctx)])
    except ImportError as missing:
        named = re.match('Error importing plugin "(.+?)"', str(missing))
        if named is None:
            raise
        raise click.UsageError(f"-p is {named[1]!r}: expected a plugin of pytest that can be imported", ctx) from None


MISSING = {
    "server": "URL: give the address of the API, as http://127.0.0.1:3547/v1/, or --app, or FLIPSNACK_BASE_URL",
    "recording": "FILE: give the HTTP archive (HAR), or the fake's journal",
}


class _Words:
    """A plugin for pytest that tells wrong words as the rest of the command does."""

    def __init__(self, ctx: click.Context) -> None:
        self._ctx = ctx

    def pytest_addoption(self, parser: Any) -> None:
        """Replace the parser's message, which would be the usage of pytest with all its options."""
        parser.optparser.error = self._refuse

    def pytest_cmdline_main(self, config: Any) -> None:
        """Refuse a report that cannot be written before anything is judged, not behind it."""
        paths = {option: config.getoption(name, None) for name, option in REPORTS.items()}
        paths[SUMMARY] = (self._ctx.obj or {}).get(SUMMARY)
        for option, path in paths.items():
            if path and not _can_be_written(Path(path)):
                raise click.UsageError(f"{option} is {path!r}: expected a file that can be written", self._ctx)

    def _refuse(self, message: str) -> NoReturn:
        raise click.UsageError(wrong_word(message, str(self._ctx.command.name)), self._ctx)


def _can_be_written(path: Path) -> bool:
    there = next(one for one in (path, *path.absolute().parents) if os.path.exists(one))
    return there.is_dir() != (there == path) and os.access(there, os.W_OK)


server = _Judging("server", "[URL]", SERVER, "http://127.0.0.1:3547/v1/ --rule signature")
client = _Judging(
    "client", "-- COMMAND...", CLIENT, "-- node adapter.mjs", epilog=PROGRAMS, sections={**HOW_IT_RUNS, **EXIT_CODES}
)
recording = _Judging("recording", "FILE", RECORDING, "requests.har --html report.html")


def _words(ctx: click.Context) -> list[str]:
    """The words as pytest takes them. Raises `click.UsageError` where nothing is named that could be judged."""
    side, args = str(ctx.command.name), ctx.args
    at = args.index("--") if "--" in args else len(args)
    own, rest = list(args[:at]), args[at + 1 :]
    if side == "client":
        if not rest:
            raise click.UsageError("missing client command: give it after --, as in: -- node adapter.mjs", ctx)
        target = [f"--flipsnack-client={shlex.join(rest)}"]
    else:
        named = own.pop(0) if own and not own[0].startswith("-") else ""
        option = "base-url" if side == "server" else "recording"
        if not named and not _names_one(side, own, ctx.obj or {}):
            raise click.UsageError(f"missing {MISSING[side]}", ctx)
        target = [f"--flipsnack-{option}={named}"] if named else []
    # A page without files beside it can be kept as an artifact of a CI job.
    page = ["--self-contained-html"] if any(word.partition("=")[0] == "--html" for word in own) else []
    ours = {f"--{one.name}" for one in OPTIONS}
    prefixed = (f"--flipsnack-{word[2:]}" if word.partition("=")[0] in ours else word for word in own)
    return [*target, *prefixed, *page]


def _names_one(side: str, words: Sequence[str], environment: Mapping[str, str]) -> bool:
    apps = any(word.partition("=")[0] == "--app" for word in words)
    return side == "server" and (apps or bool(environment.get(VARIABLES["base-url"], "").strip(BLANKS)))


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of the kit in the user's cache; None where it cannot be written."""
    try:
        usual = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or Path.home()) / ".cache"
        folder = Path(usual) / "flipsnack-kit"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a user without an entry in passwd has no home
        return None
    return folder if os.access(folder, os.W_OK) else None


@click.group(short_help="Check an adapter, which lets the judge drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the judge drives a client."""


@adapter.command(
    "check",
    cls=Command,
    short_help="Check that an adapter keeps the protocol.",
    epilog=PROGRAMS,
    sections={**HOW_IT_RUNS, **EXIT_CODES},
    params=click_options("check"),
)
@click.argument("command", nargs=-1, metavar="-- COMMAND...")
def check_command(*, command: tuple[str, ...], **given: Any) -> None:
    """Check that an adapter keeps the protocol, and that the simplest cases work."""
    from importlib.metadata import version

    from flipsnack_contract.adapter.adapter_check import check_adapter
    from flipsnack_contract.adapter.launch import greeting_of
    from flipsnack_contract.plugin.client import launch_mode, open_fake

    wrong = 0
    options = options_of(given, client=shlex.join(command))
    mode, greeting = launch_mode(options), greeting_of(version("flipsnack-kit"))
    with adopting(), ExitStack() as stack:
        for finding in check_adapter(mode, greeting, open_fake(options, stack)):
            wrong += bool(finding.wrong)
            click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
            if finding.wrong:
                click.echo(f"{'':<27}{cut(finding.wrong, 1000)}")
                click.echo("".join(f"{'':<27}| {cut(line)}\n" for line in finding.printed.splitlines()[-5:]), nl=False)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)
