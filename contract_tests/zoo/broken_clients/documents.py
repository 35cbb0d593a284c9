"""Clients that send a document wrongly, or to the wrong place."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError

Params = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes]]


# --- what arrives


class TrimsTheDocument(Client, breaks="client.upload-whole"):
    """Sends the document without the line end at its end."""

    def document(self, content: bytes) -> bytes:
        return content.rstrip(b"\r\n")


class DocumentIsText(Client, breaks="client.upload-whole"):
    """Reads the document as text in UTF-8."""

    def document(self, content: bytes) -> bytes:
        return content.decode("utf-8", "replace").encode()


class ChangesLineEnds(Client, breaks="client.upload-whole"):
    """Sends the document with other line ends."""

    def document(self, content: bytes) -> bytes:
        return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class SendsTheFirstPiece(Client, breaks="client.upload-whole"):
    """Sends the first 4 KiB of a document."""

    def document(self, content: bytes) -> bytes:
        return content[: 4 * 1024]


class SendsBase64(Client, breaks="client.upload-whole"):
    """Sends the document in Base64."""

    def document(self, content: bytes) -> bytes:
        return base64.b64encode(content)


class SendsAField(Client, breaks="client.upload-whole"):
    """Sends the document as a field, without the name of a file."""

    def file_part(self, name: str, _file_name: str, content: bytes) -> bytes:
        return self.part(f'name="{name}"', content)


class SendsItTwice(Client, breaks="client.upload-whole"):
    """Sends the document in two parts of one body."""

    def multipart(self, params: Params, files: Files) -> tuple[str, bytes]:
        return super().multipart(params, {**files, **{f"{name}2": file for name, file in files.items()}})


# --- where and how


class ParametersInTheQuery(Client, breaks="client.upload-host"):
    """Puts the parameters of an upload into the address."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        boundary, body = self.multipart({}, files)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return exchange("POST", f"{self.upload_url()}?{self.query(params)}", headers, body)


class UrlsByGet(Client, breaks="client.upload-host"):
    """Calls create by GET when there is only a URL."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        return super().upload(params, files) if files else self.call(params)


class UploadsByPut(Client, breaks="client.upload-host"):
    """Uploads by PUT."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        boundary, body = self.multipart(params, files)
        return exchange("PUT", self.upload_url(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body)


class DeclinesPictures(Client, breaks="client.unsupported"):
    """Declines to upload what is no PDF, although it declares that it uploads."""

    def create(self, params: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, Any]:
        if any(path.suffix.lower() != ".pdf" for path in files.values()):
            raise ClientError("unsupported", "only PDF can be uploaded")
        return super().create(params, files)


class AnUnreadUploadIsNone(Client, breaks="client.upload-uncertain"):
    """Reports an upload as not made when the connection was cut in the middle of its answer."""

    def uncertain(self, error: ClientError) -> ClientError:
        is_cut = "no whole answer, HTTP 200" in str(error)
        return ClientError("transport", "the upload failed") if is_cut else super().uncertain(error)


class GatewaysAreCertain(Client, breaks="client.upload-uncertain"):
    """Takes HTTP 502 and 504 of a gateway for an upload that was not carried out."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        response = super().upload(params, files)
        if response.status in (502, 504):
            error = ClientError("transport", f"HTTP {response.status}: the document was not uploaded")
            error.nothing_sent = True
            raise error
        return response


class UploadsAgainWhatFailed(Client, breaks="client.upload-once"):
    """Uploads a document once more whose conversion failed."""

    def create_and_wait(self, params: Params, files: Mapping[str, Path]) -> tuple[str, str]:
        try:
            return super().create_and_wait(params, files)
        except ClientError as error:
            if error.kind != "conversion_failed":
                raise
        return super().create_and_wait(params, files)


class CountsTheWholeBody(Client, breaks="client.progress"):
    """Reports the length of the whole body as what is sent of the document."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        self.body_size = len(self.multipart(params, files)[1])
        return super().upload(params, files)

    def progress(self, sent: int, total: int) -> None:
        super().progress(self.body_size if sent else 0, total)


class SaysHalf(Client, breaks="client.progress"):
    """Never says that all of a document is sent."""

    def progress(self, sent: int, total: int) -> None:
        super().progress(min(sent, max(0, total - 1)), total)


class CountsBeyond(Client, breaks="client.progress"):
    """Counts the bytes around the document too, and measures them by its size."""

    def progress(self, sent: int, total: int) -> None:
        super().progress(sent + 200 if sent else 0, total)


class CountsDown(Client, breaks="client.progress"):
    """Counts what is left instead of what is sent, and both in the end."""

    def progress(self, sent: int, total: int) -> None:
        super().progress(total - sent, total)
        super().progress(sent, total)


class ResendsToAnyone(Client, breaks="client.redirect"):
    """Sends the document again to wherever a redirect leads."""

    def upload(self, params: Params, files: Files) -> HttpResponse:
        response = super().upload(params, files)
        location = response.headers.get("location")
        if response.status not in (307, 308) or location is None:
            return response
        boundary, body = self.multipart(params, files)
        return exchange("POST", location, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body)


class AlwaysOneBoundary(Client, breaks="client.upload-whole"):
    """Puts the same boundary between the parts of every upload, whatever the document holds."""

    def multipart(self, params: Params, files: Files) -> tuple[str, bytes]:
        own, body = super().multipart(params, files)
        fixed = "----the-boundary-of-this-client"
        return fixed, body.replace(own.encode(), fixed.encode())


class RefusedBeforeIsSafe(Client, breaks="client.upload-once"):
    """Repeats an upload whose answer never came when an attempt before it was refused by a limit."""

    refused = False

    def create_once(self, params: Params, files: Files) -> dict[str, Any]:
        try:
            return super().create_once(params, files)
        except ClientError as error:
            self.refused = self.refused or error.code in self.floors
            if error.kind == "uncertain" and self.refused:
                raise ClientError("transport", str(error), retry_after_ms=0) from None
            raise
