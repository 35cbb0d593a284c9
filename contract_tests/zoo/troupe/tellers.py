"""Clients that say too much, or refuse to say anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.answer import Answer
from contract_tests.zoo.client import Client
from contract_tests.zoo.errand import Made, Trouble
from contract_tests.zoo.exchange import Reply


class LogsTheSecret(Client):
    """Logs what it signs."""

    breaks = "client.secret-not-shown"

    def digest(self, text: str) -> str:
        self.world.log(f"signing {text}")
        return super().digest(text)


class LogsItsCalls(Client):
    """Logs the URL of each call, with its signature."""

    breaks = "client.secret-not-shown"

    def call(self, params: Mapping[str, str]) -> Reply:
        self.world.log(f"GET {self.errand.base_url}?{self.query(params)}")
        return super().call(params)


class LogsItsLinks(Client):
    """Logs the resource URL, by which anybody can fetch the package."""

    breaks = "client.secret-not-shown"

    def fetch(self, link: str) -> bytes:
        self.world.log(f"fetching {link}")
        return super().fetch(link)


class TellsTheSecretInErrors(Client):
    """Says with which secret a call was refused."""

    breaks = "client.secret-not-shown"

    def refusal(self, answer: Answer) -> Trouble:
        trouble = super().refusal(answer)
        text = f"{trouble} (signed with {self.errand.secret})"
        return Trouble(trouble.kind, text, code=trouble.code, wait_ms=trouble.wait_ms)


class TellsSignaturesInErrors(Client):
    """Says in an error which signature was refused."""

    breaks = "client.secret-not-shown"

    def refusal(self, answer: Answer) -> Trouble:
        trouble = super().refusal(answer)
        text = f"{trouble}, signature={self.signature(self.params())}"
        return Trouble(trouble.kind, text, code=trouble.code, wait_ms=trouble.wait_ms)


class TellsTheLinkAsAState(Client):
    """Tells the resource URL together with the state of the job."""

    breaks = "client.secret-not-shown"

    def understand(self, answer: Answer) -> dict[str, Any]:
        data = super().understand(answer)
        self.world.note(f"{data['status']} {data.get('resourceUrl', '')}")
        return data


class DeclinesXml(Client):
    """Declines XML, though it says that it can read it."""

    breaks = "client.unsupported"

    def download(self) -> Made:
        if self.errand.form == "xml":
            raise Trouble("unsupported", "no XML today")
        return super().download()
