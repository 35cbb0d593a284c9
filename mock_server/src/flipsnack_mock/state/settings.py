"""The settings of the fake, each with type, default, purpose and the source of its value.

The environment, the file's text and the flags are arguments. A flag beats the environment, which beats the file, which
beats the default; an unknown name or a bad value raises `SettingsError`.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from flipsnack_mock.protocol.addresses import HOST_PATTERN, HOSTS
from flipsnack_mock.state.behaviour import Behaviour, Limit, does
from flipsnack_mock.state.seeds import DOCUMENTED_ACCOUNTS, SeedAccount, refuse_twins

ENVIRONMENT_PREFIX = "FLIPSNACK_MOCK_"
# What a setting is called by those who give it as a variable, and as a flag.
ENVIRONMENT, FLAG = f"{ENVIRONMENT_PREFIX}{{}}", "--{}"


_ORIGIN = rf"(\*|null|[A-Za-z][A-Za-z0-9+.-]*://{HOST_PATTERN}/?)"
# No system has a file with such a name.
_PATH = {"pattern": r"^[^\0]*\Z", "expected": "a path without the character NUL"}


class SettingsError(ValueError):
    """A setting that is unknown or has a bad value; the text names it, where it was found and what was expected."""


class Settings(Behaviour, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings: those of the process, and the `Behaviour` that accounts begin with."""

    host: Annotated[str, does("address to listen on", min_length=1)] = "127.0.0.1"
    port: Annotated[int, does("port to listen on; 0 takes a free one", ge=0, le=65_535)] = 3547
    log: Annotated[Literal["pretty", "json", "off"], does("how each request is logged")] = "pretty"
    tls: Annotated[bool, does("whether to serve https, by a throw-away authority (see /__admin/ca.pem)")] = False
    tls_names: Annotated[
        str, does("host names and addresses, with commas, that the certificate is for beside `host`")
    ] = ",".join(["localhost", "127.0.0.1", *HOSTS.values()])
    base_url: Annotated[
        str,
        does(
            "scheme, host and path that resource URLs begin with; empty takes them from the request",
            expected="the beginning of a URL, as http://fake.test:3547",
            pattern=rf"^(https?://{HOST_PATTERN}(/[^?#\s]*)?)?\Z",
        ),
    ] = ""
    cors_origins: Annotated[
        str,
        does(
            "origins, with commas, whose scripts may read the API's answers in a browser; * for all, empty for none",
            expected="origins with commas, as http://localhost:3000, or *",
            pattern=rf"^\s*({_ORIGIN}\s*(,\s*({_ORIGIN}\s*)?)*)?\Z",
        ),
    ] = ""
    replica: Annotated[
        str,
        does(
            "name of this process among several, which each answer says; empty says none",
            expected="up to 200 visible ASCII characters",
            pattern=r"^[!-~]{0,200}\Z",
        ),
    ] = ""
    admin: Annotated[bool, does("whether the control plane at /__admin exists")] = True
    admin_token: Annotated[str, does("when set, the control plane wants it as a bearer token")] = ""
    admin_hosts: Annotated[
        str, does("public host names, with commas, under which the control plane answers without a token")
    ] = ",".join(HOSTS.values())
    max_accounts: Annotated[int, does("accounts that may exist at once in one namespace", ge=1, le=10_000_000)] = (
        100_000
    )
    max_namespaces: Annotated[Limit, does("namespaces (/t/<name>/) that may exist at once")] = 1_000
    journal_size: Annotated[Limit, does("requests that the journal of one account keeps")] = 1_000
    journal_total: Annotated[
        Limit, does("requests that the journals of all accounts keep together; a long one counts for several")
    ] = 10_000
    state: Annotated[str, does("file (SQLite) that keeps the state beyond the process; empty keeps none", **_PATH)] = ""
    spool: Annotated[
        str,
        does(
            "folder below which uploaded documents are kept while the server runs; empty is the system's temporary one",
            **_PATH,
        ),
    ] = ""
    spool_bytes: Annotated[int, does("bytes that all uploaded documents may have together", ge=0, le=2**53)] = (
        4_000_000_000
    )
    spool_files: Annotated[Limit, does("uploaded documents that are kept at once")] = 10_000
    fetch_file_urls: Annotated[
        bool, does("whether the document of a fileUrl is fetched, instead of drawn from its name")
    ] = False
    fetch_private_urls: Annotated[
        bool, does("whether it is fetched from hosts of which an address is not public, as localhost, too")
    ] = False
    seed: Annotated[
        tuple[SeedAccount, ...], does("accounts that exist from the start, with key, secret and collections")
    ] = DOCUMENTED_ACCOUNTS

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_twins("seed", [account.key for account in self.seed])

    def behaviour(self) -> Behaviour:
        """The part that accounts begin with."""
        return Behaviour(**{name: getattr(self, name) for name in Behaviour.__struct_fields__})


# kubernetes.io, "Service": environment variables; and Docker's older links.
_SERVICE_NAME = re.compile(
    f"{ENVIRONMENT_PREFIX}("
    "([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
    "|([0-9]+_)?(ENV_.*|NAME))"
)
_SERVICE_ADDRESS = re.compile("(tcp|udp|sctp)://")
_WORDS = dict.fromkeys(("true", "yes", "on", "y", "t", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "n", "f", "0"), False
)
# The end of what the parser of TOML says.
_PLACE = re.compile(r"(.+) \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)", re.DOTALL)
_TOML = 'lines like port = 8080 or log = "json"'
# JSON has no numbers as names, but people write {41: 401}, and as in TOML {41 = 401}.
_NUMBER_KEY = re.compile(r"([{,]\s*)([0-9]+)\s*[:=]")
SETTING_HINTS = get_type_hints(Settings, include_extras=True)
"""The type of each setting, by name."""
CONFIDENTIAL = frozenset({"admin_token", "seed"})
"""The settings that hold secrets, which are not repeated."""


class Setting(msgspec.Struct, frozen=True):
    """One setting as it is in force."""

    value: Any
    source: str
    does: str


def setting_docs() -> dict[str, str]:
    """What each setting does, by name."""
    return {name: _purpose(SETTING_HINTS[name]) for name in Settings.__struct_fields__}


def _purpose(hint: Any) -> str:
    return next(str(meta.description) for meta in get_args(hint)[1:] if meta.description)


def load_settings(
    *,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    file: tuple[str, str] | None,
    arguments: Mapping[str, Any] | None = None,
) -> tuple[Settings, dict[str, Setting]]:
    """The settings in force, and for each its value, source and purpose.

    `flags` holds the flags that were given, `environment` the process's variables, `file` a name and the TOML text in
    it, `arguments` those of a call in Python. Raises `SettingsError`.
    """
    layers = [
        (f"{{}} in {file[0] if file else ''}", _from_file(file)),
        (ENVIRONMENT, _from_environment(environment)),
        (FLAG, flags),
        ("argument {}", arguments or {}),
    ]
    merged: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer, found in layers:
        for name, (value, source) in _converted(layer, found).items():
            merged[name], sources[name] = value, source
    settings = Settings(**merged)
    docs = setting_docs()
    return settings, {name: Setting(getattr(settings, name), sources.get(name, "default"), docs[name]) for name in docs}


def _from_file(file: tuple[str, str] | None) -> dict[str, Any]:
    if file is None:
        return {}
    # Imported on first use: most fakes have no file, and must start quickly.
    import tomllib

    name, text = file
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as damage:
        raise SettingsError(_not_toml(name, text, str(damage))) from None


def _not_toml(name: str, text: str, said: str) -> str:
    """Where the text is not TOML, and why. Of the line only the name is repeated: the value may be a secret."""
    lines = text.rstrip().split("\n")
    found = _PLACE.fullmatch(said)
    why, line, column = found.groups() if found else (said, None, None)
    number = min(int(line or len(lines)), len(lines))
    place = f"line {number}" + (f", column {column}" if column else "")
    at = lines[number - 1].partition("=")[0].strip()[:60]
    return f"{name} is not TOML: {place}, at {at!r}: {why[0].lower()}{why[1:]}; expected {_TOML}"


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The variables that are settings; an empty one is as good as none."""
    found = {name: bare(text) for name, text in environment.items() if name.startswith(ENVIRONMENT_PREFIX)}
    return {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): text
        for name, text in found.items()
        if text and not _tells_of_a_service(name, text)
    }


def bare(variable: str) -> str:
    """The text of a variable without the blanks, line ends and the mark that files of Windows put around it."""
    return variable.strip().strip("\ufeff").strip()


def _tells_of_a_service(name: str, text: str) -> bool:
    """Whether a platform has set the variable: Kubernetes and Docker describe a service `flipsnack-mock` by such."""
    return _SERVICE_NAME.fullmatch(name) is not None or _SERVICE_ADDRESS.match(text) is not None


def _converted(layer: str, found: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    converted = {}
    for name, value in found.items():
        source = _source(layer, name)
        if name not in SETTING_HINTS:
            raise _unknown(layer, name)
        try:
            converted[name] = (_value(value, SETTING_HINTS[name], as_text=layer in (ENVIRONMENT, FLAG)), source)
            Settings(**{name: converted[name][0]})
        except (msgspec.MsgspecError, ValueError, RecursionError) as refusal:
            raise _unusable(source, name, value, refusal) from None
    return converted


def _unknown(layer: str, name: str) -> SettingsError:
    # Imported on use: most settings are right.
    from difflib import get_close_matches

    near = get_close_matches(name, SETTING_HINTS, n=1)
    shown = near and _source(layer, near[0]).partition(" in ")[0]
    hint = f"did you mean {shown}?" if near else "`flipsnack-mock settings` lists all of them"
    return SettingsError(f"{_source(layer, name)} is not a setting; {hint}")


def _unusable(source: str, name: str, value: Any, refusal: Exception) -> SettingsError:
    # Imported on use: most settings are right.
    from flipsnack_mock.protocol.expectation import expectation

    return SettingsError(f"{source} is {_shown(name, value)}: {expectation(refusal, SETTING_HINTS[name])}")


def _value(value: Any, hint: Any, *, as_text: bool) -> Any:
    if as_text and isinstance(value, str):
        value.encode()
        value = _WORDS.get(value.lower(), value) if get_args(hint)[0] is bool else value
        if get_origin(get_args(hint)[0]) in (tuple, dict):
            return msgspec.json.decode(_NUMBER_KEY.sub(r'\1"\2":', value), type=hint, strict=False)
    # A variable or a flag is a text; a file has the type it should have, but TOML's keys are texts too.
    return msgspec.convert(value, hint, strict=not as_text, str_keys=True)


def _source(layer: str, name: str) -> str:
    """What a setting is called in a layer, whose form has one place for its name."""
    return layer.format({ENVIRONMENT: name.upper(), FLAG: name.replace("_", "-")}.get(layer, name))


def _shown(name: str, value: Any) -> str:
    if name in CONFIDENTIAL:
        return "not usable"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
