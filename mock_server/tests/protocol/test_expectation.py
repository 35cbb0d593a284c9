"""Every declaration of the control plane says in plain words what it expects: none of msgspec's reach a user."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.protocol.expectation import described, expectation
from flipsnack_mock.state.settings import SETTING_HINTS, Settings, SettingsError, load_settings

LIBRARY = re.compile(
    r"Expected |`| - at |Invalid |Missing |matching regex|of length|malformed|truncated|codec|recursion|out of range"
)
TEXTS = ("-1", "99999999999999999999999", "1.5", "nan", "1e400", "", "no such word\n", "[1]", "x" * 250)
VALUES = (
    "",
    "no such word\n",
    "x" * 250,
    -1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    [1],
    {"no such word": 1},
    None,
    True,
)
RAW = ("1e400", "NaN", '"\\ud800"', '"\xff"', "[" * 5_000)


def declared(kind: inspect.Type, seen: dict[type, inspect.StructType]) -> None:
    """Add the objects that a type has in it to `seen`, by class."""
    inner: list[Any] = []
    if isinstance(kind, inspect.StructType) and kind.cls not in seen:
        seen[kind.cls] = kind
        inner = [field.type for field in kind.fields]
    for name in ("type", "types", "item_type", "item_types", "key_type", "value_type"):
        found = getattr(kind, name, ())
        inner += found if isinstance(found, tuple) else [found]
    for one in inner:
        declared(one, seen)


def objects() -> list[inspect.StructType]:
    shapes = [shape for route in ROUTES for shape in (route.body, route.query) if shape is not None]
    found: dict[type, inspect.StructType] = {}
    for shape in (*shapes, Settings):
        declared(inspect.type_info(shape), found)
    return list(found.values())


def refusals(kind: inspect.StructType, field: inspect.Field) -> Iterator[Exception]:
    tag = {kind.tag_field: kind.tag} if kind.tag_field else {}
    for value, strict in (*((one, True) for one in VALUES), *((one, False) for one in TEXTS)):
        try:
            msgspec.convert(tag | {field.encode_name: value}, kind.cls, strict=strict)
        except msgspec.ValidationError as refusal:
            yield refusal
    for raw in RAW:
        head = "".join(f'"{name}": "{one}", ' for name, one in tag.items())
        try:
            msgspec.json.decode(f'{{{head}"{field.encode_name}": {raw}}}'.encode("latin-1"), type=kind.cls)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refusal:
            yield refusal


@pytest.mark.parametrize("kind", objects(), ids=lambda kind: kind.cls.__name__)
def test_a_bad_value_of_a_declared_field_is_refused_in_plain_words(kind: inspect.StructType) -> None:
    for field in kind.fields:
        assert "another value" not in described(field.type), field.encode_name
        for refusal in refusals(kind, field):
            text = expectation(refusal, kind.cls)
            # What a check of our own says has a cause.
            assert refusal.__cause__ is not None or not LIBRARY.search(text), (field.encode_name, str(refusal), text)
            assert re.search(r"expected |is missing|is not a field|nested too deep|cannot|must|may ", text), text


def refused_settings(name: str, text: str) -> Iterator[str]:
    """What is said of a setting that is `text` as a flag, a variable, a value and a word of a file."""
    layers: tuple[tuple[dict[str, str], dict[str, str], str], ...] = (
        ({name: text}, {}, ""),
        ({}, {f"FLIPSNACK_MOCK_{name.upper()}": text}, ""),
        ({}, {}, f"{name} = {text}"),
        ({}, {}, f"{name} = {text.strip()!r}"),
    )
    for flags, variables, line in layers:
        try:
            load_settings(flags=flags, environment=variables, file=("a.toml", line))
        except SettingsError as refusal:
            yield str(refusal)


@pytest.mark.parametrize("name", SETTING_HINTS)
def test_a_bad_setting_is_refused_in_plain_words_wherever_it_stands(name: str) -> None:
    said = [words for text in TEXTS for words in refused_settings(name, text)]
    # What is not TOML is said in the words of its grammar.
    assert [] == [words for words in said if LIBRARY.search(words) and "is not TOML" not in words]
