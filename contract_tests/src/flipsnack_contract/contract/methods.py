"""The methods of the API as data, from `spec/methods.toml`."""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec

from flipsnack_contract.contract.ledger import spec


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each entry of the table has: a few words, how well it is known, and from which sources of the ledger."""

    does: str = ""
    certainty: Literal["documented", "observed", "assumed", "invented"] = msgspec.field(name="class", default="assumed")
    source: tuple[str, ...] = ()


class Parameter(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One parameter of a method; `type` is string, number, boolean or file."""

    name: str
    type: Literal["string", "number", "boolean", "file"] = "string"
    required: bool = False
    signed: bool = True
    default: str | None = None
    allowed: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

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


class Field(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of an answer's `data`; `present` says when it is there."""

    name: str
    type: str = "string"
    present: str = "always"
    allowed: tuple[str, ...] = ()


class MethodCode(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that the method can answer beside those of every method."""

    code: int


class Method(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    codes: tuple[MethodCode, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The names of all parameters that every call must have, the method's own last."""
        return ("apiKey", "signature", "action", *(one.name for one in self.parameters if one.required))

    @property
    def own_required(self) -> tuple[str, ...]:
        """The names of the required parameters that are the method's own."""
        return self.required[3:]

    def takes(self, name: str) -> bool:
        return any(one.name == name for one in self.parameters)

    def __repr__(self) -> str:
        return self.name


@cache
def methods() -> tuple[Method, ...]:
    """Every method of `spec/methods.toml`, in the file's order."""
    return parse_methods(spec("methods.toml"))


def package_method(among: Iterable[Method] | None = None) -> Method:
    """The method that answers with the `resourceUrl` of a package, by default of the table; or `LookupError`."""
    for one in among or methods():
        if makes_packages(one):
            return one
    raise LookupError("no method of the table answers with a resourceUrl")


def makes_packages(one: Method) -> bool:
    """Chooses the methods that answer with the `resourceUrl` of a package."""
    return any(field.name == "resourceUrl" for field in one.fields)


def every_method(_method: Method) -> bool:
    """Chooses every method for a check."""
    return True


def takes_collection(one: Method) -> bool:
    """Chooses the methods that are called for one collection."""
    return one.takes("collectionHash")


def parse_methods(text: str) -> tuple[Method, ...]:
    """The methods of a table in TOML. Raises `ValueError` for an unknown entry, and when a name is repeated."""
    found = msgspec.convert(tomllib.loads(text)["method"], tuple[Method, ...])
    if len({one.name for one in found}) != len(found):
        raise ValueError("the table of methods repeats a name")
    return found
