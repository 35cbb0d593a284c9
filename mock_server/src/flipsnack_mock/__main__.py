"""The command line `flipsnack-mock`."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from flipsnack_mock import __version__
from flipsnack_mock.doctor_command import doctor_command
from flipsnack_mock.lint_command import lint_command
from flipsnack_mock.magic_command import magic_command
from flipsnack_mock.replay_command import replay_command
from flipsnack_mock.settings import ENVIRONMENT_PREFIX, Setting, Settings, SettingsError, load_settings, setting_docs

__all__ = ["main"]

CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"


def main() -> None:
    """Run the command line."""
    command(prog_name="flipsnack-mock", obj=os.environ)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="flipsnack-mock")
def command() -> None:
    """A fake of the Flipsnack API v1, to develop and test against.

    Every setting can be given as a flag, as an environment variable FLIPSNACK_MOCK_<NAME> or in a TOML file, in this
    order of precedence.
    """


def _shown(name: str, value: Any) -> str:
    if name == "admin_token" and value:
        return "***"
    if name == "seed":
        return ", ".join(account.key for account in value)
    return str(value).lower() if isinstance(value, bool) else repr(value) if value == "" else str(value)


def _with_settings(function: Any) -> Any:
    """Give a command a flag for every simple setting, and --config."""
    for name, does in reversed(setting_docs().items()):
        default = getattr(Settings(), name)
        if isinstance(default, (bool, int, float, str)):
            shown = f" [default: {_shown(name, default)}]"
            flag = f"--{name.replace('_', '-')}"
            function = click.option(flag, name, type=type(default), default=None, help=does + shown)(function)
    help_text = f"TOML file with settings [environment: {CONFIG_VARIABLE}]"
    return click.option("--config", type=click.Path(path_type=Path), default=None, help=help_text)(function)


def _load(config: Path | None, flags: dict[str, Any]) -> tuple[Settings, dict[str, Setting]]:
    environment = {name: value for name, value in os.environ.items() if name != CONFIG_VARIABLE}
    path = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        file = None if path is None else (str(path), path.read_text("utf-8"))
        return load_settings(flags=given, environment=environment, file=file)
    except (OSError, UnicodeDecodeError) as problem:
        _fail(f"cannot read {path}: {problem}", 2)
    except SettingsError as problem:
        _fail(str(problem), 2)


def _relax_collector() -> None:
    # The path of a request leaves no circles behind (a test holds that), so the collector has nothing to find there;
    # at its usual pace it would walk through the whole journal again and again.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _fail(message: str, status: int) -> NoReturn:
    click.echo(f"flipsnack-mock: {message}", err=True)
    sys.exit(status)


@command.command()
@_with_settings
def serve(config: Path | None, **flags: Any) -> None:
    """Serve the fake until SIGTERM or Ctrl-C."""
    settings, sources = _load(config, flags)
    # The engine is imported only where it is needed: `settings` and `--help` stay quick.
    from flipsnack_mock.app import create_app
    from flipsnack_mock.control.guard import exposure
    from flipsnack_mock.exchange_log import exchange_log
    from flipsnack_mock.server import Server, bind
    from flipsnack_mock.tls import credentials_for

    try:
        listener = bind(settings.host, settings.port)
    except OSError as problem:
        hint = "choose another --host or --port (--port 0 takes a free one)"
        _fail(f"cannot listen on {settings.host}:{settings.port}: {problem.strerror or problem}; {hint}", 1)
    try:
        tls = credentials_for(settings)
    except SettingsError as problem:
        _fail(str(problem), 2)
    pem = tls.authority_pem if tls else b""
    app = create_app(settings, on_exchange=exchange_log(settings.log), sources=sources, authority_pem=pem)
    host, port = listener.getsockname()[:2]
    shown_host = f"[{host}]" if ":" in host else host

    def ready() -> None:
        scheme = "https" if tls else "http"
        click.echo(f"flipsnack-mock {__version__} listening on {scheme}://{shown_host}:{port}")
        if warning := exposure(settings, host):
            click.echo(f"flipsnack-mock: warning: {warning}", err=True)

    _relax_collector()
    Server(app, listener, on_ready=ready, tls=tls.context if tls else None).serve_forever()


@command.command("settings")
@_with_settings
def show_settings(config: Path | None, **flags: Any) -> None:
    """Print every setting, its value and where it came from."""
    _, sources = _load(config, flags)
    from rich.console import Console
    from rich.table import Table

    table = Table("setting", "value", "source", "what it does", box=None, pad_edge=False)
    for name, setting in sources.items():
        table.add_row(name, _shown(name, setting.value), setting.source, setting.does)
    # A program that reads this gets a line for each setting, whatever its length.
    Console(width=None if sys.stdout.isatty() else 10_000).print(table)


command.add_command(doctor_command)
command.add_command(lint_command)
command.add_command(magic_command)
command.add_command(replay_command)

if __name__ == "__main__":
    main()
