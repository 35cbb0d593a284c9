"""Decodes the vendor's answer from any of its three formats into one value.

The envelope has `code`, `status` and, if the method returns something, `data`.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from flipsnack_client.defaults import FORMATS
from flipsnack_client.exceptions import MalformedAnswer
from flipsnack_client.numerals import number
from flipsnack_client.readable import readable

if TYPE_CHECKING:
    from lxml import etree

CALLBACK = "flipsnackAnswer"
"""The function name this client requests in jsonp."""

MAX_DIGITS = 100
"""The most digits of a whole number in an answer."""

OK = 20

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the API, in whichever format it came.

    `message` is the envelope's `status`; `data` is None if the answer has none. In XML every value inside
    `data` is text.
    """

    code: int
    message: str
    data: Mapping[str, Any] | None = field(repr=False)  # it may hold a resource URL
    raw: bytes = field(repr=False, default=b"")


def decode(body: bytes, answer_format: str) -> Answer:
    """Return the answer in `body`; `answer_format` is json, jsonp or xml.

    Raises MalformedAnswer, which keeps the body, for anything but the documented envelope.
    """
    try:
        code, message, data = _envelope(DECODERS[answer_format](body))
        reason = None
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else readable(str(error))
    if reason is not None:
        raise MalformedAnswer(f"the answer is not the documented {answer_format}: {reason}", raw=body)
    return Answer(code, message, data, body)


def _envelope(value: object) -> tuple[int, str, Mapping[str, Any] | None]:
    if not isinstance(value, dict):
        raise ValueError("expected an object with code and status")
    code, message, data = value.get("code"), value.get("status"), value.get("data")
    if not isinstance(code, int) or isinstance(code, bool):
        raise ValueError(f"code is {_kind(code)}, expected a number")
    if not isinstance(message, str):
        raise ValueError(f"status is {_kind(message)}, expected text")
    if data is not None and not isinstance(data, dict):
        raise ValueError(f"data is {_kind(data)}, expected an object")
    return code, message, data


def _kind(value: object) -> str:
    return "missing or null" if value is None else f"a {type(value).__name__}"


def _json(body: bytes) -> object:
    text = _text(body)
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_int=_whole_number, parse_float=_fraction)
        if _SURROGATE.search(text):
            # Half of a pair is no text, and could not be sent in a further call. Raises ValueError.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno} is not JSON"
    if not text.strip():
        raise ValueError("it is empty")
    raise ValueError("it is a page of HTML" if text.lstrip().startswith("<") else where)


def _whole_number(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"it has a number of {len(digits)} digits")
    return int(digits)


def _fraction(text: str) -> float:
    if math.isinf(value := float(text)):
        raise ValueError("it has a number that is too large")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None


def _jsonp(body: bytes) -> object:
    # `/**/` before the call is a common protection against content sniffing.
    call = _text(body).strip().removeprefix("/**/").lstrip().removesuffix(";").rstrip()
    if not (call.startswith(CALLBACK + "(") and call.endswith(")")):
        raise ValueError(f"expected a call of {CALLBACK}")
    return _json(call[len(CALLBACK) + 1 : -1].encode())


def _xml(body: bytes) -> object:
    # Imported here: few callers use XML, and importing the client is faster without it.
    from lxml import etree

    # No network, no DTD, no entities: an answer must not make the client fetch URLs or fill the memory.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"line {error.lineno} is not well-formed XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it declares a document type, which is refused")
    if root.tag != "response":
        raise ValueError("the root element is not response")
    return _with_number(_element(root))


def _with_number(value: object) -> object:
    if isinstance(value, dict):
        code = value.get("code")
        found = number(code, digits=9) if isinstance(code, str) else None
        if found is not None:
            return {**value, "code": found}
    return value


def _element(element: "etree._Element") -> Any:
    children = list(element.iterchildren("*"))
    if not children:
        return element.text or ("" if element.tag != "data" else {})
    names = [str(child.tag) for child in children]
    if len(set(names)) < len(names) or names == ["item"]:
        # Lists are not documented. Repeated names can be nothing else, and `item` is what an element of one is called.
        return [_element(child) for child in children]
    return {name: _element(child) for name, child in zip(names, children, strict=True)}


DECODERS: Mapping[str, Callable[[bytes], object]] = dict(zip(FORMATS, (_json, _jsonp, _xml), strict=True))
"""Each value of the `format` parameter with its decoder."""
