"""The methods of the API as data, read from `methods.toml`: a generated copy of the contract kit's."""

import re
import tomllib
from importlib.resources import files
from typing import Any, Literal

import msgspec

Certainty = Literal["documented", "observed", "assumed", "invented"]
ValueType = Literal["string", "number", "boolean", "file"]

# How numbers and booleans are written is assumed: the vendor's pages name only the types, and `true`.
_TYPES: dict[ValueType, re.Pattern[str]] = {
    "number": re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"),
    "boolean": re.compile("true|false|1|0", re.IGNORECASE | re.ASCII),
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

    def accepts(self, value: str) -> bool:
        """Whether `value`, which is not empty, is of the type and among the allowed values."""
        if self.allowed:
            return value in self.allowed
        pattern = _TYPES.get(self.type)
        return pattern is None or pattern.fullmatch(value) is not None

    @property
    def expected(self) -> str:
        """What `accepts` expects, in words."""
        return f"one of {', '.join(self.allowed)}" if self.allowed else f"a {self.type}"


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the answer's `data`; `present` is "always", or says when the field is there."""

    name: str
    does: str
    type: Literal["string", "number", "boolean", "list", "object"]
    present: str
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    allowed: tuple[str, ...] = ()


class MethodCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that the method can answer beside those that every method can."""

    code: int
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]


class Method(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One method: `name` is the value of the parameter `action`, `host` the vendor's host that serves it."""

    name: str
    does: str
    host: Literal["api", "upload"]
    verb: Literal["GET", "POST"]
    idempotent: bool
    read_only: bool
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    fields: tuple[Field, ...] = ()
    codes: tuple[MethodCode, ...] = ()


_TABLE: dict[str, Any] = tomllib.loads(files(__package__).joinpath("methods.toml").read_text("utf-8"))

METHODS = {method.name: method for method in msgspec.convert(_TABLE["method"], tuple[Method, ...])}
"""The methods that the fake answers, by name."""

PACKAGE_METHOD = next(
    method.name for method in METHODS.values() if "resourceUrl" in [field.name for field in method.fields]
)
"""The method that a package is asked for with: its answer holds the resource URL."""

UNBUILT = frozenset[str](_TABLE["unbuilt"]["names"])
"""Methods that v1 has or had and that the fake does not imitate yet."""

UPLOADS = frozenset[str](_TABLE["unbuilt"]["uploads"]) | {name for name, one in METHODS.items() if one.verb == "POST"}
"""The methods, built or not, that upload a file."""
