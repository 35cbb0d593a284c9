"""The command line `flipsnack-mock`."""

import gc
import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
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


def _open_standard_streams() -> None:
    # A socket would take the place of one that is closed, and libuv aborts when it closes a descriptor below 3.
    while (file := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(file)


def say(text: str, stream: TextIO | None) -> None:
    """Print a line, if it can be printed; past the buffer, which would be written again at the end of the process."""
    with suppress(OSError, ValueError):
        from flipsnack_mock.server.request_log import write_through

        write_through(stream, f"{text}\n")


def _tune_interpreter() -> None:
    # What is worked out beside the event loop gives way to it five times sooner than usual.
    sys.setswitchinterval(0.001)
    gc.freeze()


@command.command()
@with_settings
@click.pass_obj
def serve(environ: Mapping[str, str], /, *, config: Path | None, **flags: Any) -> None:
    """Serve the fake until SIGTERM or Ctrl-C."""
    # Requests leave no reference cycles behind (a test checks that), so the collector would only scan the journal.
    gc.set_threshold(20_000, 20, 50)
    settings, sources = loaded(config, flags, environ)
    # Imported here so that `settings` and `--help` stay fast.
    from flipsnack_mock.admin.guard import exposure
    from flipsnack_mock.protocol.addresses import bracketed
    from flipsnack_mock.server.engine import Server, bind
    from flipsnack_mock.server.fake import Fake
    from flipsnack_mock.server.request_log import request_log
    from flipsnack_mock.server.tls import certificates_for

    _open_standard_streams()
    log = request_log(settings.log)
    try:
        tls = certificates_for(settings)
        pem = tls.authority_pem if tls else b""
        fake = Fake(settings, on_exchange=log, sources=sources, authority_pem=pem)
    except SettingsError as problem:
        fail(str(problem), 2)
    try:
        listeners = bind(settings.host, settings.port)
    except OSError as problem:
        hint = "choose another --host or --port (--port 0 uses a free port)"
        fail(f"cannot listen on {bracketed(settings.host)}:{settings.port}: {problem.strerror or problem}; {hint}", 1)

    def ready() -> None:
        address, port = listeners[0].getsockname()[:2]
        host = bracketed(settings.host if len(listeners) > 1 else address)
        say(f"flipsnack-mock {__version__} listening on {'https' if tls else 'http'}://{host}:{port}", sys.stdout)
        if warning := exposure(settings, address):
            say(f"flipsnack-mock: warning: {warning}", sys.stderr)

    _tune_interpreter()
    Server(fake, listeners, on_ready=ready, tls=tls.context if tls else None).serve_forever()
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
