"""Settings as command-line options: flag > environment > TOML file > default."""

import codecs
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
    named = environment.get(CONFIG_VARIABLE, "").strip()
    path = config or (Path(named) if named else None)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        file = None if path is None else (str(path), read_text(path))
        return load_settings(flags=given, environment=others, file=file)
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"cannot read {path}: {problem}", 2)
    except SettingsError as problem:
        fail(str(problem), 2)


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark, as some editors and shells of Windows write it.

    Raises `OSError` and `UnicodeDecodeError`.
    """
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


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
