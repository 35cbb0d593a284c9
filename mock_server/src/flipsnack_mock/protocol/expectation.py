"""What was expected in place of a bad value, in plain words: msgspec's errors name the types of Python and of JSON."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from flipsnack_mock.protocol.errors import FieldError

_SHOWN = 80
_PLACE = re.compile(r" - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`\Z")
_STEP = re.compile(r"\.(?P<field>[A-Za-z0-9_]+)|\[[^\]]*\]")
_VALUE = re.compile(r"\A[^'`]* '(?P<value>[^']*)'")
_FIELD = re.compile(r"(?P<what>missing required|contains unknown) field `(?P<name>[^`]*)`")


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


def expectation(refusal: Exception, hint: Any) -> str:
    """What was expected, and where, instead of a value of the type `hint` that msgspec or a `ValueError` refused."""
    if isinstance(refusal, UnicodeError):
        return "expected text in UTF-8"
    if isinstance(refusal, RecursionError):
        return "it is nested too deep"
    if not isinstance(refusal, msgspec.ValidationError):
        return _damage(str(refusal)) if isinstance(refusal, msgspec.DecodeError) else str(refusal)
    words, where = _placed(refusal)
    found = words if isinstance(refusal.__cause__, ValueError) else _expected(words, accepted(refusal, hint))
    return f"{found} (at {where.lstrip('.')})" if where.strip("[.]") else found


def accepted(refusal: msgspec.ValidationError, hint: Any) -> Accepted:
    """What fits where msgspec refused a value of the type `hint`: the names of fields, or values."""
    text = str(refusal)
    place = _PLACE.search(text)
    kind = _inside(_type_of(hint), place["path"] if place else "", of_key=bool(place and place["key"]))
    field = _FIELD.search(text)
    if field is not None and field["what"] == "missing required":
        return Accepted(field["name"], (), "")
    if field is not None:
        names = tuple(dict.fromkeys(name for one in _plain(kind) for name in _fields(one)))
        words = f"{'one of ' * (len(names) > 1)}{', '.join(names)}" if names else "no fields"
        return Accepted(words, names, field["name"][:_SHOWN])
    value = _VALUE.search(text)
    names = tuple(str(name) for one in _plain(kind) for name in _values(one))
    return Accepted(described(kind), names, value["value"][:_SHOWN] if value else "")


_type_of = cache(inspect.type_info)


def place_of(refusal: Exception) -> str:
    """The path to what msgspec or a `FieldError` refused, as `$.when.hash`; `$` is the whole."""
    text = str(refusal)
    path = text.rpartition(" - at ")[2].rpartition(" in ")[2].strip("`") if " - at " in text else "$"
    return f"{path}.{refusal.__cause__.field}" if isinstance(refusal.__cause__, FieldError) else path


def _placed(refusal: msgspec.ValidationError) -> tuple[str, str]:
    """What msgspec says, and the path to where it says it of."""
    text = str(refusal)
    place = _PLACE.search(text)
    return (text[: place.start()], place["path"]) if place else (text, "")


def _damage(text: str) -> str:
    return f"expected JSON; {'it ends too early' if 'truncated' in text else text.removeprefix('JSON is malformed: ')}"


def _expected(words: str, fits: Accepted) -> str:
    field = _FIELD.search(words)
    if field is not None and field["what"] == "missing required":
        return f"{fits.words} is missing"
    if field is not None:
        return f"{fits.found} is not a field; {fits.question or f'expected {fits.words}'}"
    instead = f", not {fits.found!r}" if fits.names and fits.found else ""
    return "; ".join(filter(None, [f"expected {fits.words}{instead}", fits.question]))


def described(kind: inspect.Type) -> str:
    """The values of a type, in words."""
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra or {}).get("expected") or described(kind.type))
    if values := _values(kind):
        return _any_of([one or "nothing" for one in values])
    if isinstance(kind, inspect.UnionType):
        return _of_union(kind)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return f"a {'whole ' * isinstance(kind, inspect.IntType)}number{_bounds(kind)}"
    if isinstance(kind, inspect.StructType):
        return f"an object with {', '.join(_fields(kind))}"
    if isinstance(kind, inspect.TupleType):
        return f"a list of {len(kind.item_types)} values"
    return _WORDS.get(type(kind), "another value") + _lengths(kind)


_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.BytesType: "text in base64",
    inspect.DictType: "an object of names and values",
    inspect.ListType: "a list",
    inspect.StrType: "text",
    inspect.VarTupleType: "a list",
}
_MEASURED: dict[type[inspect.Type], str] = {inspect.StrType: "characters", inspect.BytesType: "bytes"}


def _any_of(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _of_union(kind: inspect.UnionType) -> str:
    """The alternatives; where a field tells objects apart, its values."""
    tagged = [one for one in kind.types if isinstance(one, inspect.StructType) and one.tag_field]
    if tagged:
        return f"an object whose {tagged[0].tag_field} is {_any_of([str(one.tag) for one in tagged])}"
    return " or ".join(dict.fromkeys(described(one) for one in kind.types if not isinstance(one, inspect.NoneType)))


def _values(kind: inspect.Type) -> list[str]:
    """The values of a type that has only a few."""
    if isinstance(kind, inspect.EnumType):
        return [str(one.value) for one in kind.cls]
    return [str(one) for one in kind.values] if isinstance(kind, inspect.LiteralType) else []


def _fields(kind: inspect.Type) -> list[str]:
    """The names of the fields of a type."""
    return [one.encode_name for one in kind.fields] if isinstance(kind, inspect.StructType) else []


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    """The bounds in words. A field with a bound has both, and the lower one may be exclusive."""
    if kind.le is None:
        return ""
    if kind.ge is None:
        return f" above {_shown(kind.gt or 0)}, at most {_shown(kind.le)}"
    return f" from {_shown(kind.ge)} to {_shown(kind.le)}"


def _shown(number: float) -> str:
    return f"{number:,}".removesuffix(".0")


def _lengths(kind: Any) -> str:
    least, most = getattr(kind, "min_length", None) or 0, getattr(kind, "max_length", None)
    what = _MEASURED.get(type(kind), "entries")
    if most is None:
        return f" of {least:,} or more {what}" if least else ""
    return f" of {least:,} to {most:,} {what}" if least else f" of at most {most:,} {what}"


def _inside(kind: inspect.Type, path: str, *, of_key: bool = False) -> inspect.Type:
    """The type at `path` in a value of `kind`; `of_key`: of the names of the object there."""
    for step in _STEP.finditer(path):
        found = [one for inner in _plain(kind) for one in _next(inner, step["field"])]
        tags = tuple(tag for one in found if isinstance(one, inspect.LiteralType) for tag in one.values)
        # The path does not say which of several objects it leads through.
        kind = inspect.LiteralType(tags) if len(tags) == len(found) > 1 else _either(found) if found else kind
    return next((one.key_type for one in _plain(kind) if of_key and isinstance(one, inspect.DictType)), kind)


def _either(kinds: Sequence[inspect.Type]) -> inspect.Type:
    distinct = [one for place, one in enumerate(kinds) if one not in kinds[:place]]
    return distinct[0] if len(distinct) == 1 else inspect.UnionType(tuple(distinct))


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
