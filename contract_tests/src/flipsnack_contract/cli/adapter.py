"""The command `flipsnack-contract adapter check`, and the options that name a client and a fake."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import click

from flipsnack_contract.adapter.adapter_check import Finding, check_adapter
from flipsnack_contract.adapter.fake_server import Fake, NoAddress, NoFake, fake_at, started_fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import MODES, BadUse, LaunchMode, greeting_of
from flipsnack_contract.adapter.program import PLACEHOLDERS, BadTemplate
from flipsnack_contract.adapter.sandbox import NoPackage
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import Unreachable

__all__ = ["EPILOG", "adapter", "chosen_fake", "client_options", "failing_clearly", "launch_mode_of", "say"]

EXIT_CODES = f"""\b
Exit codes: {Exit.AS_EXPECTED} as expected, {Exit.FAILURES} a check failed, {Exit.USAGE} wrong usage,
{Exit.UNREACHABLE} no fake, {Exit.ADAPTER} the adapter does not work."""
EPILOG = f"""
\b
Modes:
{chr(10).join(f"  {name:<11} {does}" for name, does in MODES.items())}

\b
Placeholders of --mode exec:
{chr(10).join(f"  {name:<13} {does}" for name, does in PLACEHOLDERS.items())}

The program finds FLIPSNACK_API_KEY and FLIPSNACK_SECRET in its environment. It
succeeds with exit code 0 and the file, or, with {{action}}, with exit code 0
and the answer's data as JSON on stdout. Any other exit code is a failure.

{EXIT_CODES}
"""
_Command = Callable[..., Any]


@click.group(short_help="Check an adapter, which lets the kit drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the kit drives a client."""


def client_options(command: _Command) -> _Command:
    """Add the options that name the client under test and the fake."""
    options = (
        click.argument("command", nargs=-1, metavar="-- COMMAND..."),
        click.option(
            "--mode", type=click.Choice(list(MODES)), default="persistent", show_default=True, help="See below."
        ),
        click.option("--fake", "fake_url", metavar="URL", help="A running fake; without it the kit starts one."),
        click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the fake's control plane."),
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
            help="A capability of a program of --mode exec, such as deadline; json when none is named.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@adapter.command("check", epilog=EPILOG)
@client_options
@click.pass_obj
def check_command(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Check that an adapter keeps the protocol, and that the simplest cases work."""
    wrong = 0
    with failing_clearly():
        mode = launch_mode_of(options, environment or {})
        with chosen_fake(options) as fake:
            for finding in check_adapter(mode, greeting_of(version("flipsnack-kit")), fake):
                wrong += bool(finding.wrong)
                _show(finding)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)


def _show(finding: Finding) -> None:
    click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
    if finding.wrong:
        click.echo(f"{'':<27}{finding.wrong}")
        click.echo("".join(f"{'':<27}| {line}\n" for line in finding.printed.splitlines()[-5:]), nl=False)


def launch_mode_of(options: Mapping[str, Any], environment: Mapping[str, str]) -> LaunchMode:
    """How the options say that the client is started. Raises `BadUse`."""
    return LaunchMode(
        command=options["command"],
        mode=options["mode"],
        timeout=options["timeout"],
        capabilities=options["capabilities"] or ("json",),
        environment=environment,
    )


@contextmanager
def chosen_fake(options: Mapping[str, Any]) -> Iterator[Fake]:
    """The fake that the options name, or one that the kit starts. Raises `NoFake`."""
    url = options["fake_url"]
    with fake_at(url, token=options["admin_token"]) if url else started_fake() as fake:
        yield fake


@contextmanager
def failing_clearly() -> Iterator[None]:
    """End with one line and an exit code when there is no client, or no fake, to work with."""
    try:
        yield
    except (BadUse, BadTemplate, NoAddress) as wrong:
        raise click.UsageError(str(wrong)) from None
    except AdapterFault as fault:
        _fail(f"the adapter does not work: {fault}", Exit.ADAPTER)
    except OSError as trouble:
        # Mostly a path that the user gave.
        _fail(f"{trouble.filename or 'the system'}: {trouble.strerror or trouble}", Exit.USAGE)
    except (NoFake, NoPackage, Refused, Unreachable) as trouble:
        _fail(str(trouble), Exit.UNREACHABLE)


def _fail(text: str, code: int) -> None:
    click.echo(f"flipsnack-contract: {text}", err=True)
    sys.exit(code)


def say(text: str) -> None:
    """Print a note to stderr."""
    click.echo(text, err=True)
