"""Reads the API key and the secret from the environment or a file, never from the command line."""

import codecs
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flipsnack_client.exceptions import CredentialsError
from flipsnack_client.readable import readable

NAMES = ("api_key", "secret")
DEFAULT_FILE = Path(".config") / "flipsnack" / "credentials.toml"
"""Below the home folder."""

BLANKS = " \t\r\n\ufeff"
"""What may surround a value and is not part of it."""

FILE_LIMIT = 1024 * 1024
"""Bytes; a longer file is refused."""

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig"))


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
    if len(found) == len(NAMES):
        return _complete(found, (), looked_in="the environment")
    default = _default_file(environ)
    if default is None or not os.path.exists(default):
        return _complete(found, (), looked_in=f"the environment and {default or 'no file (there is no home folder)'}")
    stored, warnings = _from_toml(default)
    return _complete({**stored, **found}, warnings, looked_in=f"the environment and {default}")


def _default_file(environ: Mapping[str, str]) -> Path | None:
    try:
        return (Path(environ["HOME"]) if environ.get("HOME") else Path.home()) / DEFAULT_FILE
    except (RuntimeError, KeyError):
        # A container may run as a user without an entry in passwd.
        return None


def _complete(found: Mapping[str, str], warnings: tuple[str, ...], *, looked_in: str) -> Credentials:
    missing = [name for name in NAMES if not found.get(name)]
    if missing:
        wanted = " and ".join(f"FLIPSNACK_{name.upper()} (or {name} in a TOML file)" for name in missing)
        raise CredentialsError(f"no {' and no '.join(missing)} in {looked_in}; set {wanted}")
    return Credentials(found["api_key"], found["secret"], warnings)


def _from_environment(environ: Mapping[str, str], name: str) -> str | None:
    variable = f"FLIPSNACK_{name.upper()}"
    # An environment file that Windows wrote leaves its line ends, or its mark, around a value.
    value, path = (environ.get(one, "").strip(BLANKS) for one in (variable, f"{variable}_FILE"))
    if value and path:
        raise CredentialsError(f"both {variable} and {variable}_FILE are set; unset one of them")
    return _read(Path(path), of=f", named by {variable}_FILE").strip(BLANKS) if path else value


def _from_toml(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    try:
        stored = tomllib.loads(_read(path))
        reason = None
    except (ValueError, RecursionError) as error:
        # The line is not quoted: it may hold the secret.
        reason = readable(str(error))
    if reason is not None:
        raise CredentialsError(f'{path} is not TOML: {reason}; expected lines like api_key = "…" and secret = "…"')
    for name, value in stored.items():
        if name not in NAMES:
            raise CredentialsError(f"{path}: unknown name {readable(name, 80)!r}, expected api_key and secret")
        if not isinstance(value, str):
            raise CredentialsError(f"{path}: {name} is no text, expected a string in quotes")
    return stored, _warnings(path)


def _warnings(path: Path) -> tuple[str, ...]:
    if path.stat().st_mode & stat.S_IROTH:
        return (f"every user of this machine can read {path}; run: chmod 600 {path}",)
    return ()


def _read(path: Path, *, of: str = "") -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
        if len(content) <= FILE_LIMIT:
            # Windows editors write a mark in front of the text; PowerShell writes UTF-16.
            encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
            return content.decode(encoding).replace("\r\n", "\n")
        reason = f"it is longer than {FILE_LIMIT} bytes"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
    raise CredentialsError(f"cannot read {path}{of}: {reason}")
