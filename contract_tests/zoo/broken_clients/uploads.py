"""Clients that upload wrongly."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError

Params = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes]]


# --- how often


class _RepeatsUploads(Client):
    """Tries an upload again after errors of some kinds."""

    kinds: tuple[str, ...] = ()

    def uncertain(self, error: ClientError) -> ClientError:
        if error.kind in self.kinds:
            return ClientError(error.kind, str(error), retry_after_ms=2_000)
        return super().uncertain(error)


class RepeatsLostUploads(_RepeatsUploads, breaks="client.upload-once"):
    """Uploads again when no answer came."""

    kinds = ("transport",)


class RepeatsUnreadUploads(_RepeatsUploads, breaks="client.upload-once"):
    """Uploads again when it cannot read the answer."""

    kinds = ("protocol",)


class RepeatsAtABusyServer(Client, breaks="client.upload-once"):
    """Uploads again after HTTP 503, as it does with reads."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        response = super().upload(params, files)
        while response.status == 503:
            self.wait(2_000)
            response = super().upload(params, files)
        return response


class UploadsTwiceToBeSure(Client, breaks="client.upload-once"):
    """Looks at its list after a lost answer, and uploads again when nothing is there yet."""

    def uncertain(self, error: ClientError) -> ClientError:
        known = self.collections({})
        return super().uncertain(error) if known else ClientError(error.kind, str(error), retry_after_ms=0)


class SaysOnlyTransport(Client, breaks="client.upload-uncertain"):
    """Reports a lost answer to an upload as any other."""

    def uncertain(self, error: ClientError) -> ClientError:
        return ClientError("transport", "no answer")


class SaysNothingWasDone(Client, breaks="client.upload-uncertain"):
    """Reports a lost answer to an upload as a refusal."""

    def uncertain(self, _error: ClientError) -> ClientError:
        return ClientError("bad_request", "the document was not uploaded")


class TakesSilenceForSuccess(Client, breaks="client.upload-uncertain"):
    """Reports success when the whole document was sent, answer or not."""

    def create_and_wait(self, params: Params, files: Mapping[str, Path]) -> tuple[str, str]:
        try:
            return super().create_and_wait(params, files)
        except ClientError as error:
            if error.kind != "uncertain":
                raise
            return "", "complete"


# --- refusals


class _RetriesRefusedUploads(Client):
    codes: tuple[int, ...] = ()

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        if answer.code in self.codes:
            error.retry_after_ms = 5_000
        return error


class RetriesWhenTheMonthIsOver(_RetriesRefusedUploads, breaks="client.upload-refused"):
    """Tries again when the month's uploads are used up."""

    codes = (33,)


class RetriesLargeFiles(_RetriesRefusedUploads, breaks="client.upload-refused"):
    """Tries again with a file that is too large."""

    codes = (34,)


class RetriesWrongKinds(_RetriesRefusedUploads, breaks="client.upload-refused"):
    """Tries again with a document of a wrong kind."""

    codes = (45,)


class CallsPagesSize(Client, breaks="client.upload-refused"):
    """Reports too many pages as too large a file."""

    def refusal(self, answer: Envelope) -> ClientError:
        return super().refusal(Envelope(34, "File size too large") if answer.code == 35 else answer)


class KnowsNoUploadCodes(Client, breaks="client.upload-refused"):
    """Reports the codes of uploads as answers that it does not understand."""

    def refusal(self, answer: Envelope) -> ClientError:
        if answer.code in (33, 34, 35, 36, 45):
            return ClientError("protocol", "an unknown code")
        return super().refusal(answer)


# --- old rules, for uploads alone


class _SignsUploads(Client):
    files: Files = {}

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        self.files = files
        return super().create_once(params, files)


class SignsTheFile(_SignsUploads, breaks="client.signature"):
    """Signs the name of the file."""

    def signature(self, params: Params) -> str:
        return super().signature({**params, **{name: file_name for name, (file_name, _) in self.files.items()}})


class SignsAnEmptyFile(_SignsUploads, breaks="client.signature"):
    """Signs file as an empty parameter."""

    def signature(self, params: Params) -> str:
        return super().signature({**params, **dict.fromkeys(self.files, "")})


class EncodesTheAddress(Client, breaks="client.signature"):
    """Signs fileUrl as it would be in a query."""

    def signature(self, params: Params) -> str:
        address = {"fileUrl": quote(params["fileUrl"], safe="")} if "fileUrl" in params else {}
        return super().signature({**params, **address})


class AddressUnsigned(Client, breaks="client.signature"):
    """Leaves fileUrl out of the signature, as file."""

    def signature(self, params: Params) -> str:
        return super().signature({name: value for name, value in params.items() if name != "fileUrl"})


class TextsUnsigned(Client, breaks="client.signature"):
    """Signs an upload without title and description."""

    def signature(self, params: Params) -> str:
        is_upload = params["action"] == "collection.create"
        kept = {name: one for name, one in params.items() if not is_upload or name not in ("title", "description")}
        return super().signature(kept)


class LogsTheUpload(Client, breaks="client.secret-not-shown"):
    """Logs the fields of an upload, with its signature."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        self.runtime.log(f"uploading {dict(params)}")
        return super().upload(params, files)


class SecretBesideTheFile(Client, breaks="client.secret-not-sent"):
    """Sends the secret beside the file."""

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        return super().create_once({**params, "secret": self.task.secret}, files)


class HurriesUploads(Client, breaks="client.back-off"):
    """Repeats an upload at once that a limit refused."""

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        try:
            return super().create_once(params, files)
        except ClientError as error:
            if error.code == 31:
                return super().create_once(params, files)
            raise


class GivesUpUploads(Client, breaks="client.retry"):
    """Never repeats an upload, not even one that the API did not carry out."""

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        try:
            return super().create_once(params, files)
        except ClientError as error:
            error.retry_after_ms = None
            raise


class NeedsNoHash(Client, breaks="client.malformed-answer"):
    """Takes an answer to an upload without a collection for success."""

    def collection_in(self, answer: Envelope) -> dict[str, Any]:
        return {"collectionHash": "", **(answer.data or {})}

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        converted = {"flipbooks": [{"flipbookStatus": "complete"}]}
        return super().wait_converted(collection_hash) if collection_hash else converted


class TakesTheItemsHash(Client, breaks="client.agreement"):
    """Takes the hash of the item for the collection's: the vendor calls both the hash of a flipbook."""

    item = ""

    def collection_in(self, answer: Envelope) -> dict[str, Any]:
        data = super().collection_in(answer)
        self.item = data["flipbooks"][0]["flipbookHash"]
        return data

    def create_and_wait(self, params: Params, files: Mapping[str, Path]) -> tuple[str, str]:
        _, conversion = super().create_and_wait(params, files)
        return self.item, conversion


class AsciiInParts(Client, breaks="client.signature"):
    """Writes the fields of an upload in ASCII, and signs what the user gave."""

    def multipart(self, params: Params, files: Files) -> tuple[str, bytes]:
        return super().multipart({name: one.encode("ascii", "replace").decode() for name, one in params.items()}, files)


class TrimsTitles(Client, breaks="client.parameters"):
    """Trims the title of an upload before it signs it."""

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        return super().create_once({name: value.strip() for name, value in params.items()}, files)


class SendsAgainWhatBrokeOff(Client, breaks="client.upload-once"):
    """Uploads again when the connection breaks before there is any answer."""

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        try:
            return super().create_once(params, files)
        except ClientError as error:
            if "ConnectionResetError" in str(error) or "BrokenPipeError" in str(error):
                return super().create_once(params, files)
            raise


class SecretAsTheFileName(Client, breaks="client.secret-not-sent"):
    """Names the document after the secret, encoded."""

    def file_part(self, name: str, file_name: str, content: bytes) -> bytes:
        del file_name
        return super().file_part(name, f"{quote(quote(self.task.secret))}.png", content)


class AdoptsTheNewest(Client, breaks="client.upload-uncertain"):
    """Takes the newest collection for the uploaded one, when no answer came."""

    def create(self, params: Params, files: Mapping[str, Path]) -> dict[str, Any]:
        try:
            return super().create(params, files)
        except ClientError as error:
            newest = self.listed({"from": "0", "to": "0"}) if error.kind == "uncertain" else []
            if not newest:
                raise
            return newest[0]
