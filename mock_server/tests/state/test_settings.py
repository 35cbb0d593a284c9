import json
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest

from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.settings import Setting, Settings, SettingsError, load_settings, setting_docs

PREFIX = "FLIPSNACK_MOCK_"
PLACES = ("file", "environment", "flag", "argument")
HINTS = get_type_hints(Settings, include_extras=True)
NAMES = list(setting_docs())
SEED = [{"key": "K", "secret": "S", "collections": [{"hash": "h", "title": "T", "schedule": "failed"}]}]
# Three values for the three places that a setting can come from, where the type alone does not say which are good.
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "default_schedule": ("never", "manual", "immediate"),
    "conversion_schedule": ("never", "manual", "failed"),
    "upload_bytes": (1, 2, 3),
    "upload_pages": (1, 2, 3),
    "base_url": ("http://a.test", "https://b.test:1", "http://c.test"),
    "cors_origins": ("http://a.test", "null, https://b.test:1/", "*"),
    "http_statuses": ({"41": 401}, {"43": 403}, {"44": 400}),
    "code_messages": ({"46": "Invalid"}, {"46": "Not a hash"}, {"40": "Bad"}),
    "invented_names": ({"flipbooks": "items"}, {"to": "until", "flipbookStatus": ""}, {}),
    "seed": ([{"key": "A", "secret": "S"}], SEED, []),
}


def values(name: str) -> tuple[Any, Any, Any]:
    """A value of a setting for the file, one for the environment, and one for the flag or the argument."""
    if name in VALUES:
        return VALUES[name]
    kind = get_args(HINTS[name])[0]
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return (choices[-1], choices[0], choices[1])
    default = getattr(Settings(), name)
    if isinstance(default, bool):
        return (not default, default, not default)
    if isinstance(default, int):
        return (default + 1, default + 2, default + 3)
    return (1.5, 2.5, 3.5) if isinstance(default, float) else ("one", "two", "three")


def as_toml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"{name} = {{{', '.join(as_toml(key, one) for key, one in value.items())}}}"
    if isinstance(value, list):
        tables = ", ".join(f"{{{', '.join(as_toml(key, text) for key, text in item.items())}}}" for item in value)
        return f"{name} = [{tables}]"
    return f"{name} = {json.dumps(value)}"


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def given_in(place: str, name: str, value: Any) -> dict[str, Any]:
    """The arguments of `load` that give the setting in this place."""
    if place in ("flag", "argument"):
        return {f"{place}s": {name: value}}
    if place == "environment":
        return {"environment": {PREFIX + name.upper(): as_text(value)}}
    return {"file": ("fake.toml", as_toml(name, value))}


def load(**layers: Any) -> tuple[Settings, dict[str, Setting]]:
    return load_settings(**{"flags": {}, "environment": {}, "file": None} | layers)


def source_of(place: str, name: str) -> str:
    option, variable = f"--{name.replace('_', '-')}", PREFIX + name.upper()
    in_file, argument = f"{name} in fake.toml", f"argument {name}"
    return {"flag": option, "environment": variable, "file": in_file, "argument": argument}[place]


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_can_be_given_in_each_place(name: str) -> None:
    for place, value in zip(PLACES, (*values(name), values(name)[-1]), strict=True):
        settings, sources = load(**given_in(place, name, value))
        assert msgspec.convert({name: value}, Settings, str_keys=True) == settings
        assert source_of(place, name) == sources[name].source


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default() -> None:
    layers: dict[str, Any] = {}
    for place, port in ((None, 3547), ("file", 1), ("environment", 2), ("flag", 3)):
        layers |= given_in(place, "port", port) if place else {}
        settings, sources = load(**layers)
        assert (port, source_of(place, "port") if place else "default") == (settings.port, sources["port"].source)


def test_every_setting_says_what_it_does() -> None:
    assert all(len(does) > 10 and "\n" not in does for does in setting_docs().values())


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_name_is_refused_with_the_nearest(place: str) -> None:
    nearest = source_of(place, "port").removesuffix(" in fake.toml")
    for name, hint in (("prot", f"did you mean {nearest}?"), ("zzz", "`flipsnack-mock settings` lists all of them")):
        with pytest.raises(SettingsError) as caught:
            load(**given_in(place, name, 1))
        assert f"{source_of(place, name)} is not a setting; {hint}" == str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("port", 70_000, "expected a whole number from 0 to 65,535"),
        ("port", -1, "expected a whole number from 0 to 65,535"),
        ("port", "http", "expected a whole number"),
        ("admin", "offf", "expected true or false"),
        ("log", "loud", "expected json, off or pretty"),
        ("log", "9" * 5_000, f"off or pretty, not '{'9' * 80}'"),
        ("state", "a\0b", "expected a path without the character NUL"),
        ("spool", "a\0b", "expected a path without the character NUL"),
        ("base_url", "api.flipsnack.com", "expected the beginning of a URL, as http://"),
        ("base_url", "http://a.test/v1?x=1", "expected the beginning of a URL, as http://"),
        ("base_url", "http://[::1", "expected the beginning of a URL, as http://"),
        ("base_url", "http://me:pass@a.test", "expected the beginning of a URL, as http://"),
        ("base_url", "http://a.test\nb", "expected the beginning of a URL, as http://"),
        ("cors_origins", "localhost:3000", "expected origins with commas, as http://localhost:3000, or *"),
        ("cors_origins", "http://a.test/page", "expected origins with commas"),
        ("url_lifetime", -0.5, "expected a number from 0 to 86,400"),
        ("default_schedule", "soon", "'soon' is not a schedule; expected immediate"),
        ("http_statuses", {"41": 99}, "expected a whole number from 200 to 599"),
        ("requests_per_second", 1.5, "expected a whole number from 0 to 1,000,000"),
        ("max_accounts", 0, "expected a whole number from 1 to 10,000,000"),
        ("conversion_schedule", "soon", "'soon' is not a schedule"),
        ("invented_names", {"title": "name"}, "'title' is not an invented name; expected one of collectionThumbnail, "),
        ("invented_names", {"to": "from"}, "'from' is the name of something else"),
        ("invented_names", {"to": "until", "flipbooks": "until"}, "'until' is there more than once"),
        ("invented_names", {"to": "a b"}, "expected a name of letters, digits"),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_a_bad_value_is_refused_with_its_name_and_what_was_expected(
    place: str, name: str, value: Any, why: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**given_in(place, name, value))
    assert why in str(caught.value)
    assert str(caught.value).startswith(source_of(place, name))


HUSH = {"key": "K", "secret": "hush"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([{"key": "K"}], "secret is missing (at [0])"),
        ([HUSH | {"secrets": "x"}], "secrets is not a field; did you mean secret? (at [0])"),
        ([HUSH | {"x": 1}], "x is not a field; expected one of key, secret, collections, uploads (at [0])"),
        ([HUSH | {"key": ""}], "expected up to 200 visible ASCII characters without a slash (at [0].key)"),
        ([HUSH | {"key": "a/b"}], "without a slash"),
        ([HUSH | {"key": "a\n"}], "without a slash"),
        ([HUSH | {"secret": ""}], "expected text of 1 to 207 characters (at [0].secret)"),
        ([HUSH, {"key": "K", "secret": "other"}], "'K' is there more than once"),
        ([HUSH | {"collections": [{"hash": "h"}, {"hash": "h"}]}], "'h' is there more than once"),
        ([HUSH | {"collections": [{"hash": "a b"}]}], "dots (at [0].collections[0].hash)"),
        ([HUSH | {"collections": [{"hash": "h", "schedule": "soon"}]}], "'soon' is not a schedule"),
        ([HUSH | {"collections": [{"hash": "h", "pages": 0}]}], "expected a whole number from 1 to 1,000"),
        ([HUSH | {"collections": [{"hash": "h", "package_bytes": 500_000_001}]}], "from 0 to 500,000,000"),
        ([HUSH | {"collections": [{"hash": "h", "status": "secret"}]}], "expected editable, public or unlisted"),
        ([HUSH | {"collections": [{"hash": "h", "title": 1}]}], "expected text (at [0].collections[0].title)"),
        ([HUSH | {"collections": [{"hash": "h", "statistics": [{"date": "soon"}]}]}], "expected a date as in 2026-11"),
        ([HUSH | {"collections": {}}], "expected a list of at most 10,000 entries (at [0].collections)"),
        ([HUSH | {"uploads": {"soon": 1}}], "expected a month as in 2026-11 (at [0].uploads)"),
        ([HUSH | {"uploads": 1}], "expected an object of names and values"),
        ([1], "expected an object with key, secret, collections, uploads"),
        ("K", "expected a list"),
    ],
)
def test_a_bad_seed_is_refused_in_plain_words_without_repeating_its_secrets(value: Any, why: str) -> None:
    with pytest.raises(SettingsError, match="FLIPSNACK_MOCK_SEED is not usable: ") as caught:
        load(environment={"FLIPSNACK_MOCK_SEED": json.dumps(value)})
    assert why in str(caught.value)
    assert "hush" not in str(caught.value)


def test_text_that_is_no_json_or_toml_is_refused() -> None:
    with pytest.raises(SettingsError, match="FLIPSNACK_MOCK_SEED is not usable: expected JSON; it ends too early"):
        load(environment={"FLIPSNACK_MOCK_SEED": "[{"})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("port = ", "line 1, at 'port': invalid value"),
        ("port = 1\nadmin_token = hush\n", "line 2, column 15, at 'admin_token': invalid value"),
        ("seed = [\n\n", "line 1, at 'seed': invalid value"),
        ("log: json\n", "line 1, column 4, at 'log: json': expected '='"),
    ],
)
def test_text_that_is_no_toml_is_refused_with_its_place_and_without_its_value(text: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(file=("fake.toml", text))
    assert "fake.toml is not TOML: " + why in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("expected", "texts"),
    [(True, ["true", "True", "1", "yes", "ON", "y", "t", "1\r"]), (False, ["false", "0", "No", "off", " n", "F"])],
)
def test_a_variable_says_yes_and_no_in_the_usual_words(expected: bool, texts: list[str]) -> None:
    for text in texts:
        assert expected is load(environment={"FLIPSNACK_MOCK_LENIENT_POST": text})[0].lenient_post


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PATH", "/bin"),
        ("FLIPSNACK_API_KEY", "x"),
        ("flipsnack_mock_port", "x"),
        *(
            (f"{PREFIX}{name.upper()}", blank)
            for name in ("port", "host", "tls", "seed", "log")
            for blank in ("", " \r")
        ),
        *((f"FLIPSNACK_MOCK_{part}PORT", "tcp://10.0.0.7:3547") for part in ("", "ADMIN_")),
        ("FLIPSNACK_MOCK_SERVICE_HOST", "10.0.0.7"),
        ("FLIPSNACK_MOCK_SERVICE_PORT", "3547"),
        ("FLIPSNACK_MOCK_SERVICE_PORT_HTTP", "3547"),
        ("FLIPSNACK_MOCK_PORT_3547_TCP", "tcp://10.0.0.7:3547"),
        ("FLIPSNACK_MOCK_PORT_3547_TCP_ADDR", "10.0.0.7"),
        ("FLIPSNACK_MOCK_2_PORT_53_UDP_PROTO", "udp"),
        ("FLIPSNACK_MOCK_NAME", "/web/flipsnack-mock"),
        ("FLIPSNACK_MOCK_ENV_PATH", "/bin"),
        ("FLIPSNACK_MOCK_1_NAME", "/web/flipsnack_mock_1"),
        ("FLIPSNACK_MOCK_1_ENV_PATH", "/bin"),
    ],
)
def test_foreign_and_empty_variables_are_none_of_ours(name: str, text: str) -> None:
    """Kubernetes and Docker describe a service `flipsnack-mock` in the environment of its neighbours."""
    assert Settings() == load(environment={name: text})[0]


def test_a_settings_file_may_begin_with_a_mark_and_end_lines_as_on_windows() -> None:
    assert 1234 == load(file=("fake.toml", "\ufeffport = 1234\r\nlog = 'off'\r\n"))[0].port


@pytest.mark.parametrize("text", ["\ufeff1234", " \ufeff1234\r\n", "1234\ufeff", "\u00a01234\t"])
def test_a_variable_may_have_what_a_file_of_windows_has_around_it(text: str) -> None:
    assert 1234 == load(environment={"FLIPSNACK_MOCK_PORT": text})[0].port
    assert Settings() == load(environment={"FLIPSNACK_MOCK_PORT": "\ufeff\r"})[0]


@pytest.mark.parametrize("text", ["{41: 401}", '{"41": 401}', "{41 = 401}", "{ 41 : 401 }"])
def test_statuses_can_be_given_as_people_write_them(text: str) -> None:
    assert {41: 401} == load(environment={"FLIPSNACK_MOCK_HTTP_STATUSES": text})[0].http_statuses


def test_a_text_that_no_encoding_has_is_refused() -> None:
    with pytest.raises(SettingsError, match="FLIPSNACK_MOCK_ADMIN_TOKEN is not usable"):
        load(environment={"FLIPSNACK_MOCK_ADMIN_TOKEN": "\udcff"})


def test_accounts_begin_with_the_behaviours_in_force() -> None:
    settings, _ = load(flags={"requests_per_second": 7, "lenient_post": True})
    assert Behaviour(requests_per_second=7, lenient_post=True) == settings.behaviour()


def test_the_defaults_are_the_documented_ones() -> None:
    settings = Settings()
    assert (5, 60, 60.0) == (settings.requests_per_second, settings.requests_per_minute, settings.url_lifetime)
    assert ("127.0.0.1", 3547) == (settings.host, settings.port)
