"""The command line `flipsnack-mock`."""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from flipsnack_mock import __version__
from flipsnack_mock.cli.doctor import doctor_command
from flipsnack_mock.cli.health import health_command
from flipsnack_mock.cli.lint import lint_command
from flipsnack_mock.cli.magic import magic_command
from flipsnack_mock.cli.options import fail, loaded, shown, with_settings
from flipsnack_mock.state.settings import SettingsError


def main() -> None:
    """Run the command line. Raises `KeyboardInterrupt` after Ctrl-C, which the entry of the package answers."""
    try:
        status = command.main(prog_name="flipsnack-mock", obj=os.environ, standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    sys.exit(status if isinstance(status, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flipsnack-mock")
def command() -> None:
    """A fake of the Flipsnack API v1, to develop and test against.

    Every setting can be given as a flag, as an environment variable FLIPSNACK_MOCK_<NAME> or in a TOML file, in this
    order of precedence.
    """


def _relax_collector() -> None:
    # Requests leave no reference cycles behind (a test checks that), so the collector would only scan the journal.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@command.command()
@with_settings
@click.pass_obj
def serve(environ: Mapping[str, str], /, *, config: Path | None, **flags: Any) -> None:
    """Serve the fake until SIGTERM or Ctrl-C."""
    settings, sources = loaded(config, flags, environ)
    # Imported here so that `settings` and `--help` stay fast.
    from flipsnack_mock.admin.guard import exposure
    from flipsnack_mock.server.app import create_app
    from flipsnack_mock.server.engine import Server, bind
    from flipsnack_mock.server.request_log import request_log
    from flipsnack_mock.server.tls import certificates_for

    try:
        listener = bind(settings.host, settings.port)
    except OSError as problem:
        hint = "choose another --host or --port (--port 0 uses a free port)"
        fail(f"cannot listen on {settings.host}:{settings.port}: {problem.strerror or problem}; {hint}", 1)
    try:
        tls = certificates_for(settings)
    except SettingsError as problem:
        fail(str(problem), 2)
    pem = tls.authority_pem if tls else b""
    log = request_log(settings.log)
    app = create_app(settings, on_exchange=log, sources=sources, authority_pem=pem)
    host, port = listener.getsockname()[:2]
    shown_host = f"[{host}]" if ":" in host else host

    def ready() -> None:
        scheme = "https" if tls else "http"
        click.echo(f"flipsnack-mock {__version__} listening on {scheme}://{shown_host}:{port}")
        if warning := exposure(settings, host):
            click.echo(f"flipsnack-mock: warning: {warning}", err=True)

    _relax_collector()
    Server(app, listener, on_ready=ready, tls=tls.context if tls else None).serve_forever()
    if log is not None:
        log.close()


@command.command("settings")
@with_settings
@click.pass_obj
def show_settings(environ: Mapping[str, str], /, *, config: Path | None, **flags: Any) -> None:
    """Print every setting with its value, source and description."""
    _, sources = loaded(config, flags, environ)
    from rich.console import Console
    from rich.table import Table

    table = Table("setting", "value", "source", "what it does", box=None, pad_edge=False)
    for name, setting in sources.items():
        table.add_row(name, shown(name, setting.value), setting.source, setting.does)
    # In a pipe each setting is one line, whatever its length.
    Console(width=None if sys.stdout.isatty() else 10_000).print(table)


command.add_command(doctor_command)
command.add_command(health_command)
command.add_command(lint_command)
command.add_command(magic_command)
