"""Decodes answers in the three formats.

Decoding is lenient and collects complaints: if `code` is a text, only the check of the envelope fails, not one about
limits.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

_JSONP = re.compile(r"(?:/\*\*/)?\s*(?P<name>[^\s(]+)\((?P<json>.*)\)(?P<end>;?)\s*", re.DOTALL)
_EXPECTED = {"code", "status", "data"}


class Malformed(Exception):
    """An answer that is not in its format; `rule` is the rule that it breaks."""

    def __init__(self, rule: str, why: str) -> None:
        """`why` says what was expected and found."""
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
        """The `status` of the job in `data`, if any."""
        return None if self.data is None else self.data.get("status")

    @property
    def resource_url(self) -> str | None:
        """The `resourceUrl` in `data`, if any."""
        return None if self.data is None else self.data.get("resourceUrl")


def decode(body: bytes, form: str = "json", *, callback: str | None = None) -> Answer:
    """Decode `body` as `form` (json, jsonp or xml). Raises `Malformed`."""
    return _READERS[form](body, callback)


def _json(body: bytes, _callback: str | None) -> Answer:
    return _answer(_document(_text(body, "answer.json"), "answer.json"))


def _jsonp(body: bytes, callback: str | None) -> Answer:
    text = _text(body, "answer.jsonp")
    match = _JSONP.fullmatch(text)
    if match is None:
        raise Malformed("answer.jsonp", f"expected callback(JSON);, got {_short(text)}")
    if match["name"] != callback:
        raise Malformed("answer.jsonp", f"expected a call of {callback!r}, got a call of {match['name'][:80]!r}")
    complaints = () if match["end"] else ("the call does not end in a semicolon",)
    return _answer(_document(match["json"], "answer.jsonp"), complaints)


def _xml(body: bytes, _callback: str | None) -> Answer:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as damage:
        raise Malformed("answer.xml", f"expected well-formed XML, got {damage}: {_short(body)}") from None
    document: Any = root.getroottree()
    if document.docinfo.doctype or root.tag != "response":
        raise Malformed("answer.xml", f"expected a response element and no document type, got {_short(body)}")
    return _answer(_children(root), numbers_are_text=True)


_READERS: Mapping[str, Callable[[bytes, str | None], Answer]] = {"json": _json, "jsonp": _jsonp, "xml": _xml}


def _text(body: bytes, rule: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(rule, f"expected UTF-8, got {_short(body)}") from None


def _document(text: str, rule: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except ValueError as damage:
        raise Malformed(rule, f"expected JSON, got {_short(text)} ({damage})") from None
    if not isinstance(found, dict):
        raise Malformed(rule, f"expected a JSON object, got {_short(text)}")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is repeated")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _children(element: Any) -> dict[str, Any]:
    found = [(child.tag, _children(child) if len(child) else child.text or "") for child in element]
    if len(dict(found)) != len(found):
        raise Malformed("answer.xml", f"an element of <{element.tag}> is repeated")
    return dict(found)


def _answer(document: Mapping[str, Any], complaints: tuple[str, ...] = (), *, numbers_are_text: bool = False) -> Answer:
    code, status, data = (document.get(name) for name in ("code", "status", "data"))
    complaints = (*complaints, *_complaints(document, numbers_are_text=numbers_are_text))
    if not str(code).isdecimal():
        raise Malformed("answer.envelope", f"expected a number as code, got {code!r}")
    shown = data if isinstance(data, dict) else None
    return Answer(int(str(code)), str(status), shown, complaints)


def _complaints(document: Mapping[str, Any], *, numbers_are_text: bool) -> list[str]:
    code, status = document.get("code"), document.get("status")
    found = [f"unexpected member {name!r}" for name in document if name not in _EXPECTED]
    if not numbers_are_text and type(code) is not int:
        found.append(f"code is {code!r}, not a number")
    if not isinstance(status, str):
        found.append(f"status is {status!r}, not a text")
    if "data" in document and not isinstance(document["data"], dict):
        found.append(f"data is {document['data']!r}, not an object")
    if "data" in document and str(code) != "20":
        found.append(f"data is present with code {code}")
    return found


def _short(body: bytes | str) -> str:
    return repr(body if len(body) <= 200 else body[:200]) + ("" if len(body) <= 200 else "…")
