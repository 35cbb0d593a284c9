"""Clients that ask for something else, in another way, or with something that does not belong there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from contract_tests.zoo.answer import from_json, from_xml
from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import Reply, exchange

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class AsksForStatistics(Client):
    """Asks for the action that the vendor's table of parameters names by mistake."""

    breaks = "client.parameters"

    def params(self) -> dict[str, str]:
        return {**super().params(), "action": "collection.getStats"}


class NamesNoFormat(Client):
    """Names no format, and reads JSON whatever it was told to ask for."""

    breaks = "client.parameters"
    read = dict.fromkeys(("json", "jsonp", "xml"), from_json)

    def params(self) -> dict[str, str]:
        return {name: value for name, value in super().params().items() if name != "format"}


class NamesNoCallback(Client):
    """Asks for JSONP without a callback."""

    breaks = "client.parameters"

    def params(self) -> dict[str, str]:
        return {name: value for name, value in super().params().items() if name != "callback"}


class TrimsTheHash(Client):
    """Asks for the collection without the blanks around its hash."""

    breaks = "client.parameters"

    def params(self) -> dict[str, str]:
        return {**super().params(), "collectionHash": self.errand.collection.strip()}


class LeavesPlusAlone(Client):
    """Does not encode a +, which a server reads as a blank."""

    breaks = "client.parameters"

    def query(self, params: Mapping[str, str]) -> str:
        return "&".join(f"{name}={quote(value, safe='+')}" for name, value in params.items())


class SendsLatin1(Client):
    """Encodes the URL in Latin-1."""

    breaks = "client.parameters"

    def query(self, params: Mapping[str, str]) -> str:
        return "&".join(
            f"{name}={quote(value.encode('latin-1', 'replace'), safe='')}" for name, value in params.items()
        )


class Posts(Client):
    """Sends its calls as forms, by POST."""

    breaks = "client.get-for-reads"

    def call(self, params: Mapping[str, str]) -> Reply:
        return exchange("POST", self.errand.base_url, FORM, self.query(params))


class PollsByPost(Client):
    """Starts the job by GET, and asks for its state by POST."""

    breaks = "client.get-for-reads"
    calls = 0

    def call(self, params: Mapping[str, str]) -> Reply:
        self.calls += 1
        if self.calls == 1:
            return super().call(params)
        return exchange("POST", self.errand.base_url, FORM, self.query(params))


class PrefersXml(Client):
    """Asks for XML when it was told to ask for JSON."""

    breaks = "client.no-xml"
    read = {**Client.read, "json": lambda body: from_xml(body) if body.startswith(b"<") else from_json(body)}

    def params(self) -> dict[str, str]:
        known = super().params()
        return {**known, "format": "xml"} if known["format"] == "json" else known


class SendsTheSecret(Client):
    """Sends the secret along, and signs it."""

    breaks = "client.secret-not-sent"

    def params(self) -> dict[str, str]:
        return {**super().params(), "secret": self.errand.secret}


class ConfirmsTheDownload(Client):
    """Tells the resource URL who has downloaded, once it has."""

    breaks = "client.credentials-not-in-download"

    def fetch(self, link: str) -> bytes:
        content = super().fetch(link)
        self.get(f"{link}&apiKey={quote(self.errand.key, safe='')}")
        return content
