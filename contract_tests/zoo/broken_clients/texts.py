"""Clients that lose something of a text: of one that they send, or of one that they read."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

from contract_tests.zoo.client import CALLBACK, Client
from contract_tests.zoo.envelope import Envelope, from_json, from_jsonp, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Params = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes]]


class LineEndsOfForms(Client, breaks="client.signature"):
    """Sends texts in a multipart body with the line ends of forms, CR LF, and signs them as they were given."""

    def multipart(self, params: Params, files: Files) -> tuple[str, bytes]:
        sent = {name: re.sub("\r?\n", "\r\n", value) for name, value in params.items()}
        return super().multipart(sent, files)


class PostsLongQueries(Client, breaks="client.get-for-reads"):
    """Posts a form where an address would be longer than 1,000 characters."""

    def call(self, params: Params) -> HttpResponse:
        query = self.query(params)
        if len(query) <= 1_000:
            return super().call(params)
        return exchange("POST", self.task.base_url, FORM, query)


class SignsCompatible(Client, breaks="client.signature"):
    """Signs values in the compatibility form NFKC: a full-width letter or a ligature is another."""

    def signed(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value)


def _stripped(body: bytes) -> Envelope:
    from_xml(body)
    root = ElementTree.fromstring(body)
    for element in root.iter():
        element.text = (element.text or "").strip()
    return from_xml(ElementTree.tostring(root, encoding="utf-8"))


class StripsXml(Client, breaks="client.xml"):
    """Strips white space from every text in XML, and so from titles."""

    read = {"json": from_json, "jsonp": lambda body: from_jsonp(body, CALLBACK), "xml": _stripped}


class ReplacesBadBytes(Client, breaks="client.malformed-answer"):
    """Replaces bytes of an answer that are not UTF-8, and takes what is left for the text that was given."""

    read = {**Client.read, "json": lambda body: from_json(body.decode(errors="replace").encode())}


class GuessesNumbers(Client, breaks="client.xml"):
    """Takes every text of digits in XML for a number: a description `007` becomes 7."""

    def decode(self, body: bytes) -> Envelope:
        found = super().decode(body)
        if self.task.form != "xml" or found.data is None:
            return found
        data = {name: int(text) if str(text).isdecimal() else text for name, text in found.data.items()}
        return replace(found, data=data)


class ReadsScriptsAsLatin1(Client, breaks="client.jsonp"):
    """Reads JSONP in ISO 8859-1, the old default of a text that names no charset."""

    def decode(self, body: bytes) -> Envelope:
        return super().decode(body.decode("latin-1").encode() if self.task.form == "jsonp" else body)
