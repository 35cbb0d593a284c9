"""The commands `flipsnack-contract adapter lint` and `flipsnack-contract adapter smoke`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import click

from flipsnack_contract.adapter.fake_server import Fake, NoAddress, NoFake, fake_at, started_fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import MODES, BadUse, LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.lint import lint
from flipsnack_contract.adapter.program import PLACEHOLDERS, BadTemplate
from flipsnack_contract.adapter.sandbox import NoPackage
from flipsnack_contract.adapter.session import Timeouts
from flipsnack_contract.adapter.smoke import smoke
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import Unreachable

__all__ = ["EPILOG", "adapter", "chosen_fake", "client_options", "failing_clearly", "launch_mode_of", "say"]

EXIT_CODES = """\b
Exit codes: 0 as expected, 1 something is wrong, 2 wrong usage, 3 there is no
adapter to speak with, 4 a list of known failures is stale, 5 the fake is
missing or cannot be reached."""
EPILOG = f"""
\b
Modes:
{chr(10).join(f"  {name:<11} {does}" for name, does in MODES.items())}

\b
Placeholders of --mode exec:
{chr(10).join(f"  {name:<13} {does}" for name, does in PLACEHOLDERS.items())}

FLIPSNACK_API_KEY and FLIPSNACK_SECRET are in the program's environment. Exit
code 0 and the file are its success, any other code is its failure.

{EXIT_CODES}
"""
_Command = Callable[..., Any]


@click.group()
def adapter() -> None:
    """Try an adapter: the program that lets the kit drive a client."""


def client_options(command: _Command) -> _Command:
    """Give a command the options that say which client is judged, and where."""
    options = (
        click.argument("command", nargs=-1, metavar="-- COMMAND..."),
        click.option(
            "--mode", type=click.Choice(list(MODES)), default="persistent", show_default=True, help="See below."
        ),
        click.option("--fake", "fake_url", metavar="URL", help="A fake that runs already, instead of one of our own."),
        click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of that fake's control plane."),
        click.option(
            "--timeout",
            type=float,
            default=10.0,
            show_default=True,
            help="Seconds without a message after which the adapter hangs.",
        ),
        click.option(
            "--capability",
            "capabilities",
            multiple=True,
            help="What a program of --mode exec can besides, as deadline; json when none is named.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@adapter.command("lint", epilog=EXIT_CODES)
@click.argument("command", nargs=-1, required=True, metavar="-- COMMAND...")
@click.option(
    "--timeout",
    type=float,
    default=10.0,
    show_default=True,
    help="Seconds without a message after which the adapter hangs.",
)
def lint_command(*, command: tuple[str, ...], timeout: float) -> None:
    """Look whether an adapter keeps the protocol. Needs no server."""
    wrong = 0
    hello = True
    for finding in lint(command, greeting_of(_version()), timeouts=Timeouts(case=timeout)):
        click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
        if finding.wrong:
            click.echo(f"      {'':<20} {finding.wrong}")
        hello = hello and not (finding.wrong and finding.name == "greets")
        wrong += bool(finding.wrong)
    raise SystemExit(Exit.ADAPTER if not hello else Exit.FAILURES if wrong else Exit.AS_EXPECTED)


@adapter.command("smoke", epilog=EPILOG)
@client_options
@click.pass_obj
def smoke_command(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Play a handful of simple cases: does anything work at all?"""
    wrong = 0
    with failing_clearly():
        mode = launch_mode_of(options, environment or {})
        with chosen_fake(options) as fake, playing(mode, greeting_of(_version())) as player:
            for smoked in smoke(player, fake):
                time = f"{smoked.report.elapsed_ms / 1000:g} s" + ("" if mode.mode == "exec" else " of the case's time")
                click.echo(f"{'WRONG' if smoked.wrong else 'ok':<6}{smoked.trial.promise} ({time})")
                if smoked.wrong:
                    click.echo(f"      {smoked.wrong}")
                    click.echo(
                        "".join(f"      | {line}\n" for line in smoked.report.printed.splitlines()[-5:]), nl=False
                    )
                wrong += bool(smoked.wrong)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)


def launch_mode_of(options: Mapping[str, Any], environment: Mapping[str, str]) -> LaunchMode:
    """How the client is run, as the options have it. Raises `BadUse`."""
    return LaunchMode(
        command=options["command"],
        mode=options["mode"],
        timeout=options["timeout"],
        capabilities=options["capabilities"] or ("json",),
        environment=environment,
    )


@contextmanager
def chosen_fake(options: Mapping[str, Any]) -> Iterator[Fake]:
    """The fake that the options name, or one of our own. Raises `NoFake`."""
    url = options["fake_url"]
    with fake_at(url, token=options["admin_token"]) if url else started_fake() as fake:
        yield fake


@contextmanager
def failing_clearly() -> Iterator[None]:
    """End with one clear line and the right exit code where there is nothing to judge."""
    try:
        yield
    except (BadUse, BadTemplate, NoAddress) as wrong:
        raise click.UsageError(str(wrong)) from None
    except AdapterFault as fault:
        _fail(f"there is no adapter to speak with: {fault}", Exit.ADAPTER)
    except OSError as trouble:
        # A file of the user's, mostly: where the evidence shall go, a folder for packages.
        _fail(f"{trouble.filename or 'the system'}: {trouble.strerror or trouble}", Exit.USAGE)
    except (NoFake, NoPackage, Refused, Unreachable) as trouble:
        _fail(str(trouble), Exit.UNREACHABLE)


def _fail(text: str, code: int) -> None:
    click.echo(f"flipsnack-contract: {text}", err=True)
    sys.exit(code)


def say(text: str) -> None:
    """Tell the user something that is no result."""
    click.echo(text, err=True)


def _version() -> str:
    return version("flipsnack-kit")
