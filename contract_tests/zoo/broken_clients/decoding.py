"""Clients that misread answers."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from contract_tests.zoo.client import CALLBACK, STATES, Client
from contract_tests.zoo.envelope import Envelope, from_json, from_jsonp, from_xml
from contract_tests.zoo.task import ClientError


class AsksAgainAfterComplete(Client, breaks="client.final-state"):
    """Asks once more after COMPLETE, and takes the newer resource URL."""

    def follow(self) -> str:
        super().follow()
        self.wait(2_000)
        return super().follow()


class AsksAgainAfterFailed(Client, breaks="client.final-state"):
    """Asks once more after FAILED, to be sure."""

    def follow(self) -> str:
        try:
            return super().follow()
        except ClientError as error:
            if error.kind == "job_failed":
                self.wait(2_000)
                self.ask()
            raise


class TakesFailedForRunning(Client, breaks="client.final-state"):
    """Waits for a failed package as if it were being built."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        data = super().understand(answer)
        return {**data, "status": "PROCESSING"} if data["status"] == "FAILED" else data


class CallsFailedTransport(Client, breaks="client.failed-job"):
    """Reports FAILED as a broken connection."""

    def follow(self) -> str:
        try:
            return super().follow()
        except ClientError as error:
            raise (ClientError("transport", "FAILED?") if error.kind == "job_failed" else error) from None


class TakesAnyStateForRunning(Client, breaks="client.malformed-answer"):
    """Takes every state but COMPLETE and FAILED for PROCESSING."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        known = (answer.data or {}).get("status") in STATES or answer.code != 20
        return super().understand(answer) if known else {"status": "PROCESSING"}


class TakesAnyStateForDone(Client, breaks="client.malformed-answer"):
    """Takes every state but PROCESSING and FAILED for COMPLETE."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        data = dict(answer.data or {})
        known = data.get("status") in STATES or answer.code != 20
        return super().understand(answer) if known else {"resourceUrl": "", **data, "status": "COMPLETE"}


class TakesNoDataForRunning(Client, breaks="client.malformed-answer"):
    """Takes an answer without data for PROCESSING."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        empty = answer.code == 20 and answer.data is None
        return {"status": "PROCESSING"} if empty else super().understand(answer)


class TakesNoLinkForRunning(Client, breaks="client.malformed-answer"):
    """Takes COMPLETE without a resource URL for PROCESSING."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        linkless = answer.code == 20 and not (answer.data or {}).get("resourceUrl")
        told = (answer.data or {}).get("status")
        return {"status": "PROCESSING"} if linkless and told == "COMPLETE" else super().understand(answer)


class WaitsThroughNewCodes(Client, breaks="client.malformed-answer"):
    """Keeps polling when it receives an unknown code."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        return super().understand(answer) if answer.code <= 46 else {"status": "PROCESSING"}


class GoesByTheMessage(Client, breaks="client.malformed-answer"):
    """Reads the message and ignores the code."""

    def decode(self, body: bytes) -> Envelope:
        lenient = re.sub(rb'"code": ?"\w+"|(?<=<code>)[a-z]+(?=</code>)', self._twenty, body)
        return super().decode(lenient)

    @staticmethod
    def _twenty(found: re.Match[bytes]) -> bytes:
        return b'"code": 20' if found[0].startswith(b'"') else b"20"

    def understand(self, answer: Envelope) -> dict[str, Any]:
        known = Envelope(20, "OK", answer.data) if answer.status == "OK" else answer
        return super().understand(known)


class FollowsEntities(Client, breaks="client.malformed-answer"):
    """Fetches what a document type in XML points at, as XML parsers do unless they are told not to."""

    def decode(self, body: bytes) -> Envelope:
        text = body.decode("utf-8", "replace")
        if found := re.search(r'<!ENTITY (\w+) SYSTEM "([^"]+)">\s*\]>', text):
            fetched = self.get(found[2]).body.decode("utf-8", "replace")
            body = text[found.end() :].replace(f"&{found[1]};", fetched).encode()
        return super().decode(body)


class PollOfAFailedJobFails(Client, breaks="client.success"):
    """Reports an error when a single poll finds a failed job, although the poll succeeded."""

    def poll(self) -> str:
        state = super().poll()
        if state == "FAILED":
            raise ClientError("job_failed", "the package could not be generated")
        return state


class TakesOkForComplete(Client, breaks="client.success"):
    """Mistakes the message of the envelope for the state of the job: OK is COMPLETE."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        done = answer.status == "OK" and (answer.data or {}).get("status") == "PROCESSING"
        return super().understand(Envelope(answer.code, answer.status, {"status": "COMPLETE"}) if done else answer)


class ComparesCodesAsText(Client, breaks="client.success"):
    """Compares the code with the text "20", which is never equal to a number."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        if self.task.form == "json" and answer.code == 20:
            raise ClientError("protocol", "20 is not '20'", code=20)
        return super().understand(answer)


class ReadsJsonByPattern(Client, breaks="client.success"):
    """Reads JSON with regular expressions that fit only one way to write it."""

    def decode(self, body: bytes) -> Envelope:
        if self.task.form != "json":
            return super().decode(body)
        found = re.search(rb'"code": ?(\d+),\s*"status": ?"([^"]*)"(?:,\s*"data": ?\{"status": ?"(\w+)")?', body)
        if found is None:
            raise ClientError("protocol", "not as expected")
        link = re.search(rb'"resourceUrl": ?"([^"]*)"', body)
        data = {"status": found[3].decode()} if found[3] else None
        linked = {"resourceUrl": link[1].decode()} if link else {}
        return Envelope(int(found[1]), found[2].decode(), None if data is None else {**data, **linked})


class ReadsJsonpByPattern(Client, breaks="client.jsonp"):
    """Reads JSONP up to the first closing bracket."""

    read = {**Client.read, "jsonp": lambda body: _between_brackets(body)}


def _between_brackets(body: bytes) -> Envelope:
    found = re.search(rb"\((.*?)\)", body, re.DOTALL)
    return from_json(found[1] if found else body)


class WantsABareCall(Client, breaks="client.jsonp"):
    """Expects JSONP without a comment and without a semicolon."""

    read = {**Client.read, "jsonp": lambda body: from_json(body[len(CALLBACK) + 1 : -1])}


class ReadsXmlByPattern(Client, breaks="client.xml"):
    """Reads XML with regular expressions, and leaves &amp; as it is."""

    read = {**Client.read, "xml": lambda body: _between_tags(body.decode())}


def _between_tags(text: str) -> Envelope:
    code = re.search(r"<code>(\d+)</code>", text)
    status = re.findall(r"<status>([^<]*)</status>", text)
    link = re.search(r"<resourceUrl>(.*?)</resourceUrl>", text)
    if code is None or "</response>" not in text:
        raise ValueError("not as expected")
    data = {"status": status[1]} if status[1:] else None
    return Envelope(int(code[1]), status[0], data and {**data, **({"resourceUrl": link[1]} if link else {})})


class TakesTheFirstStatus(Client, breaks="client.xml"):
    """Reads the first status in XML, wherever it is."""

    read = {**Client.read, "xml": lambda body: _with_first_status(from_xml(body), body)}


def _with_first_status(answer: Envelope, body: bytes) -> Envelope:
    first = next(ElementTree.fromstring(body).iter("status")).text or ""
    data: Mapping[str, Any] | None = answer.data
    return Envelope(answer.code, answer.status, None if data is None else {**data, "status": first})


class LeavesOutTheCode(Client, breaks="client.refusal"):
    """Reports a refusal with its class alone."""

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        return ClientError(error.kind, str(error), retry_after_ms=error.retry_after_ms)


class ReportsAnotherCode(Client, breaks="client.refusal"):
    """Reports a wrong signature with the code of a wrong key."""

    def refusal(self, answer: Envelope) -> ClientError:
        return ClientError("auth", "41 Invalid credentials", code=41) if answer.code == 44 else super().refusal(answer)


class IgnoresTheCode(Client, breaks="client.refusal"):
    """Ignores the code, and reports a refusal as an answer without data."""

    def refusal(self, _answer: Envelope) -> ClientError:
        return ClientError("protocol", "no data")


class CallsForbiddenAuth(Client, breaks="client.refusal"):
    """Reports a forbidden collection as wrong credentials."""

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        return ClientError("auth", str(error), code=43) if answer.code == 43 else error


class JsonpIsNotJson(Client, breaks="client.jsonp"):
    """Reads errors in JSONP as if they were JSON."""

    read = {**Client.read, "jsonp": lambda body: from_jsonp(body, CALLBACK) if b'"data"' in body else from_json(body)}


class KnowsFourCodes(Client, breaks="client.refusal"):
    """Reports every code that the page of the method does not name as forbidden."""

    def refusal(self, answer: Envelope) -> ClientError:
        known = answer.code in (22, 30, 31, 32, 40, 41, 43, 44)
        return super().refusal(answer) if known else ClientError("forbidden", "43?", code=answer.code)


class ReadsTextAlone(Client, breaks="client.xml"):
    """Drops the CDATA sections of XML as if they were comments."""

    read = {**Client.read, "xml": lambda body: from_xml(re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", body, flags=re.DOTALL))}


class WantsLettersAsTheyAre(Client, breaks="client.success"):
    """Leaves escapes in JSON as they are."""

    read = {**Client.read, "json": lambda body: from_json(body.replace(b"\\u", b"u"))}


class LosesTheAmpersand(Client, breaks="client.success"):
    """Cuts a link where JSON writes an ampersand with its number."""

    read = {**Client.read, "json": lambda body: from_json(re.sub(rb"\\u0026[^\"]*", b"", body))}


def _first_object(body: bytes) -> Envelope:
    text = body.decode().lstrip()
    _, end = json.JSONDecoder().raw_decode(text)
    return from_json(text[:end].encode())


class ReadsTheFirstObject(Client, breaks="client.malformed-answer"):
    """Reads the first object of an answer, and ignores whatever follows it."""

    read = {"json": _first_object, "jsonp": lambda body: from_jsonp(body, CALLBACK), "xml": from_xml}


def _to_first_parenthesis(body: bytes) -> Envelope:
    return from_jsonp(body.partition(b")")[0] + b");" if b"(" in body else body, CALLBACK)


class EndsAtAParenthesis(Client, breaks="client.jsonp"):
    """Ends the argument of a callback at the first closing parenthesis, though a title may have one."""

    read = {"json": from_json, "jsonp": _to_first_parenthesis, "xml": from_xml}


def _from_either(body: bytes) -> Envelope:
    return from_xml(body) if body.startswith(b"<?xml") else from_json(body)


class ReadsXmlToo(Client, breaks="client.malformed-answer"):
    """Reads an answer in XML where it asked for JSON."""

    read = {**Client.read, "json": _from_either}
