"""The methods of the API as data, read from `methods.toml`: a generated copy of the contract kit's."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Literal

import msgspec

__all__ = ["METHODS", "Field", "Method", "MethodCode", "Parameter", "UNBUILT"]

Certainty = Literal["documented", "observed", "assumed", "invented"]
ValueType = Literal["string", "number", "boolean", "file"]


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter of a method, beside those that every method has; `allowed` empty means any value of the type."""

    name: str
    type: ValueType
    required: bool
    signed: bool
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    default: str | None = None


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the answer's `data`; `present` is "always", or says when the field is there."""

    name: str
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
    host: Literal["api", "upload"]
    verb: Literal["GET", "POST"]
    idempotent: bool
    certainty: Certainty = msgspec.field(name="class")
    source: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    fields: tuple[Field, ...] = ()
    codes: tuple[MethodCode, ...] = ()


def _table() -> dict[str, Any]:
    return tomllib.loads(files("flipsnack_mock.protocol").joinpath("methods.toml").read_text("utf-8"))


_TABLE = _table()

METHODS = {method.name: method for method in msgspec.convert(_TABLE["method"], tuple[Method, ...])}
"""The methods that the fake answers, by name."""

UNBUILT = frozenset[str](_TABLE["unbuilt"]["names"])
"""Methods that v1 has or had and that the fake does not imitate yet."""
