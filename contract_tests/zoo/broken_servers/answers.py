"""Servers whose answers have the wrong shape."""

import itertools
import json
import re
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Collection
from contract_tests.zoo.alt_server.answers import Fields, HttpAnswer
from contract_tests.zoo.alt_server.request import Call
from contract_tests.zoo.alt_server.uploads import SIZES


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


class UnescapedXml(AltServer, breaks="answer.xml"):
    """Does not escape in XML."""

    def xml_text(self, text: str) -> str:
        return text


class XmlResult(AltServer, breaks="answer.xml"):
    """Calls the XML root result."""

    xml_root = "result"


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


class NullLink(AltServer, breaks="job.resource-url-with-complete"):
    """Has an empty link while the job runs."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {**data, "resourceUrl": ""} if data["status"] == "PROCESSING" else data


class NoLink(AltServer, breaks="job.resource-url-with-complete"):
    """Completes without a link."""

    def download_html(self, call: Call) -> dict[str, Any]:
        return {"status": super().download_html(call)["status"]}


class MarkupAsCdata(AltServer, breaks="answer.xml"):
    """Writes texts with markup as CDATA in XML, and forgets that `]]>` ends it."""

    def xml_text(self, text: str) -> str:
        is_markup = ("<" in text or "&" in text) and "\r" not in text
        return f"<![CDATA[{text}]]>" if is_markup else super().xml_text(text)


class SizesAsText(AltServer, breaks="answer.fields"):
    """Answers with width and height as text once an update has set them: as they came."""

    def __init__(self) -> None:
        super().__init__()
        self.updated: set[int] = set()

    def update(self, call: Call) -> dict[str, Any]:
        if any(call.get(sent) for sent in SIZES.values()):
            self.updated.add(call.collection.serial)
        return super().update(call)

    def get_collection(self, call: Call) -> dict[str, Any]:
        data = super().get_collection(call)
        if call.collection.serial in self.updated:
            data |= {name: str(data[name]) for name in SIZES.values()}
        return data


class LimitsAsJson(AltServer, breaks="answer.xml"):
    """Answers codes 31 and 32 as JSON in every format: a gateway before the API counts the calls."""

    def write(self, call: Call, said: Fields) -> HttpAnswer:
        if said["code"] in (31, 32) and call.get("format") == "xml":
            return 200, {"Content-Type": "application/json; charset=utf-8"}, self.json(said, call).encode()
        return super().write(call, said)


class ForgetsNoncharacters(AltServer, breaks="answer.xml-illegal-characters"):
    """Replaces control characters only, not U+FFFE and U+FFFF."""

    def cleaned(self, value: Any) -> Any:
        if isinstance(value, str):
            return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", value)
        return super().cleaned(value)


CUT = {"from", "to", "orderBy", "orderMode"}


class FilteredListIsAnObject(AltServer, breaks="answer.fields"):
    """Keeps the indexes of a list that it has filtered, so JSON has an object: array_filter without array_values."""

    def get_list(self, call: Call) -> dict[str, Any]:
        data = super().get_list(call)
        own = self.own(call.account)
        kept = [str(index) for index, one in enumerate(own) if self.is_wanted(call, one)]
        is_list = kept == [str(index) for index in range(len(kept))] or self.requested_format(call) != "json"
        if is_list or CUT & call.params.keys():
            return data
        return {**data, "collections": dict(zip(kept, data["collections"], strict=True))}


class DollarsArePatterns(AltServer, breaks="answer.same-in-every-format"):
    """Puts JSON into JSONP by JavaScript's replace, where two dollar signs stand for one, and `$&` for the place."""

    def jsonp(self, said: Fields, call: Call) -> str:
        before = f"/**/{self.callback(call)}("
        meant = {"$$": "$", "$&": "JSON", "$`": before, "$'": ");"}
        text = json.dumps(said).replace("<", "\\u003c")
        return before + re.sub(r"\$[$&`']", lambda found: meant[found[0]], text) + ");"


class XmlCutsTexts(AltServer, breaks="answer.same-in-every-format"):
    """Cuts the texts of XML, as a field of a database does, behind 65,535 characters."""

    def xml_text(self, text: str) -> str:
        return super().xml_text(text[:65_535])
