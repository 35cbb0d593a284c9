"""The methods of the API as data, read from `methods.json`: generated from the contract kit's `methods.toml`."""

import datetime
import re
from pkgutil import get_data
from typing import Literal, get_args

import msgspec

Certainty = Literal["documented", "observed", "assumed", "invented"]
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
"""The classes, from documented to invented."""

ValueType = Literal["string", "number", "boolean", "date", "url", "file"]
Argument = str | int | bool | datetime.date

# How numbers and booleans are written is assumed: the vendor's pages name only the types, and `true`.
_TYPES: dict[ValueType, re.Pattern[str]] = {
    "number": re.compile(r"-?[0-9]{1,15}"),
    "boolean": re.compile("true|false|1|0", re.IGNORECASE | re.ASCII),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "url": re.compile(r"https?://[^\s/?#]+([/?#]\S*)?", re.IGNORECASE),
    # A file is a part of its own in the body, never a text.
    "file": re.compile(""),
}
_WORDS: dict[ValueType, str] = {
    "number": "a whole number",
    "boolean": "true or false",
    "date": "a date, YYYY-MM-DD",
    "url": "a URL with http or https",
    "file": "a part of the multipart body with a file name",
}


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter of a method, beside those that every method has; `allowed` empty means any value of the type."""

    name: str
    does: str
    type: ValueType
    required: bool
    signed: bool
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    default: str | None = None
    examples: tuple[str, ...] = ()

    minimum: int | None = None

    def argument(self, text: str) -> Argument | None:
        """The value that `text` writes, or None when it is not of the type or not among the allowed values."""
        if self.allowed:
            return text if text in self.allowed else None
        if self.type == "string":
            return text
        if _TYPES[self.type].fullmatch(text) is None:
            return None
        return self._number(text) if self.type == "number" else _parsed(self.type, text)

    def _number(self, text: str) -> int | None:
        return None if self.minimum is not None and int(text) < self.minimum else int(text)

    @property
    def expected(self) -> str:
        """What `argument` expects, in words."""
        if self.allowed:
            return f"one of {', '.join(self.allowed)}"
        least = "" if self.minimum is None else f" from {self.minimum} on"
        return _WORDS.get(self.type, "a text") + least


def _parsed(kind: ValueType, text: str) -> Argument | None:
    if kind == "boolean":
        return text.lower() in ("true", "1")
    if kind == "date":
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return None
    return text


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the answer's `data` or of an object in it.

    `present` is "always", or says when the field is there; `items` names the object that the elements of a list are.
    """

    name: str
    does: str
    type: Literal["string", "number", "boolean", "list", "object"]
    present: str
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    items: str | None = None


class AnswerObject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object that answers hold: as their data, or as an element of a list."""

    name: str
    does: str
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    fields: tuple[Field, ...]


class MethodCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that the method can answer beside those that every method can."""

    code: int
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One method: `name` is the value of the parameter `action`, `host` the vendor's host that serves it.

    `fields` are those of the answer's `data`, also where the table says `returns` and names an object.
    """

    name: str
    does: str
    host: Literal["api", "upload"]
    verb: Literal["GET", "POST"]
    idempotent: bool
    read_only: bool
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    returns: str | None = None
    parameters: tuple[Parameter, ...] = ()
    fields: tuple[Field, ...] = ()
    codes: tuple[MethodCode, ...] = ()


class UnbuiltMethod(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method that v1 has or had and that the fake does not imitate: `why`, and whether the vendor `retired` it."""

    name: str
    host: Literal["api", "upload"]
    verb: Literal["GET", "POST"]
    retired: bool
    why: str
    source: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True):
    object: tuple[AnswerObject, ...]
    method: tuple[Method, ...]
    unbuilt: tuple[UnbuiltMethod, ...]


# JSON, because it is read at each start, and TOML takes twenty times as long.
# `importlib.resources` takes ten times as long to import.
_TABLE = msgspec.json.decode(get_data(__package__, "methods.json") or b"", type=_Table)

OBJECTS = {one.name: one for one in _TABLE.object}
"""The objects that answers hold, by name."""

METHODS = {
    one.name: one if one.returns is None else msgspec.structs.replace(one, fields=OBJECTS[one.returns].fields)
    for one in _TABLE.method
}
"""The methods that the fake answers, by name."""

UNBUILT = {one.name: one for one in _TABLE.unbuilt}
"""The methods that it does not imitate, by name."""

PACKAGE_METHOD = next(
    method.name for method in METHODS.values() if "resourceUrl" in [field.name for field in method.fields]
)
"""The method that a package is asked for with: its answer holds the resource URL."""

COMMON = frozenset({"apiKey", "action", "signature", "format", "callback"})
"""The names of the parameters that every method has."""

COMMON_CODES = (20, 22, 30, 31, 32, 40, 41, 42, 44)
"""The codes that every method can answer."""

UPLOADS = frozenset(one.name for table in (METHODS, UNBUILT) for one in table.values() if one.verb == "POST")
"""The methods, built or not, that upload a file."""

_NAMED: tuple[Parameter | Field, ...] = (
    *(parameter for method in METHODS.values() for parameter in method.parameters),
    *(field for method in METHODS.values() for field in method.fields),
    *(field for one in OBJECTS.values() for field in one.fields),
)

NAMES = frozenset(one.name for one in _NAMED)
"""The names of all parameters and fields."""

INVENTED = frozenset(one.name for one in _NAMED if one.certainty == "invented")
"""Those that no source documents: the setting `invented_names` renames or drops them."""
