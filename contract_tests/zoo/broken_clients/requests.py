"""Clients that send wrong parameters, a wrong verb, or a secret."""

from collections.abc import Mapping
from urllib.parse import quote

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import from_json, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NamesNoCallback(Client, breaks="client.parameters"):
    """Asks for JSONP without a callback."""

    def params(self) -> dict[str, str]:
        return {name: value for name, value in super().params().items() if name != "callback"}


class AsksForStatistics(Client, breaks="client.parameters"):
    """Asks for the action that the vendor's table of parameters names by mistake."""

    def params(self) -> dict[str, str]:
        return {**super().params(), "action": "collection.getStats"}


class NamesNoFormat(Client, breaks="client.parameters"):
    """Sends no format, and reads every answer as JSON."""

    read = dict.fromkeys(("json", "jsonp", "xml"), from_json)

    def params(self) -> dict[str, str]:
        return {name: value for name, value in super().params().items() if name != "format"}


class TrimsTheHash(Client, breaks="client.parameters"):
    """Trims the hash of the collection."""

    def params(self) -> dict[str, str]:
        return {**super().params(), "collectionHash": self.task.collection.strip()}


class LeavesPlusAlone(Client, breaks="client.parameters"):
    """Does not encode a +, which a server reads as a blank."""

    def query(self, params: Mapping[str, str]) -> str:
        return "&".join(f"{name}={quote(value, safe='+')}" for name, value in params.items())


class SendsLatin1(Client, breaks="client.parameters"):
    """Encodes the URL in Latin-1."""

    def query(self, params: Mapping[str, str]) -> str:
        return "&".join(
            f"{name}={quote(value.encode('latin-1', 'replace'), safe='')}" for name, value in params.items()
        )


class PollsByPost(Client, breaks="client.get-for-reads"):
    """Starts the job by GET, and asks for its state by POST."""

    calls = 0

    def call(self, params: Mapping[str, str]) -> HttpResponse:
        self.calls += 1
        if self.calls == 1:
            return super().call(params)
        return exchange("POST", self.task.base_url, FORM, self.query(params))


class PrefersXml(Client, breaks="client.no-xml"):
    """Asks for XML although JSON is wanted."""

    read = {**Client.read, "json": lambda body: from_xml(body) if body.startswith(b"<") else from_json(body)}

    def params(self) -> dict[str, str]:
        known = super().params()
        return {**known, "format": "xml"} if known["format"] == "json" else known


class SendsTheSecret(Client, breaks="client.secret-not-sent"):
    """Sends the secret along, and signs it."""

    def params(self) -> dict[str, str]:
        return {**super().params(), "secret": self.task.secret}


class ConfirmsTheDownload(Client, breaks="client.credentials-not-in-download"):
    """Sends the API key to the resource URL after the download."""

    def fetch(self, link: str) -> bytes:
        content = super().fetch(link)
        self.get(f"{link}&apiKey={quote(self.task.key, safe='')}")
        return content
