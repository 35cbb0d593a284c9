"""The methods of the API as data, from `spec/methods.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Field", "Method", "Parameter", "UnknownMethod", "method", "methods", "parse_methods", "unbuilt"]


class UnknownMethod(LookupError):
    """A name that the table of methods does not have."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method; `type` is string, number, boolean or file."""

    name: str
    type: str
    required: bool = False
    signed: bool = True
    default: str | None = None
    allowed: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """A value that is right for the type."""
        return self.default or next(iter(self.allowed), "text" if self.type == "string" else "1")

    @property
    def wrong_values(self) -> tuple[str, ...]:
        """Values that are not of the type, or not among the allowed ones; none for a string that may be anything."""
        if self.allowed:
            return ("none-of-these", self.allowed[0] + "x")
        return {"number": ("x", "1x", "0x1"), "boolean": ("maybe", "2")}.get(self.type, ())


@dataclass(frozen=True)
class Field:
    """One field of an answer's `data`; `present` says when it is there."""

    name: str
    type: str
    present: str = "always"
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """One method of the API: `name` is the value of `action`, `host` is api or upload.

    `idempotent`: a client may repeat it. `read_only`: it changes nothing, so it may be called at the real API.
    """

    name: str
    host: str
    verb: str
    idempotent: bool
    read_only: bool
    parameters: tuple[Parameter, ...] = ()
    fields: tuple[Field, ...] = ()
    codes: frozenset[int] = field(default_factory=frozenset)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of all parameters that every call must have, the method's own last."""
        return ("apiKey", "signature", "action", *(one.name for one in self.parameters if one.required))

    @property
    def other_verb(self) -> str:
        """The verb of the API that this method is not called by."""
        return "GET" if self.verb == "POST" else "POST"

    def takes(self, name: str) -> bool:
        """Whether a parameter of that name belongs to the method."""
        return any(one.name == name for one in self.parameters)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<{self.name}>"


def methods() -> tuple[Method, ...]:
    """Every method of `spec/methods.toml`, in the file's order."""
    return parse_methods(_text())


def method(name: str) -> Method:
    """The method with that name; raises `UnknownMethod`."""
    found = next((one for one in methods() if one.name == name), None)
    if found is None:
        raise UnknownMethod(f"{name!r} is not in spec/methods.toml; it has {', '.join(map(str, methods()))}")
    return found


def unbuilt() -> tuple[str, ...]:
    """The names of methods that the API has and this kit does not check yet."""
    return tuple(tomllib.loads(_text())["unbuilt"]["names"])


@cache
def parse_methods(text: str) -> tuple[Method, ...]:
    """The methods of a table in TOML. Raises `ValueError` when a name is there twice."""
    found = tuple(_method(entry) for entry in tomllib.loads(text)["method"])
    if len({one.name for one in found}) != len(found):
        raise ValueError("the table of methods has a name twice")
    return found


def _method(entry: Mapping[str, Any]) -> Method:
    return Method(
        name=entry["name"],
        host=entry["host"],
        verb=entry["verb"],
        idempotent=entry["idempotent"],
        read_only=entry["read_only"],
        parameters=tuple(Parameter(**_known(one)) for one in entry.get("parameters", ())),
        fields=tuple(Field(**_known(one)) for one in entry.get("fields", ())),
        codes=frozenset(one["code"] for one in entry.get("codes", ())),
    )


def _known(entry: Mapping[str, Any]) -> dict[str, Any]:
    # `class` and `source` say how well an entry is known; no check depends on them.
    known = {name: value for name, value in entry.items() if name not in ("class", "source")}
    return {**known, "allowed": tuple(known.get("allowed", ()))}


@cache
def _text() -> str:
    return resources.files("flipsnack_contract").joinpath("spec", "methods.toml").read_text(encoding="utf-8")
