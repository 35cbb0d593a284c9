"""Settings as command-line options: flag > environment > TOML file > default."""

import codecs
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click

from flipsnack_mock.cli.command import fail
from flipsnack_mock.state.settings import (
    ENVIRONMENT_PREFIX,
    SETTING_HINTS,
    Setting,
    Settings,
    SettingsError,
    bare,
    load_settings,
    setting_docs,
)

CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"


GROUPS = {
    "Server": (
        "host", "port", "tls", "tls_names", "log", "base_url", "cors_origins", "replica"
    ),
    "Limits, schedules and lifetimes": (
        "requests_per_second", "requests_per_minute", "limit_window", "uploads_per_month", "upload_bytes",
        "upload_pages", "default_schedule", "conversion_schedule", "url_lifetime"
    ),
    "What the vendor leaves open": (
        "limit_counts_refused", "uppercase_signatures", "lenient_post", "restart_failed", "invalid_hash",
        "upload_on_api_host", "retired_methods", "update_resets", "temporary_hash", "deleted_url", "stats_pages",
        "list_base", "list_count"
    ),
    "Control plane": ("admin", "admin_token", "admin_hosts"),
    "What is kept": (
        "state", "spool", "spool_bytes", "spool_files", "journal_size", "journal_total", "max_accounts",
        "max_namespaces"
    ),
    "Documents of a fileUrl": ("fetch_file_urls", "fetch_private_urls"),
}  # fmt: skip
"""The headings of the help, each with the settings below it."""


def with_settings(function: Any, *, shown_in_help: Container[str] = SETTING_HINTS) -> Any:
    """Add --config and an option for every simple setting to a command."""
    for name, does in reversed(setting_docs().items()):
        default = getattr(Settings(), name)
        if isinstance(default, (bool, int, float, str)):
            flag, text = name.replace("_", "-"), f"{does} [default: {shown(name, default).replace(',', ', ')}]"
            names = f"--{flag}/--no-{flag}" if isinstance(default, bool) else f"--{flag}"
            more: dict[str, Any] = {"type": _kind(name, default), "metavar": _METAVARS.get(type(default))}
            more["hidden"] = name not in shown_in_help
            function = click.option(names, name, default=None, help=text, **more)(function)
        else:
            function = click.option(f"--{name.replace('_', '-')}", name, hidden=True, callback=_no_option)(function)
    help_text = f"TOML file with settings [environment: {CONFIG_VARIABLE}]"
    return click.option("--config", type=click.Path(path_type=Path, readable=False), default=None, help=help_text)(
        function
    )


def _no_option(_context: click.Context, option: click.Parameter, value: str | None) -> None:
    if value is not None:
        variable = f"{ENVIRONMENT_PREFIX}{str(option.name).upper()}"
        raise click.UsageError(
            f"{option.opts[0]} is not an option; set {variable}, or {option.name} in a --config file"
        )


# A number is read as in a variable, which knows its bounds.
_METAVARS = {int: "INTEGER", float: "NUMBER"}


def _kind(name: str, default: Any) -> Any:
    hint = get_args(SETTING_HINTS[name])[0]
    return click.Choice(get_args(hint)) if get_origin(hint) is Literal else bool if type(default) is bool else str


def loaded(
    config: Path | None, flags: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[Settings, dict[str, Setting]]:
    """The settings and their sources; exits with status 2 and one line if a setting is invalid."""
    others = {name: value for name, value in environment.items() if name != CONFIG_VARIABLE}
    named = bare(environment.get(CONFIG_VARIABLE, ""))
    path = config or (Path(named) if named else None)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        file = None if path is None else (str(path), read_text(path))
        return load_settings(flags=given, environment=others, file=file)
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"cannot read {path}: {reason(problem)}", 2)
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


def reason(problem: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, for a message that names it."""
    return problem.strerror or str(problem) if isinstance(problem, OSError) else "it is not text in UTF-8"
