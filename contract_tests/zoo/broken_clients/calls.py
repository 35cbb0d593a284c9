"""Clients that make single calls wrongly."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


class UpdatesByPost(Client, breaks="client.get-for-reads"):
    """Changes a collection by POST, because it writes."""

    def call(self, params: Params) -> HttpResponse:
        if params["action"] != "collection.update":
            return super().call(params)
        return exchange("POST", self.task.base_url, FORM, self.query(params))


class DropsEmptyTexts(Client, breaks="client.parameters"):
    """Leaves out parameters that are empty, so that no title can be cleared."""

    def call_method(self, action: str, params: Params) -> Object:
        return super().call_method(action, {name: value for name, value in params.items() if value})


class RetriesForbiddenUpdates(Client, breaks="client.final-error"):
    """Tries an update of a forbidden collection again."""

    def call_method(self, action: str, params: Params) -> Object:
        try:
            return super().call_method(action, params)
        except ClientError as error:
            if action != "collection.update" or error.code != 43:
                raise
            self.wait(2_000)
            return super().call_method(action, params)


class CallsProcessingForbidden(Client, breaks="client.refusal"):
    """Reports a collection that is being converted as forbidden."""

    def refusal(self, answer: Envelope) -> ClientError:
        return super().refusal(Envelope(43, "Forbidden") if answer.code == 38 else answer)


class CallsTwice(Client, breaks="client.repeated-call"):
    """Asks for a list twice, and takes the second answer."""

    def call_method(self, action: str, params: Params) -> Object:
        found = super().call_method(action, params)
        if action != "collection.getList":
            return found
        self.wait(1_000)
        return super().call_method(action, params)


class SortsWithoutCase(Client, breaks="client.signature"):
    """Sorts the names that it signs without regard to letter case."""

    def order(self, params: Params) -> list[str]:
        return sorted(params, key=str.lower)


class ClearsTheDescription(Client, breaks="client.parameters"):
    """Sends a change with all its parameters: those that were not given are empty."""

    def call_method(self, action: str, params: Params) -> Object:
        empty = {"title": "", "description": ""} if action == "collection.update" else {}
        return super().call_method(action, empty | dict(params))


class BelievesItsDeletions(Client, breaks="client.agreement"):
    """Takes a collection for deleted where no whole answer came."""

    def call_method(self, action: str, params: Params) -> Object:
        try:
            return super().call_method(action, params)
        except ClientError as error:
            if action != "collection.deleteCollection" or error.kind != "transport":
                raise
            return {}
