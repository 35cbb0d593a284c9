"""The command `flipsnack-contract adapter check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from typing import Any, NoReturn

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

__all__ = ["adapter"]

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


@click.group(short_help="Check an adapter, which lets the kit drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the kit drives a client."""


@adapter.command("check", epilog=EPILOG)
@click.argument("command", nargs=-1, metavar="-- COMMAND...")
@click.option("--mode", type=click.Choice(list(MODES)), default="persistent", show_default=True, help="See below.")
@click.option("--fake", "fake_url", metavar="URL", help="A running fake; without it the kit starts one.")
@click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the fake's control plane.")
@click.option(
    "--timeout", type=float, default=10.0, show_default=True, help="Seconds without a message that are a hang."
)
@click.option("--capability", multiple=True, help="Of a program of --mode exec, such as deadline; by default json.")
@click.pass_obj
def check_command(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Check that an adapter keeps the protocol, and that the simplest cases work."""
    wrong = 0
    with _failing_clearly():
        mode = LaunchMode(
            command=options["command"],
            mode=options["mode"],
            timeout=options["timeout"],
            capabilities=options["capability"] or ("json",),
            environment=environment or {},
        )
        with _chosen_fake(options["fake_url"], options["admin_token"]) as fake:
            for finding in check_adapter(mode, greeting_of(version("flipsnack-kit")), fake):
                wrong += bool(finding.wrong)
                _show(finding)
    raise SystemExit(Exit.FAILURES if wrong else Exit.AS_EXPECTED)


def _show(finding: Finding) -> None:
    click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
    if finding.wrong:
        click.echo(f"{'':<27}{finding.wrong}")
        click.echo("".join(f"{'':<27}| {line}\n" for line in finding.printed.splitlines()[-5:]), nl=False)


def _chosen_fake(url: str | None, token: str | None) -> AbstractContextManager[Fake]:
    return fake_at(url, token=token) if url else started_fake()


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """End with one line and an exit code when there is no client, or no fake, to work with."""
    try:
        yield
    except (BadUse, BadTemplate, NoAddress) as wrong:
        raise click.UsageError(str(wrong)) from None
    except AdapterFault as fault:
        _fail(f"the adapter does not work: {fault}", Exit.ADAPTER)
    except (NoFake, NoPackage, Refused, Unreachable) as trouble:
        _fail(str(trouble), Exit.UNREACHABLE)


def _fail(text: str, code: Exit) -> NoReturn:
    click.echo(f"flipsnack-contract: {text}", err=True)
    raise SystemExit(code)
