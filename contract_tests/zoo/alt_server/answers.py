"""How the second correct server writes its answers: the envelope, and its three formats."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from contract_tests.zoo.alt_server.request import Call

Fields = dict[str, Any]
Headers = Mapping[str, str]
HttpAnswer = tuple[int, Headers, bytes]
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
RESERVED = """break case catch class const continue debugger default delete do else enum export extends false finally
    for function if import in instanceof new null return super switch this throw true try typeof var void while with"""
# What XML 1.0 cannot hold (section 2.2).
ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Answers:
    """Writes what is said in the format that was asked for."""

    messages: Mapping[int, str] = {
        20: "OK",
        22: "Maintenance mode",
        30: "Missing mandatory parameter",
        31: "Requests per second limit exceeded",
        32: "Requests per minute limit exceeded",
        33: "Uploads per month exceeded",
        34: "File size too large",
        35: "Collection maximum pages number exceeded",
        36: "Multiple files upload not allowed",
        38: "Collection is in processing state",
        40: "Bad request",
        41: "Invalid credentials",
        42: "Invalid action",
        43: "Forbidden",
        44: "Invalid signature",
        45: "Invalid file format",
        46: "Invalid collection hash",
    }
    content_types: Mapping[str, str] = {
        "json": "application/json",
        "jsonp": "application/javascript",
        "xml": "application/xml",
    }
    reserved = frozenset(RESERVED.split())
    xml_root = "response"

    def envelope(self, call: Call, code: int, data: dict[str, Any] | None = None) -> Fields:
        """What an answer says, in whatever format."""
        return {"code": code, "status": self.message(call, code), **({} if data is None else {"data": data})}

    def message(self, _call: Call, code: int) -> str:
        """The text that belongs to a code."""
        return self.messages[code]

    def write(self, call: Call, said: Fields) -> HttpAnswer:
        """The HTTP answer in the format that was asked for; JSON where that cannot be known."""
        form = self.requested_format(call)
        is_known = form in self.content_types and (form != "jsonp" or self.is_callback(self.callback(call)))
        form = form if is_known and not call.is_malformed else "json"
        headers = {"Content-Type": f"{self.content_types[form]}; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        write = {"json": self.json, "jsonp": self.jsonp, "xml": self.xml}[form]
        return self.http_status(said), headers, write(self.cleaned(said), call).encode("utf-8", "surrogatepass")

    def requested_format(self, call: Call) -> str:
        """The format that a call asks for, known or not."""
        return call.get("format") or "json"

    def callback(self, call: Call) -> str:
        """The callback that a call names; "" when it names none."""
        return call.get("callback")

    def is_callback(self, text: str) -> bool:
        """Whether a text is a dotted path of identifiers."""
        return all(IDENTIFIER.fullmatch(part) and part not in self.reserved for part in text.split("."))

    def http_status(self, _said: Fields) -> int:
        """The HTTP status of an answer."""
        return 200

    def cleaned(self, value: Any) -> Any:
        """A value with U+FFFD for each character that XML cannot hold."""
        match value:
            case dict():
                return {name: self.cleaned(one) for name, one in value.items()}
            case list():
                return [self.cleaned(one) for one in value]
            case str():
                return ILLEGAL.sub("\ufffd", value)
        return value

    def json(self, said: Fields, _call: Call) -> str:
        return json.dumps(said)

    def jsonp(self, said: Fields, call: Call) -> str:
        return f"/**/{self.callback(call)}({json.dumps(said).replace('<', chr(92) + 'u003c')});"

    def xml(self, said: Fields, _call: Call) -> str:
        return self.element(self.xml_root, said)

    def element(self, name: str, value: object) -> str:
        """An XML element with all that is below it; a list has one item for each of its elements."""
        match value:
            case dict():
                inner = "".join(self.element(*item) for item in value.items())
            case list():
                inner = "".join(self.element("item", one) for one in value)
            case _:
                inner = self.xml_text(str(value))
        return f"<{name}>{inner}</{name}>"

    def xml_text(self, text: str) -> str:
        """A text as it is written in XML; a bare carriage return would be read as the end of a line."""
        return escape(text, {"\r": "&#13;"})
