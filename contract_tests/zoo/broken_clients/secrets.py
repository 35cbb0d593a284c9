"""Clients that reveal a secret, or decline what they can do."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, SavedFile


class LogsTheSecret(Client, breaks="client.secret-not-shown"):
    """Logs what it signs."""

    def digest(self, text: str) -> str:
        self.runtime.log(f"signing {text}")
        return super().digest(text)


class LogsItsCalls(Client, breaks="client.secret-not-shown"):
    """Logs the URL of each call, with its signature."""

    def call(self, params: Mapping[str, str]) -> HttpResponse:
        self.runtime.log(f"GET {self.task.base_url}?{self.query(params)}")
        return super().call(params)


class LogsItsLinks(Client, breaks="client.secret-not-shown"):
    """Logs the resource URL, with which anybody can download the package."""

    def fetch(self, link: str) -> bytes:
        self.runtime.log(f"fetching {link}")
        return super().fetch(link)


class TellsTheSecretInErrors(Client, breaks="client.secret-not-shown"):
    """Names the secret in errors."""

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        text = f"{error} (signed with {self.task.secret})"
        return ClientError(error.kind, text, code=error.code, retry_after_ms=error.retry_after_ms)


class TellsTheLinkAsAState(Client, breaks="client.secret-not-shown"):
    """Reports the resource URL together with the state of the job."""

    def understand(self, answer: Envelope) -> dict[str, Any]:
        data = super().understand(answer)
        self.runtime.report_status(f"{data['status']} {data.get('resourceUrl', '')}")
        return data


class DeclinesXml(Client, breaks="client.unsupported"):
    """Declines XML, although it declares that it reads it."""

    def download(self) -> SavedFile:
        if self.task.form == "xml":
            raise ClientError("unsupported", "no XML today")
        return super().download()


class LogsInBase64(Client, breaks="client.secret-not-shown"):
    """Logs the secret in Base64, as if that were a cipher."""

    def digest(self, text: str) -> str:
        self.runtime.log(f"secret: {base64.b64encode(self.task.secret.encode()).decode()}")
        return super().digest(text)


class LogsAsAnAddress(Client, breaks="client.secret-not-shown"):
    """Logs what it signs, encoded as in an address."""

    def digest(self, text: str) -> str:
        self.runtime.log(f"signing {quote(text)}")
        return super().digest(text)


class LogsSignatures(Client, breaks="client.secret-not-shown"):
    """Logs each signature by itself, in capitals."""

    def digest(self, text: str) -> str:
        made = super().digest(text)
        self.runtime.log(f"md5 {made.upper()}")
        return made


class NamesFilesAfterTheSecret(Client, breaks="client.secret-not-shown"):
    """Names its working file after the secret, and keeps it when the package is damaged."""

    def inspect(self, content: bytes) -> None:
        name = f"{self.task.dest.name}.{self.task.secret.encode().hex()}"
        part = self.task.dest.with_name(name)
        part.write_bytes(content)
        super().inspect(content)
        part.unlink()


class ShowsTheRefusedSignature(Client, breaks="client.secret-not-shown"):
    """Names the signature in the error when the API calls it invalid."""

    sent = ""

    def signature(self, params: Mapping[str, str]) -> str:
        self.sent = super().signature(params)
        return self.sent

    def refusal(self, answer: Envelope) -> ClientError:
        if answer.code != 44:
            return super().refusal(answer)
        return ClientError("auth", f"{answer.status}: {self.sent} was not accepted", code=44)


class LogsWhatItRetries(Client, breaks="client.secret-not-shown"):
    """Logs the address of a call that a busy server did not answer, with its signature."""

    def call(self, params: Mapping[str, str]) -> HttpResponse:
        response = super().call(params)
        if response.status in self.busy:
            self.runtime.log(f"HTTP {response.status} from {self.task.base_url}?{self.query(params)}, trying again")
        return response


class DumpsTheSignedBytes(Client, breaks="client.secret-not-shown"):
    """Adds the bytes that it signed to the report of code 44, in hexadecimal with blanks between them."""

    text = ""

    def digest(self, text: str) -> str:
        self.text = text
        return super().digest(text)

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        if answer.code != 44:
            return error
        return ClientError(error.kind, f"{error}; the signed bytes were {self.text.encode().hex(' ')}", code=44)


class NotesItsLink(Client, breaks="client.secret-not-shown"):
    """Notes the resource URL in a file until the package is there, so that it may go on by it later."""

    def fetch(self, link: str) -> bytes:
        note = self.task.dest.with_name(f"{self.task.dest.name}.part.url")
        note.write_text(link, encoding="utf-8")
        content = super().fetch(link)
        note.unlink()
        return content
