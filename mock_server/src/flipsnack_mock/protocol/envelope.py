"""One answer, three renderings: JSON, JSONP and XML ("collection.downloadHTML", Responses)."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

Scalar = str | int | float | bool | None
Value = Scalar | Sequence["Value"] | Mapping[str, "Value"]
Tree = Mapping[str, Value]
"""What an answer carries. A list is, in XML, an element with a child `item` for each value (invented: the vendor shows
no list in XML)."""

NOSNIFF = ("X-Content-Type-Options", "nosniff")


class Envelope(NamedTuple):
    """What the API says: the vendor's `code`, its message `status`, and `data` (absent on errors)."""

    code: int
    status: str
    data: Tree | None = None


def render(answer: Envelope, fmt: str, callback: str = "") -> bytes:
    """`answer` in the format `fmt`, one of `FORMATS`; `callback` is used by jsonp alone."""
    tree: dict[str, Value] = {"code": answer.code, "status": _clean(answer.status)}
    if answer.data is not None:
        tree["data"] = _clean(answer.data)
    return FORMATS[fmt].render(tree, callback)


def renamed(data: Tree, names: Mapping[str, str]) -> Tree:
    """`data` with its fields, at any depth, under other names: `names` maps one to the other, or to "" to drop it."""
    return {names.get(name, name): _renamed(value, names) for name, value in data.items() if names.get(name, name)}


def _renamed(value: Value, names: Mapping[str, str]) -> Value:
    if isinstance(value, Mapping):
        return renamed(value, names)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_renamed(one, names) for one in value]
    return value


def is_callback(text: str) -> bool:
    """Whether `text` is a dotted path of JavaScript identifiers without a reserved word."""
    return len(text) <= 255 and all(
        _IDENTIFIER.fullmatch(part) and part not in _RESERVED_WORDS for part in text.split(".")
    )


# What XML 1.0 cannot carry at all (section 2.2 "Characters"). It is replaced for every format alike: three formats
# that disagree would be worse than one lost control character.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _clean(value: Value) -> Value:
    if isinstance(value, str):
        # What XML cannot carry is not printable either, and this is known sooner.
        return value if value.isprintable() else _NOT_IN_XML.sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


def _json(tree: Tree, _callback: str) -> bytes:
    return msgspec.json.encode(tree)


# Inside a script these would end the element, the comment or, in old engines, the line.
_HARMLESS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def _jsonp(tree: Tree, callback: str) -> bytes:
    script = msgspec.json.encode(tree).decode().translate(_HARMLESS)
    # The comment in front keeps a caller from choosing the file's first bytes.
    return f"/**/{callback}({script});".encode()


def _xml(tree: Tree, _callback: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n<response>{_elements(tree)}</response>\n'.encode()


def _elements(tree: Tree) -> str:
    return "".join([_element(name, value) for name, value in tree.items()])


def _element(name: str, value: Value) -> str:
    return f"<{name}>{_content(value)}</{name}>"


# A bare carriage return would come back as a line feed (XML 1.0, 2.11).
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def _content(value: Value) -> str:
    # Of what `_clean` makes.
    if isinstance(value, str):
        return value if value.isalnum() else value.translate(_ESCAPES)
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, list):
        return "".join([_element("item", one) for one in value])
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class _Format(NamedTuple):
    content_type: str
    render: Callable[[Tree, str], bytes]


FORMATS: dict[str, _Format] = {
    "json": _Format("application/json; charset=utf-8", _json),
    "jsonp": _Format("application/javascript; charset=utf-8", _jsonp),
    "xml": _Format("application/xml; charset=utf-8", _xml),
}

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)
_RESERVED_WORDS = frozenset(
    {"arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete"}
    | {"do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements"}
    | {"import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public"}
    | {"return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void"}
    | {"while", "with", "yield", "NaN", "Infinity"}
)
