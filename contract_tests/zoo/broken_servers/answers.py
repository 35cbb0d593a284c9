"""Servers whose answers have the wrong shape."""

import itertools
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Collection
from contract_tests.zoo.alt_server.answers import Fields, HttpAnswer
from contract_tests.zoo.alt_server.request import Call


class CodeIsText(AltServer, breaks="answer.envelope"):
    """Gives the code as a text."""

    def json(self, said: Fields, call: Call) -> str:
        return super().json({**said, "code": str(said["code"])}, call)


class EmptyData(AltServer, breaks="answer.envelope"):
    """Gives empty data with errors."""

    def json(self, said: Fields, call: Call) -> str:
        return super().json({"data": {}, **said}, call)


class Http401(AltServer, breaks="answer.http-200"):
    """Answers 41 with HTTP 401."""

    def http_status(self, said: Fields) -> int:
        return 401 if said["code"] == 41 else 200


class JsonIsHtml(AltServer, breaks="answer.json"):
    """Calls its JSON text."""

    content_types = {**AltServer.content_types, "json": "text/html"}


class JsonpIsJson(AltServer, breaks="answer.jsonp"):
    """Calls its JSONP JSON."""

    content_types = {**AltServer.content_types, "jsonp": "application/json"}


class NoSemicolon(AltServer, breaks="answer.jsonp"):
    """Ends a call without semicolon."""

    def jsonp(self, said: Fields, call: Call) -> str:
        return super().jsonp(said, call).removesuffix(";")


class XmlResult(AltServer, breaks="answer.xml"):
    """Calls the XML root result."""

    xml_root = "result"


class UnescapedXml(AltServer, breaks="answer.xml"):
    """Does not escape in XML."""

    def xml_text(self, text: str) -> str:
        return text


class SmallXmlErrors(AltServer, breaks="answer.same-in-every-format"):
    """Writes the messages of errors small in XML."""

    def xml(self, said: Fields, call: Call) -> str:
        return super().xml(said if said["code"] == 20 else {**said, "status": said["status"].lower()}, call)


class ChangingWords(AltServer, breaks="answer.same-in-every-format"):
    """Changes a message from call to call."""

    def __init__(self) -> None:
        super().__init__()
        self.words = itertools.cycle(["Invalid action", "Unknown action"])

    def message(self, call: Call, code: int) -> str:
        return next(self.words) if code == 42 else super().message(call, code)


class BareJsonp(AltServer, breaks="answer.jsonp-hardened"):
    """Leaves out the comment before JSONP."""

    def jsonp(self, said: Fields, call: Call) -> str:
        return super().jsonp(said, call).removeprefix("/**/")


class Sniffable(AltServer, breaks="answer.jsonp-hardened"):
    """Sends no nosniff."""

    def write(self, call: Call, said: Fields) -> HttpAnswer:
        status, headers, body = super().write(call, said)
        return status, {"Content-Type": headers["Content-Type"]}, body


class NoPicture(AltServer, breaks="answer.fields"):
    """Has null for a picture until the document is converted."""

    def described(self, call: Call, collection: Collection) -> dict[str, Any]:
        shown = super().described(call, collection)
        is_converted = self.conversion_state(collection, call.account.now) == "COMPLETE"
        return shown if is_converted else {**shown, "collectionThumbnail": None}


class CapitalStatus(AltServer, breaks="answer.fields"):
    """Writes the status of a listed collection with a capital."""

    def listed(self, collection: Collection) -> dict[str, Any]:
        shown = super().listed(collection)
        return {**shown, "collectionStatus": shown["collectionStatus"].title()}


class NoClicks(AltServer, breaks="answer.fields"):
    """Leaves the clicks out of a page's statistics."""

    def of_page(self, number: int, entries: list[dict[str, int]]) -> dict[str, int]:
        return {name: one for name, one in super().of_page(number, entries).items() if name != "clicks"}


class NoLink(AltServer, breaks="job.resource-url-with-complete"):
    """Completes without a link."""

    def download_html(self, call: Call) -> dict[str, Any]:
        return {"status": super().download_html(call)["status"]}


class NullLink(AltServer, breaks="job.resource-url-with-complete"):
    """Has an empty link while the job runs."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {**data, "resourceUrl": ""} if data["status"] == "PROCESSING" else data
