"""An answer of the API, read from each of its three formats, as the vendor's page shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

__all__ = ["Answer", "from_json", "from_jsonp", "from_xml"]


@dataclass(frozen=True)
class Answer:
    """The envelope: `code` and `status` (a message), and `data`, which is absent from errors."""

    code: int
    status: str
    data: Mapping[str, Any] | None = None


def from_json(body: bytes) -> Answer:
    """The answer in `body`; raises `ValueError`."""
    found = json.loads(body)
    if not isinstance(found, dict) or type(found.get("code")) is not int:
        raise ValueError("no object with a numeric code")
    data = found.get("data")
    if data is not None and not isinstance(data, dict):
        raise ValueError("data is no object")
    return Answer(found["code"], str(found.get("status", "")), data)


def from_jsonp(body: bytes, callback: str) -> Answer:
    """The answer that the callback is called with; raises `ValueError`."""
    called = re.fullmatch(rf"(?:/\*\*/)?\s*{re.escape(callback)}\s*\((.*)\)\s*;?\s*", body.decode(), re.DOTALL)
    if called is None:
        raise ValueError(f"no call of {callback}")
    return from_json(called[1].encode())


def from_xml(body: bytes) -> Answer:
    """The answer in `body`; raises `ValueError`. Whoever declares a document type wants something: it is refused."""
    if b"<!DOCTYPE" in body:
        raise ValueError("a document type")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as damage:
        raise ValueError(str(damage)) from None
    data = root.find("data")
    fields = None if data is None else {item.tag: item.text or "" for item in data}
    return Answer(int(root.findtext("code", "")), root.findtext("status", ""), fields)
