"""The methods of the API as data, from `spec/methods.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import msgspec

from flipsnack_contract.contract.ledger import spec
from flipsnack_contract.contract.near_misses import LONGER, SHORTER, near_misses


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each entry of the table has: a few words, how well it is known, and from which sources of the ledger."""

    does: str = ""
    certainty: Literal["documented", "observed", "assumed", "invented"] = msgspec.field(name="class", default="assumed")
    source: tuple[str, ...] = ()


_EXAMPLES = {"string": "text", "boolean": "true", "date": "2024-02-29", "url": "https://example.com/document.pdf"}
_TRUE = near_misses("true", ways={**LONGER, **SHORTER})
_WRONG: Mapping[str, tuple[str, ...]] = {
    # As Python, JavaScript and PHP write and read numbers.
    "number": (
        *("x", "1x", "0x1", "1.5", "-1", "1e3", " 1", "1 ", "1\n", "+1", "1_0", "1,0", "1.0", "0b1", "NaN", "Infinity"),
        *("\u0661", "\uff11", "\u00bd", ""),
        # Beyond 15 digits, 64 bits, and what a parser of numbers reads at all.
        *("1" * 16, "9" * 20, "0" * 15 + "1", "9" * 400, "9" * 5000, "0" * 5000 + "1"),
    ),
    "boolean": ("maybe", "2", "01", *_TRUE, ""),
    "date": (
        *("2024-02-30", "2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00"),
        *("2024-2-1", "01.02.2024", "2024/02/01", "20240201", "2024-W09-4", "2024-060", "24-02-01", "2024-02"),
        *("2024-01-01T00:00:00", "2024-01-01Z", " 2024-01-01", "2024-01-01 ", "2024-01-01\n", "-2024-01-01"),
        *("0000-01-01", "\u0662024-01-01", "\uff12024-01-01", "2024\u201301\u201301", ""),
    ),
    "url": (
        *("example.com/a.pdf", "//example.com/a.pdf", "http:/example.com/a.pdf", "http:example.com/a.pdf"),
        *("ftp://example.com/a.pdf", "file:///etc/passwd", "httpx://example.com/a.pdf", "http://", "https:///a.pdf"),
        *("http://?a.pdf", "http://#a.pdf", " https://example.com/a.pdf", "https://exam ple.com/a.pdf", "x", ""),
    ),
}
"""Values that are not of a type. An empty one is none, but for a text."""
_RIGHT: Mapping[str, tuple[str, ...]] = {
    # The borders of 16, 31, 32 and 53 bits, and leading zeros.
    "number": ("1", "32768", "2147483648", "4294967296", "9" * 15, "0" * 14 + "7"),
    "boolean": ("true", "false", "1", "0", "TRUE", "False"),
    "date": ("0001-01-01", "9999-12-31", "2000-02-29", "1970-01-01", "1969-12-31", "2038-01-20"),
    "url": ("http://example.com", "HTTPS://example.com/a.pdf", "https://example.com:8443/a?b=c#d"),
}
"""Values of a type that a server may misread."""


STILL_PROCESSING = 38


class Parameter(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One parameter: a number is whole and at least `minimum`, a date is YYYY-MM-DD, a url is http or https."""

    name: str
    type: Literal["string", "number", "boolean", "date", "url", "file"] = "string"
    required: bool = False
    signed: bool = True
    minimum: int | None = None
    default: str | None = None
    allowed: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """A value that is right for the type."""
        return self.default or next(iter(self.allowed), _EXAMPLES.get(self.type, "1"))

    @property
    def right_values(self) -> tuple[str, ...]:
        """Values of the type that are allowed, among them those that a server may misread; none for a file."""
        return self.allowed or _RIGHT.get(self.type, () if self.type == "file" else (self.example,))

    @property
    def wrong_values(self) -> tuple[str, ...]:
        """Values that are not of the type, or not among the allowed ones; none for a string that may be anything."""
        if self.allowed:
            near = (one for allowed in self.allowed for one in near_misses(allowed))
            return ("none-of-these", *(one for one in near if one not in self.allowed), "")
        below = () if self.minimum is None else (str(self.minimum - 1),)
        return (*_WRONG.get(self.type, ()), *below)


class Field(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of an answer's `data`; `items` names the object that a list's elements are."""

    name: str
    type: Literal["string", "number", "boolean", "list"] = "string"
    items: str | None = None
    present: str = "always"
    allowed: tuple[str, ...] = ()


class Object(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object that answers hold: what a method returns, or the element of a list."""

    name: str
    fields: tuple[Field, ...]


class MethodCode(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code that the method can answer beside those of every method."""

    code: int


class Method(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One method of the API: `name` is the value of `action`, `host` is api or upload.

    `fields` are those of its answer's `data`, which is the object that it `returns` if it names one. `idempotent`: a
    client may repeat it. `read_only`: it changes nothing, so it may be called at the real API.
    """

    name: str
    host: str
    verb: str
    idempotent: bool
    read_only: bool
    returns: str | None = None
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


class Unbuilt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A method that v1 has, or had (`retired`), and that this project does not imitate, with the reason."""

    name: str
    host: str
    verb: str
    retired: bool
    why: str
    source: tuple[str, ...] = ()


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    method: tuple[Method, ...]
    object: tuple[Object, ...] = ()
    unbuilt: tuple[Unbuilt, ...] = ()
    version: int = 1


@cache
def methods() -> tuple[Method, ...]:
    """Every method of `spec/methods.toml`, in the file's order."""
    return parse_methods(spec("methods.toml"))


@cache
def package_method() -> Method:
    """The method of the table that answers with the `resourceUrl` of a package; or `LookupError`."""
    return package_method_among(methods())


def package_method_among(among: Iterable[Method]) -> Method:
    """The first of these methods that answers with the `resourceUrl` of a package; or `LookupError`."""
    for one in among:
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


def takes_document(one: Method) -> bool:
    """Chooses the methods that take a document."""
    return one.takes("file")


def options_of(one: Method) -> Mapping[str, str]:
    """A right value of each parameter that may be left out, but for a file; where it can, another than the default."""
    optional = (each for each in one.parameters if not each.required and each.right_values)
    return {each.name: next(value for value in each.right_values if value != each.default) for each in optional}


def is_busy_while_converting(one: Method) -> bool:
    """Chooses the methods that wait for the conversion of the document: update, and the one that makes packages."""
    return any(entry.code == STILL_PROCESSING for entry in one.codes)


@cache
def objects() -> Mapping[str, Object]:
    """The objects of `spec/methods.toml`, by name."""
    return {one.name: one for one in _table(spec("methods.toml")).object}


@cache
def unbuilt() -> tuple[Unbuilt, ...]:
    """The methods that this project does not imitate."""
    return _table(spec("methods.toml")).unbuilt


def parse_methods(text: str) -> tuple[Method, ...]:
    """The methods of a table in TOML. Raises `ValueError` for an unknown entry, and when a name is repeated."""
    table = _table(text)
    if len({one.name for one in table.method}) != len(table.method):
        raise ValueError("the table of methods repeats a name")
    fields = {one.name: one.fields for one in table.object}
    return tuple(
        one if one.returns is None else msgspec.structs.replace(one, fields=fields[one.returns]) for one in table.method
    )


def _table(text: str) -> _Table:
    return msgspec.convert(tomllib.loads(text), _Table)
