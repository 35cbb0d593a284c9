"""Decodes answers in the three formats.

Decoding is lenient and collects complaints: if `code` is a text, only the check of the envelope fails, not one about
limits.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flipsnack_contract.contract.methods import Field, objects

_JSONP = re.compile(r"(?:/\*\*/)?\s*(?P<name>[^\s(]+)\((?P<json>.*)\)(?P<end>;?)\s*", re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NUMBER = re.compile(r"[0-9]{1,18}")
_EXPECTED = {"code", "status", "data"}


class Malformed(Exception):
    """An answer that is not in its format: the rule that it breaks, and what was expected and found."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why)
        self.rule = rule
        self.why = why


@dataclass(frozen=True)
class Answer:
    """A decoded answer: `code`, `status`, `data` (None when absent), and `complaints` about its shape."""

    code: int
    status: str
    data: Mapping[str, Any] | None = None
    complaints: tuple[str, ...] = field(default=(), compare=False)

    @property
    def state(self) -> str | None:
        return None if self.data is None else self.data.get("status")

    @property
    def resource_url(self) -> str | None:
        return None if self.data is None else self.data.get("resourceUrl")


def decode(body: bytes, form: str = "json", *, callback: str | None = None, fields: Iterable[Field] = ()) -> Answer:
    """Decode `body` as `form` (json, jsonp or xml). Raises `Malformed`, also where one of `fields` is of another type.

    XML has only texts: those of the `fields` that the data may have become numbers and lists.
    """
    known = tuple(fields)
    answer = _decoded(body, form, callback)
    if form == "xml" and answer.data is not None:
        answer = replace(answer, data=_typed(answer.data, known))
    for complaint in mistyped(answer.data or {}, known):
        raise Malformed("answer.fields", complaint)
    return answer


def mistyped(data: Mapping[str, Any], fields: Iterable[Field], place: str = "") -> Iterator[str]:
    """A sentence for each field that is there with a value of another type; whether null is one is left open."""
    for one in fields:
        value: Any = data.get(one.name)
        name = f"{place}{one.name}"
        if value is not None and type(value) is not _TYPES[one.type]:
            yield f"expected {name} to be a {one.type}, got {shown(value)}"
        elif one.items and isinstance(value, list):
            yield from _mistyped_items(value, objects()[one.items].fields, name)


_TYPES: Mapping[str, type] = {"string": str, "number": int, "boolean": bool, "list": list}


def _mistyped_items(elements: Iterable[Any], fields: Iterable[Field], name: str) -> Iterator[str]:
    for number, element in enumerate(elements):
        if isinstance(element, dict):
            yield from mistyped(element, fields, f"{name}[{number}].")
        else:
            yield f"expected {name}[{number}] to be an object, got {shown(element)}"


def _decoded(body: bytes, form: str, callback: str | None) -> Answer:
    if form == "xml":
        return _xml(body)
    rule = f"answer.{form}"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(rule, f"expected UTF-8, got {shown(body)}") from None
    return _jsonp(text, rule, callback) if form == "jsonp" else _answer(_document(text, rule))


def _jsonp(text: str, rule: str, callback: str | None) -> Answer:
    match = _JSONP.fullmatch(text)
    if match is None:
        raise Malformed(rule, f"expected callback(JSON);, got {shown(text)}")
    if match["name"] != callback:
        raise Malformed(rule, f"expected a call of {callback!r}, got a call of {match['name'][:80]!r}")
    complaints = () if match["end"] else ("the call does not end in a semicolon",)
    return _answer(_document(match["json"], rule), complaints)


def _xml(body: bytes) -> Answer:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as damage:
        raise Malformed("answer.xml", f"expected well-formed XML, got {damage}: {shown(body)}") from None
    document: Any = root.getroottree()
    if document.docinfo.doctype or root.tag != "response":
        raise Malformed("answer.xml", f"expected a response element and no document type, got {shown(body)}")
    return _answer(_children(root), numbers_are_text=True)


def _typed(data: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    types = {field.name: field for field in fields}
    return {name: _value(value, types[name]) if name in types else value for name, value in data.items()}


def _value(value: Any, field: Field) -> Any:
    if field.type == "list":
        return _elements(value, field)
    return int(value) if field.type == "number" and _NUMBER.fullmatch(str(value)) else value


def _elements(value: Any, field: Field) -> list[Any]:
    if value and not isinstance(value, list):
        raise Malformed("answer.xml-lists", f"expected <{field.name}> to hold only <item>, got {shown(value)}")
    within = objects()[field.items].fields if field.items else ()
    return [_typed(one, within) if isinstance(one, Mapping) else one for one in value or ()]


def _document(text: str, rule: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        if _SURROGATE.search(text):
            # Half of a pair is no text: it can be neither signed nor sent back. Raises ValueError.
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as damage:
        why = "nested too deeply" if isinstance(damage, RecursionError) else damage
        raise Malformed(rule, f"expected JSON, got {shown(text)} ({why})") from None
    if not isinstance(found, dict):
        raise Malformed(rule, f"expected a JSON object, got {shown(text)}")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is repeated")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _children(element: Any) -> Any:
    found = [(child.tag, _children(child) if len(child) else child.text or "") for child in element]
    if {name for name, _ in found} == {"item"}:
        return [value for _, value in found]
    if len(dict(found)) != len(found):
        raise Malformed("answer.xml", f"an element of <{cut(element.tag)}> is repeated")
    return dict(found)


def _answer(document: Mapping[str, Any], complaints: tuple[str, ...] = (), *, numbers_are_text: bool = False) -> Answer:
    code, status, data = (document.get(name) for name in ("code", "status", "data"))
    if not isinstance(code, (int, str)) or not _NUMBER.fullmatch(str(code)):
        raise Malformed("answer.envelope", f"expected a number as code, got {shown(code)}")
    # Written only where something is wrong: every answer of a run comes here.
    wrong = (
        ("code", code, "a number", not numbers_are_text and type(code) is not int),
        ("status", status, "a text", not isinstance(status, str)),
        ("data", data, "an object", "data" in document and not isinstance(data, dict)),
        ("data", data, f"absent with code {code}", "data" in document and str(code) != "20"),
    )
    unexpected = (f"unexpected member {shown(name)}" for name in document if name not in _EXPECTED)
    mistaken = (f"{name} is {shown(value)}, not {right}" for name, value, right, is_so in wrong if is_so)
    found = (*complaints, *unexpected, *mistaken)
    return Answer(int(str(code)), str(status), data if isinstance(data, dict) else None, found)


def shown(value: object) -> str:
    """A value for a reader, cut where it is long."""
    return cut(repr(value))


def cut(text: str, longest: int = 300) -> str:
    """At most so many characters of the text, and a mark where there were more.

    What is not printable is replaced: texts come from servers and clients, and could steer a terminal.
    """
    seen = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text[:longest])
    return seen if len(text) <= longest else seen + "…"
