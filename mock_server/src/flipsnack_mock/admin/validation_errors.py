"""What is wrong with a body: the field's path and what was expected there, from msgspec's one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from flipsnack_mock.protocol.errors import FieldError

__all__ = ["Damage", "explain"]


class Damage(NamedTuple):
    """Where a body is wrong (`path`, as in `$.seconds`) and what was `expected` there."""

    path: str
    expected: str


_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_TAG = re.compile(r"Invalid value .+", re.DOTALL)
_ENUM = re.compile(r"Invalid enum value .+", re.DOTALL)
_TYPE = re.compile(r"Expected (.+?)(?:, got .+)?", re.DOTALL)
_NO_JSON = re.compile(r"JSON is malformed.*|Input data was truncated|Invalid UTF-8 bytes.*", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(?:\d+|\.\.\.)\]")


def explain(refusal: Exception, shape: Any, raw: bytes = b"") -> Damage:
    """What msgspec's `refusal` says about a body, `raw`, that should have been a `shape`."""
    text, _, where = str(refusal).partition(" - at ")
    path = where.rpartition(" in ")[2].strip("`") or "$"
    if isinstance(refusal.__cause__, FieldError):
        return Damage(f"{path}.{refusal.__cause__.field}", text.partition("; expected ")[2] or text)
    if match := _MISSING.fullmatch(text):
        return Damage(f"{path}.{match[1]}", "a value: the field is required")
    if match := _UNKNOWN.fullmatch(text):
        names = ", ".join(_field_names(shape, path, raw)) or "(it has none)"
        return Damage(f"{path}.{match[1]}", f"one of the fields {names}")
    if _TAG.fullmatch(text) and (tags := _tags(shape, path.rpartition(".")[0])):
        return Damage(path, f"one of {', '.join(tags)}")
    if _ENUM.fullmatch(text):
        return Damage(path, f"one of {', '.join(_words(shape, path))}")
    return Damage(path, _plainly(text))


def _plainly(text: str) -> str:
    if match := _TYPE.fullmatch(text):
        return match[1]
    if text == "Invalid RFC3339 encoded datetime":
        return "a date and time with an offset, as in 2026-11-23T10:00:00Z"
    return "JSON in UTF-8" if _NO_JSON.fullmatch(text) else text


def _field_names(shape: Any, path: str, raw: bytes) -> list[str]:
    kinds = [kind for kind in _kinds_at(shape, path) if isinstance(kind, inspect.StructType)]
    if len(kinds) > 1:
        # Of a union, only the kind that the body names: its fields are what can be mended.
        value = _value_at(raw, path)
        kinds = [kind for kind in kinds if kind.tag_field and value.get(kind.tag_field) == kind.tag]
    return [field.encode_name for kind in kinds for field in kind.fields]


def _tags(shape: Any, path: str) -> list[str]:
    """The names of the kinds among which the value at `path` chooses."""
    return [str(kind.tag) for kind in _kinds_at(shape, path) if isinstance(kind, inspect.StructType) and kind.tag]


def _value_at(raw: bytes, path: str) -> dict[str, Any]:
    value = msgspec.json.decode(raw)
    for name in _STEP.findall(path):
        value = value[name]
    return dict(value)


def _words(shape: Any, path: str) -> list[str]:
    words: list[str] = []
    for kind in _kinds_at(shape, path):
        if isinstance(kind, inspect.EnumType):
            words += [str(member.value) for member in kind.cls]
        elif isinstance(kind, inspect.LiteralType):
            words += [str(value) for value in kind.values]
    return words


def _kinds_at(shape: Any, path: str) -> list[inspect.Type]:
    """The types that the value at `path` may have."""
    kinds = list(_alternatives(inspect.type_info(shape)))
    for name in _STEP.findall(path):
        kinds = [inner for kind in kinds for inner in _inside(kind, name)]
    return kinds


def _inside(kind: inspect.Type, name: str) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if field.encode_name == name:
                yield from _alternatives(field.type)
    elif isinstance(kind, (inspect.VarTupleType, inspect.ListType)):
        yield from _alternatives(kind.item_type)
    elif isinstance(kind, inspect.DictType):
        yield from _alternatives(kind.value_type)


def _alternatives(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        yield from _alternatives(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _alternatives(one)
    else:
        yield kind
