"""What was expected in place of a bad value, in plain words: msgspec's errors name the types of Python and of JSON."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from flipsnack_mock.protocol.errors import FieldError

_PLACE = re.compile(r" - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`\Z")
_STEP = re.compile(r"\.(?P<field>[A-Za-z0-9_]+)|\[[^\]]*\]")
_VALUE = re.compile(r"\A[^'`]* '(?P<value>[^']*)'")
_FIELD = re.compile(r"(?P<what>missing required|contains unknown) field `(?P<name>[^`]*)`")


def expectation(refusal: Exception, hint: Any) -> str:
    """What was expected, and where, instead of a value of the type `hint` that msgspec or a `ValueError` refused."""
    text = str(refusal)
    if isinstance(refusal, msgspec.DecodeError) and not isinstance(refusal, msgspec.ValidationError):
        return f"expected JSON; {'it ends too early' if 'truncated' in text else text}"
    place = _PLACE.search(text)
    words, where = text[: place.start()] if place else text, place["path"] if place else ""
    if not isinstance(refusal, msgspec.ValidationError) or isinstance(refusal.__cause__, FieldError):
        found = words
    elif (field := _FIELD.search(words)) is not None:
        found = _of_field(field["what"], field["name"], inspect.type_info(hint), where)
    else:
        found = f"expected {described(_inside(inspect.type_info(hint), where, of_key=bool(place and place['key'])))}"
    return f"{found} (at {where.lstrip('.')})" if where.strip("[.]") else found


class Accepted(NamedTuple):
    """What fits where a value was refused: in `words`, and by name if only these fit. `found` is what was there."""

    words: str
    names: tuple[str, ...]
    found: str

    @property
    def question(self) -> str:
        """A question for the name that `found` resembles; empty if it resembles none."""
        near = get_close_matches(self.found, self.names, n=1, cutoff=0.6)
        return f"did you mean {near[0]}?" if near else ""


def accepted(refusal: msgspec.ValidationError, hint: Any) -> Accepted:
    """What fits where msgspec refused a value of the type `hint`: the names of fields, or values."""
    text = str(refusal)
    place = _PLACE.search(text)
    kind = _inside(inspect.type_info(hint), place["path"] if place else "", of_key=bool(place and place["key"]))
    field = _FIELD.search(text)
    if field is not None and field["what"] == "missing required":
        return Accepted(field["name"], (), "")
    if field is not None:
        names = tuple(dict.fromkeys(name for one in _plain(kind) for name in _fields(one)))
        return Accepted(f"one of {', '.join(names)}" if names else "no fields", names, field["name"])
    value = _VALUE.search(text)
    names = tuple(str(name) for one in _plain(kind) for name in _values(one))
    return Accepted(described(kind), names, value["value"] if value else "")


def nearest(name: str, names: Collection[str]) -> str:
    """A question for the one of `names` that `name` resembles, else all of them."""
    near = get_close_matches(name, names, n=1, cutoff=0.7)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(sorted(names))}"


def described(kind: inspect.Type) -> str:
    """The values of a type, in words."""
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra or {}).get("expected") or described(kind.type))
    if values := _values(kind):
        return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
    if isinstance(kind, inspect.UnionType):
        return " or ".join(described(one) for one in kind.types if not isinstance(one, inspect.NoneType))
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return f"a {'whole ' * isinstance(kind, inspect.IntType)}number{_bounds(kind.ge, kind.le)}"
    if isinstance(kind, inspect.StructType):
        return f"an object with {', '.join(one.encode_name for one in kind.fields)}"
    if isinstance(kind, inspect.StrType):
        return f"text{_lengths(kind)}"
    return _WORDS.get(type(kind), "another value")


_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.DateTimeType: "an instant as in 2026-11-28T09:30:00Z",
    inspect.DateType: "a date as in 2026-11-28",
    inspect.DictType: "an object of names and values",
    inspect.ListType: "a list",
    inspect.VarTupleType: "a list",
}


def _values(kind: inspect.Type) -> list[str]:
    """The values of a type that has only a few."""
    if isinstance(kind, inspect.EnumType):
        return [str(one.value) for one in kind.cls]
    return [str(one) for one in kind.values] if isinstance(kind, inspect.LiteralType) else []


def _fields(kind: inspect.Type) -> list[str]:
    """The names of the fields of a type."""
    return [one.encode_name for one in kind.fields] if isinstance(kind, inspect.StructType) else []


def _bounds(least: float | None, most: float | None) -> str:
    if least is None:
        return ""
    return f" of {least:,} or more" if most is None else f" from {least:,} to {most:,}"


def _lengths(kind: inspect.StrType) -> str:
    return f" of {kind.min_length or 0} to {kind.max_length} characters" if kind.max_length else ""


def _of_field(what: str, name: str, kind: inspect.Type, where: str) -> str:
    if what == "missing required":
        return f"{name} is missing"
    return f"{name} is not a field; {nearest(name, _fields(_inside(kind, where)))}"


def _inside(kind: inspect.Type, path: str, *, of_key: bool = False) -> inspect.Type:
    """The type at `path` in a value of `kind`; `of_key`: of the names of the object there."""
    for step in _STEP.finditer(path):
        found = [one for inner in _plain(kind) for one in _next(inner, step["field"])]
        tags = tuple(tag for one in found if isinstance(one, inspect.LiteralType) for tag in one.values)
        kind = inspect.LiteralType(tags) if len(tags) == len(found) > 1 else next(iter(found), kind)
    return next((one.key_type for one in _plain(kind) if of_key and isinstance(one, inspect.DictType)), kind)


def _next(kind: inspect.Type, field: str | None) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.StructType):
        yield from (one.type for one in kind.fields if one.encode_name == field)
        if kind.tag_field is not None and kind.tag_field == field:
            yield inspect.LiteralType((kind.tag,))
    elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
        yield kind.item_type
    elif isinstance(kind, inspect.DictType):
        yield kind.value_type


def _plain(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The alternatives that a type is, without their metadata."""
    if isinstance(kind, inspect.Metadata):
        yield from _plain(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _plain(one)
    else:
        yield kind
