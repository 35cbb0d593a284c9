"""The settings of the fake, each with type, default, purpose and the source of its value.

The environment, the file's text and the flags are arguments. A flag beats the environment, which beats the file, which
beats the default; an unknown name or a bad value raises `SettingsError`.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.addresses import HOSTS
from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.state.schedules import GRAMMAR, ScheduleText, check_schedule
from flipsnack_mock.state.seeds import DOCUMENTED_ACCOUNTS, SeedAccount, refuse_twins

ENVIRONMENT_PREFIX = "FLIPSNACK_MOCK_"

MAX_LIMIT = 1_000_000
Limit = Annotated[int, Meta(ge=0, le=MAX_LIMIT)]


def does(purpose: str, **bounds: Any) -> Meta:
    """The purpose of a setting, which the documentation shows, and the bounds of its values."""
    return Meta(description=purpose, **bounds)


class SettingsError(ValueError):
    """A setting that is unknown or has a bad value; the text names it, where it was found and what was expected."""


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings that an account can have of its own: limits, and the readings of what the vendor leaves open."""

    requests_per_second: Annotated[Limit, does("requests a second for one key; 0 is off (code 31)")] = 5
    requests_per_minute: Annotated[Limit, does("requests a minute for one key; 0 is off (code 32)")] = 60
    limit_window: Annotated[
        Literal["sliding", "fixed"], does("whether limits hold for every window or for calendar seconds and minutes")
    ] = "sliding"
    limit_counts_refused: Annotated[bool, does("whether a request that a limit refused counts toward the limits")] = (
        False
    )
    uppercase_signatures: Annotated[bool, does("whether a signature in upper-case hexadecimal is accepted")] = False
    lenient_post: Annotated[
        bool, does("whether a POST may carry a method that uploads no file, as one public client does")
    ] = False
    restart_failed: Annotated[bool, does("whether a call after FAILED starts the package again")] = False
    url_lifetime: Annotated[float, does("seconds that a resource URL serves the package", ge=0, le=86_400)] = 60.0
    default_schedule: Annotated[ScheduleText, does(f"schedule of collections that name none: {GRAMMAR}")] = "after-5s"
    http_statuses: Annotated[
        dict[Annotated[int, Meta(ge=1, le=9999)], Annotated[int, Meta(ge=200, le=599)]],
        does("HTTP status to send for a code of the API instead of 200, as in {41: 401}; in TOML {41 = 401}"),
    ] = {}
    code_messages: Annotated[
        dict[int, str],
        does("message to send for a code of the API instead of the vendor's; the end of the one of 46 is invented"),
    ] = {}
    invented_names: Annotated[
        dict[str, Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_.-]{0,63})?\Z")]],
        does('other names for invented parameters and fields, as in {flipbooks: "items"}; "" drops one'),
    ] = {}
    invalid_hash: Annotated[Literal[43, 46], does("code for a value that cannot be a collection hash")] = 43
    upload_on_api_host: Annotated[Literal[42, 40], does("code for an upload by POST to the vendor's api host")] = 42
    retired_methods: Annotated[
        Literal[501, 42], does("how methods that the vendor retired are refused: HTTP 501 with the reason, or code 42")
    ] = 501
    uploads_per_month: Annotated[
        Limit, does("uploads in a calendar month (UTC) for one key; 0 allows none (code 33)")
    ] = 1_000
    upload_bytes: Annotated[int, does("bytes that an uploaded file may have (code 34)", ge=0, le=500_000_000)] = (
        500_000_000
    )
    upload_pages: Annotated[int, does("pages that an uploaded document may have (code 35)", ge=1, le=1_000)] = 1_000
    conversion_schedule: Annotated[ScheduleText, does("schedule of the conversion of an uploaded document")] = (
        "after-2s"
    )
    update_resets: Annotated[
        bool, does("whether collection.update sets what it is not given to its default instead of keeping it")
    ] = False
    temporary_hash: Annotated[
        Literal["dies", "stays"], does("what becomes of the hash of an editable collection that is published")
    ] = "dies"
    deleted_url: Annotated[
        Literal["lives", "dies"], does("what becomes of a resource URL when its collection is deleted")
    ] = "lives"
    stats_pages: Annotated[
        Literal["asked", "always"], does("when collection.getStats has the statistics of each page")
    ] = "asked"
    list_base: Annotated[Literal[0, 1], does("index of the first collection of collection.getList")] = 0
    list_count: Annotated[
        Literal["matches", "listed"], does("what collectionCount counts: before the range is cut, or after")
    ] = "matches"

    def __post_init__(self) -> None:
        check_schedule("default_schedule", self.default_schedule)
        check_schedule("conversion_schedule", self.conversion_schedule)
        _check_invented_names(self.invented_names)


def _check_invented_names(names: Mapping[str, str]) -> None:
    if not names:
        return
    # Imported on use: `--help` needs no method table.
    from flipsnack_mock.protocol.methods import INVENTED, NAMES

    if unknown := sorted(names.keys() - INVENTED):
        known = ", ".join(sorted(INVENTED))
        raise FieldError("invented_names", f"{unknown[0]!r} is not an invented name; expected one of {known}")
    others = [name for name in names.values() if name]
    if taken := sorted(NAMES.intersection(others)):
        raise FieldError("invented_names", f"{taken[0]!r} is the name of something else; choose another")
    refuse_twins("invented_names", others)


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
            pattern=r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?\Z",
        ),
    ] = ""
    cors_origins: Annotated[
        str,
        does("origins, with commas, whose scripts may read the API's answers in a browser; * for all, empty for none"),
    ] = ""
    replica: Annotated[
        str,
        does("name of this process among several, which each answer says; empty says none", pattern=r"^[!-~]{0,200}\Z"),
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
    state: Annotated[
        str, does("file (SQLite) in which the state outlives the process, and documents beside it; empty is none")
    ] = ""
    spool: Annotated[
        str,
        does(
            "folder below which uploaded documents are kept while the server runs; empty is the system's temporary one"
        ),
    ] = ""
    spool_bytes: Annotated[int, does("bytes that all uploaded documents may have together", ge=0)] = 4_000_000_000
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
    "|ENV_.*|NAME)"
)
_SERVICE_ADDRESS = re.compile("(tcp|udp|sctp)://")
_WORDS = dict.fromkeys(("true", "yes", "on", "y", "t", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "n", "f", "0"), False
)
# JSON has no numbers as names, but people write {41: 401}, and as in TOML {41 = 401}.
_NUMBER_KEY = re.compile(r"([{,]\s*)([0-9]+)\s*[:=]")
_HINTS = get_type_hints(Settings, include_extras=True)
# What holds secrets is not repeated in an error message.
_CONFIDENTIAL = frozenset({"admin_token", "seed"})


class Setting(msgspec.Struct, frozen=True):
    """One setting as it is in force."""

    value: Any
    source: str
    does: str


def setting_docs() -> dict[str, str]:
    """What each setting does, by name."""
    return {name: _purpose(_HINTS[name]) for name in Settings.__struct_fields__}


def _purpose(hint: Any) -> str:
    return next(str(meta.description) for meta in get_args(hint)[1:] if meta.description)


def load_settings(
    *, flags: Mapping[str, Any], environment: Mapping[str, str], file: tuple[str, str] | None
) -> tuple[Settings, dict[str, Setting]]:
    """The settings in force, and for each its value, source and purpose.

    `flags` holds the flags that were given, `environment` the process's variables, `file` a name and the TOML text in
    it. Raises `SettingsError`.
    """
    layers = [
        ("file", _from_file(file)),
        ("environment", _from_environment(environment)),
        ("flag", dict(flags)),
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
    name, text = file
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as damage:
        raise SettingsError(f"{name} is not TOML: {damage}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The variables that are settings; an empty one is as good as none."""
    return {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): text.strip()
        for name, text in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and text.strip() and not _tells_of_a_service(name, text)
    }


def _tells_of_a_service(name: str, text: str) -> bool:
    """Whether a platform has set the variable: Kubernetes and Docker describe a service `flipsnack-mock` by such."""
    return _SERVICE_NAME.fullmatch(name) is not None or _SERVICE_ADDRESS.match(text) is not None


def _converted(layer: str, found: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    converted = {}
    for name, value in found.items():
        source = _source(layer, name)
        if name not in _HINTS:
            raise SettingsError(f"{source} is not a setting; expected one of {', '.join(sorted(_HINTS))}")
        try:
            converted[name] = (_value(value, _HINTS[name], as_text=layer == "environment"), source)
            Settings(**{name: converted[name][0]})
        except (msgspec.MsgspecError, ValueError, RecursionError) as refusal:
            expected = str(refusal).replace("`bool`", "true or false")
            raise SettingsError(f"{source} is {_shown(name, value)}: {expected}") from None
    return converted


def _value(value: Any, hint: Any, *, as_text: bool) -> Any:
    if as_text:
        value.encode()
        value = _WORDS.get(value.lower(), value) if get_args(hint)[0] is bool else value
        if get_origin(get_args(hint)[0]) in (tuple, dict):
            return msgspec.json.decode(_NUMBER_KEY.sub(r'\1"\2":', value), type=hint, strict=False)
    # The environment has only texts; a flag or a file has the type it should have, but TOML's keys are texts too.
    return msgspec.convert(value, hint, strict=not as_text, str_keys=True)


def _source(layer: str, name: str) -> str:
    if layer == "environment":
        return ENVIRONMENT_PREFIX + name.upper()
    return f"--{name.replace('_', '-')}" if layer == "flag" else f"{name} (file)"


def _shown(name: str, value: Any) -> str:
    if name in _CONFIDENTIAL:
        return "not usable"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
