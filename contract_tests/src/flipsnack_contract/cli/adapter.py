"""The command `flipsnack-contract adapter check`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import click

from flipsnack_contract.adapter.adapter_check import Finding, check_adapter
from flipsnack_contract.adapter.fake_server import NoAddress, NoFake, NoPackage, fake_at, started_fake
from flipsnack_contract.adapter.launch import MODES, PLACEHOLDERS, BadUse, LaunchMode, greeting_of
from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import Unreachable

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

\b
Exit codes: {Exit.AS_EXPECTED} as expected, {Exit.FAILURES} a check failed, {Exit.USAGE} wrong usage,
{Exit.UNREACHABLE} no fake, {Exit.ADAPTER} the adapter does not work.
"""


@click.group(short_help="Check an adapter, which lets the kit drive a client.")
def adapter() -> None:
    """Check an adapter: the program through which the kit drives a client."""


@adapter.command("check", epilog=EPILOG)
@click.argument("command", nargs=-1, metavar="-- COMMAND...")
@click.option("--mode", type=click.Choice(list(MODES)), default="persistent", show_default=True, help="See below.")
@click.option("--fake", "fake_url", metavar="URL", help="A running fake; without it the kit starts one.")
@click.option("--admin-token", envvar="FLIPSNACK_ADMIN_TOKEN", help="Token of the fake's control plane.")
@click.option("--timeout", default=10.0, show_default=True, help="Seconds without a message that are a hang.")
@click.option("--capability", multiple=True, help="Of a program of --mode exec, such as deadline; by default json.")
@click.pass_obj
def check_command(environment: Mapping[str, str] | None, /, fake_url: str, admin_token: str, **launch: Any) -> None:
    """Check that an adapter keeps the protocol, and that the simplest cases work."""
    with _failing_clearly():
        mode = LaunchMode(capabilities=launch.pop("capability") or ("json",), environment=environment or {}, **launch)
        with fake_at(fake_url, token=admin_token) if fake_url else started_fake() as fake:
            wrong = [_show(one) for one in check_adapter(mode, greeting_of(version("flipsnack-kit")), fake)]
    raise SystemExit(Exit.FAILURES if any(wrong) else Exit.AS_EXPECTED)


def _show(finding: Finding) -> bool:
    click.echo(f"{'WRONG' if finding.wrong else 'ok':<6}{finding.name:<20} {finding.promise}")
    if finding.wrong:
        lines = [finding.wrong, *(f"| {line}" for line in finding.printed.splitlines()[-5:])]
        click.echo("\n".join(f"{'':<27}{line}" for line in lines))
    return bool(finding.wrong)


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """End with one line and an exit code when there is no client, or no fake, to work with."""
    try:
        yield
    except (BadUse, NoAddress) as wrong:
        raise click.UsageError(str(wrong)) from None
    except (AdapterFault, NoFake, NoPackage, Refused, Unreachable) as trouble:
        is_fault = isinstance(trouble, AdapterFault)
        click.echo(f"flipsnack-contract: {'the adapter does not work: ' if is_fault else ''}{trouble}", err=True)
        raise SystemExit(Exit.ADAPTER if is_fault else Exit.UNREACHABLE) from None
