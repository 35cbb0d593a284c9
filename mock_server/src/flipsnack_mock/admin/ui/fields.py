"""The fields of a form for the values of a struct: settings of an account, values of a fault."""

from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

TEXT, LINES, NUMBER, CHOICE = "text", "lines", "number", "choice"

AS_JSON = ":json"
"""The end of the name of a form field whose text is JSON."""


class FormField(msgspec.Struct, frozen=True):
    """One field: its `name` in the form, its label, its present value as text, and what it accepts.

    `kind` is text, lines (of text), number or choice; a number has the bounds `low` and `high` (empty: none), a choice
    has `choices`.
    """

    name: str
    label: str
    value: str
    kind: str = TEXT
    hint: str = ""
    choices: tuple[str, ...] = ()
    low: str = ""
    high: str = ""


def fields_of(values: msgspec.Struct, prefix: str = "", only: tuple[str, ...] = ()) -> list[FormField]:
    """The fields for `values` whose type a form can ask for; `only` selects some of them, in its order.

    `prefix` is the name of the object in the form. A dictionary is JSON in one form field.
    """
    known = {item.name: item for item in _fields(type(values))}
    names = only or tuple(known)
    return [field for name in names for field in _form_fields(known[name], getattr(values, name), prefix)]


@cache
def _fields(shape: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(shape)
    return described.fields if isinstance(described, inspect.StructType) else ()


def _form_fields(field: inspect.Field, value: Any, prefix: str) -> list[FormField]:
    shape, hint = _plain(field.type)
    name = f"{prefix}{field.encode_name}"
    if isinstance(shape, inspect.DictType):
        text = msgspec.json.encode(value).decode()
        return [FormField(name + AS_JSON, f"{field.name} as JSON", text, LINES, hint=hint)]
    if isinstance(shape, inspect.BytesType):
        return []
    return [FormField(name, field.name, _text(value), hint=hint, **_accepted(shape, value))]


def _plain(shape: inspect.Type) -> tuple[inspect.Type, str]:
    """`shape` without None and without its description, and that description."""
    hint = ""
    if isinstance(shape, inspect.Metadata):
        hint = str((shape.extra_json_schema or {}).get("description", ""))
        shape = shape.type
    if isinstance(shape, inspect.UnionType):
        shape = next(one for one in shape.types if not isinstance(one, inspect.NoneType))
    return shape, hint


def _accepted(shape: inspect.Type, value: Any) -> dict[str, Any]:
    if isinstance(shape, inspect.LiteralType):
        return {"kind": CHOICE, "choices": tuple(map(str, shape.values))}
    if isinstance(shape, inspect.BoolType):
        return {"kind": CHOICE, "choices": ("true", "false")}
    if isinstance(shape, inspect.IntType | inspect.FloatType):
        low = shape.ge if shape.ge is not None else shape.gt
        return {"kind": NUMBER, "low": _text(low), "high": _text(shape.le)}
    return {"kind": LINES} if isinstance(value, str) and "\n" in value else {}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.15g}" if isinstance(value, float) else str(value)
    )
