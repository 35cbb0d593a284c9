"""The envelope of an answer, read from each of the three formats as the vendor's page shows them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree


@dataclass(frozen=True)
class Envelope:
    """`code`, `status` (a message), and `data`, which is absent from errors."""

    code: int
    status: str
    data: Mapping[str, Any] | None = None


def from_json(body: bytes) -> Envelope:
    """The envelope in `body`; raises `ValueError`."""
    found = json.loads(body)
    if not isinstance(found, dict) or type(found.get("code")) is not int:
        raise ValueError("expected an object with a numeric code")
    data = found.get("data")
    if data is not None and not isinstance(data, dict):
        raise ValueError("expected an object as data")
    return Envelope(found["code"], str(found.get("status", "")), data)


def from_jsonp(body: bytes, callback: str) -> Envelope:
    """The envelope that `callback` is called with; raises `ValueError`."""
    called = re.fullmatch(rf"(?:/\*\*/)?\s*{re.escape(callback)}\s*\((.*)\)\s*;?\s*", body.decode(), re.DOTALL)
    if called is None:
        raise ValueError(f"expected a call of {callback}")
    return from_json(called[1].encode())


def from_xml(body: bytes) -> Envelope:
    """The envelope in `body`; raises `ValueError`. A document type is refused: it could name external entities."""
    if b"<!DOCTYPE" in body:
        raise ValueError("expected no document type")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    data = root.find("data")
    fields = None if data is None else {item.tag: _value(item) for item in data}
    return Envelope(int(root.findtext("code", "")), root.findtext("status", ""), fields)


def _value(element: ElementTree.Element) -> Any:
    # A list has an item for each of its elements; an empty one cannot be told from an empty text.
    if {child.tag for child in element} == {"item"}:
        return [_value(child) for child in element]
    return {child.tag: _value(child) for child in element} if len(element) else element.text or ""
