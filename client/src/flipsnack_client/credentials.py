"""Reads the API key and the secret from the environment or a file, never from the command line."""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flipsnack_client.exceptions import CredentialsError

NAMES = ("api_key", "secret")
DEFAULT_FILE = Path(".config") / "flipsnack" / "credentials.toml"
"""Below the home folder."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API key with its secret; the repr does not show the secret."""

    api_key: str
    secret: str = field(repr=False)
    warnings: tuple[str, ...] = ()


def load_credentials(environ: Mapping[str, str], *, file: Path | None = None) -> Credentials:
    """Return the credentials of `file` if given, else of the environment, else of the default file.

    The environment's names are FLIPSNACK_API_KEY and FLIPSNACK_SECRET, or the same with _FILE, naming
    a file that holds only the value. Raises CredentialsError, which says what is missing.
    """
    if file is not None:
        return _complete(*_from_toml(file), looked_in=str(file))
    found = {name: value for name in NAMES if (value := _from_environment(environ, name))}
    default = Path(environ.get("HOME", "~")).expanduser() / DEFAULT_FILE
    if len(found) == len(NAMES) or not default.is_file():
        return _complete(found, (), looked_in=f"the environment and {default}")
    stored, warnings = _from_toml(default)
    return _complete({**stored, **found}, warnings, looked_in=f"the environment and {default}")


def _complete(found: Mapping[str, str], warnings: tuple[str, ...], *, looked_in: str) -> Credentials:
    missing = [name for name in NAMES if not found.get(name)]
    if missing:
        wanted = " and ".join(f"FLIPSNACK_{name.upper()} (or {name} in a TOML file)" for name in missing)
        raise CredentialsError(f"no {' and no '.join(missing)} in {looked_in}; set {wanted}")
    return Credentials(found["api_key"], found["secret"], warnings)


def _from_environment(environ: Mapping[str, str], name: str) -> str | None:
    variable = f"FLIPSNACK_{name.upper()}"
    value, path = environ.get(variable), environ.get(f"{variable}_FILE")
    if value and path:
        raise CredentialsError(f"both {variable} and {variable}_FILE are set; unset one of them")
    return _read(Path(path)).strip() if path else value


def _from_toml(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        stored = tomllib.loads(_read(path))
        reason = None
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
    if reason is not None:
        raise CredentialsError(f"{path} is not TOML: {reason}")
    for name, value in stored.items():
        if name not in NAMES:
            raise CredentialsError(f"{path}: unknown name {name!r}, expected api_key and secret")
        if not isinstance(value, str):
            raise CredentialsError(f"{path}: {name} is a {type(value).__name__}, expected a string in quotes")
    return stored, _warnings(path)


def _warnings(path: Path) -> tuple[str, ...]:
    if path.stat().st_mode & stat.S_IROTH:
        return (f"every user of this machine can read {path}; run: chmod 600 {path}",)
    return ()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
    raise CredentialsError(f"cannot read {path}: {reason}")
