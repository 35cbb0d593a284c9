"""The commands `server`, `client` and `recording`, which call pytest with the plugin, and `adapter check`."""

import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import click

from flipsnack_contract.adapter.modes import MODES, PLACEHOLDERS
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.termination import received
from flipsnack_contract.plugin.option_table import OPTIONS, PACKAGE, Option
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.target.result import SHOWN, Exit

CODES = {int(one.code): one.means for one in SHOWN.values()} | {
    0: "as expected",
    4: "wrong usage",
    130: "interrupted",
    143: "ended by SIGTERM",
}
EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code:<4} {means}" for code, means in sorted(CODES.items()))
HOW_IT_RUNS = f"""
\b
Modes:
{chr(10).join(f"  {name:<11} {does}" for name, does in MODES.items())}

\b
Placeholders of --mode exec:
{chr(10).join(f"  {name:<13} {does}" for name, does in PLACEHOLDERS.items())}

The program finds FLIPSNACK_API_KEY and FLIPSNACK_SECRET in its environment. It
succeeds with exit code 0 and the file, or, with {{action}}, with exit code 0
and the answer's data as JSON on stdout. Any other exit code is a failure.
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


def click_options(command: str) -> list[click.Parameter]:
    """Those of the plugin's options that are for a command."""
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


class _Judging(click.Command):
    """A command whose words are pytest's: those of the plugin without their prefix, and pytest's own."""

    def __init__(self, side: str, target: str, text: str, epilog: str = EPILOG) -> None:
        super().__init__(
            side, params=click_options(side), help=text + PYTEST, epilog=epilog, short_help=f"Judge a {side}."
        )
        self.options_metavar = f"[OPTIONS] {target}"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Only --help is looked for: pytest reads the rest.
        if {"-h", "--help"} & set(args[: args.index("--")] if "--" in args else args):
            click.echo(self.get_help(ctx))
            ctx.exit()
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> NoReturn:
        words = _words(str(self.name), ctx.args)
        import pytest

        cache = cache_folder(ctx.obj or {})
        code = pytest.main(
            [
                *("-p", "flipsnack_contract.plugin", "--pyargs", PACKAGE.name),
                *("-c", os.devnull, f"--rootdir={PACKAGE.parent}", "--noconftest"),
                *(("-o", f"cache_dir={cache / 'pytest'}") if cache else ("-p", "no:cacheprovider")),
                *words,
            ]
        )
        if code == Exit.INTERRUPTED:
            raise received() or KeyboardInterrupt
        raise SystemExit(int(code))


server = _Judging("server", "[URL]", SERVER)
client = _Judging("client", "-- COMMAND...", CLIENT, f"{HOW_IT_RUNS}\n{EPILOG}")
recording = _Judging("recording", "FILE", RECORDING)


def _words(side: str, args: Sequence[str]) -> list[str]:
    """The words as pytest takes them. Raises `click.UsageError` for a client without a command."""
    at = args.index("--") if "--" in args else len(args)
    own, rest = list(args[:at]), args[at + 1 :]
    if side == "client":
        if not rest:
            raise click.UsageError("missing client command: give it after --, as in: -- node adapter.mjs")
        target = [f"--flipsnack-client={shlex.join(rest)}"]
    else:
        named = own.pop(0) if own and not own[0].startswith("-") else ""
        option = "base-url" if side == "server" else "recording"
        target = [f"--flipsnack-{option}={named}"] if named else []
    # A page without files beside it can be kept as an artifact of a CI job.
    page = ["--self-contained-html"] if any(word.partition("=")[0] == "--html" for word in own) else []
    ours = {f"--{one.name}" for one in OPTIONS}
    prefixed = (f"--flipsnack-{word[2:]}" if word.partition("=")[0] in ours else word for word in own)
    return [*target, *prefixed, *page]


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of the kit in the user's cache; None where it cannot be written."""
    try:
        usual = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or Path.home()) / ".cache"
        folder = Path(usual) / "flipsnack-kit"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a user without an entry in passwd has no home
        return None
    return folder if os.access(folder, os.W_OK) else None


@click.group(short_help="Check an adapter, which lets the kit drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the kit drives a client."""


@adapter.command("check", epilog=f"{HOW_IT_RUNS}\n{EPILOG}", params=click_options("check"))
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
    with ExitStack() as stack:
        for finding in check_adapter(mode, greeting, open_fake(options, stack)):
            wrong += bool(finding.wrong)
            click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
            if finding.wrong:
                click.echo(f"{'':<27}{cut(finding.wrong, 1000)}")
                click.echo("".join(f"{'':<27}| {cut(line)}\n" for line in finding.printed.splitlines()[-5:]), nl=False)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)
