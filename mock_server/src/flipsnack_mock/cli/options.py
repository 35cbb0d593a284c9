"""Settings as command-line options: flag > environment > TOML file > default."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from flipsnack_mock.state.settings import (
    ENVIRONMENT_PREFIX,
    Setting,
    Settings,
    SettingsError,
    load_settings,
    setting_docs,
)

CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"


def with_settings(function: Any) -> Any:
    """Add --config and an option for every simple setting to a command."""
    for name, does in reversed(setting_docs().items()):
        default = getattr(Settings(), name)
        if isinstance(default, (bool, int, float, str)):
            default_text = f" [default: {shown(name, default)}]"
            flag = f"--{name.replace('_', '-')}"
            function = click.option(flag, name, type=type(default), default=None, help=does + default_text)(function)
    help_text = f"TOML file with settings [environment: {CONFIG_VARIABLE}]"
    return click.option("--config", type=click.Path(path_type=Path), default=None, help=help_text)(function)


def loaded(
    config: Path | None, flags: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[Settings, dict[str, Setting]]:
    """The settings and their sources; exits with status 2 and one line if a setting is invalid."""
    others = {name: value for name, value in environment.items() if name != CONFIG_VARIABLE}
    path = config or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        file = None if path is None else (str(path), path.read_text("utf-8"))
        return load_settings(flags=given, environment=others, file=file)
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"cannot read {path}: {problem}", 2)
    except SettingsError as problem:
        fail(str(problem), 2)


def shown(name: str, value: Any) -> str:
    """A setting's value for display; the token is masked."""
    if name == "admin_token" and value:
        return "***"
    if name == "seed":
        return ", ".join(account.key for account in value)
    return str(value).lower() if isinstance(value, bool) else repr(value) if value == "" else str(value)


def fail(message: str, status: int) -> NoReturn:
    """Print `message` on stderr and exit with `status`."""
    click.echo(f"flipsnack-mock: {message}", err=True)
    sys.exit(status)
