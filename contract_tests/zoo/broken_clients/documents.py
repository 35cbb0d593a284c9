"""Clients that send a document wrongly, or to the wrong place."""

import base64
from collections.abc import Mapping

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse, exchange

Params = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes]]


# --- what arrives


class DocumentIsText(Client, breaks="client.upload-whole"):
    """Reads the document as text in UTF-8."""

    def document(self, content: bytes) -> bytes:
        return content.decode("utf-8", "replace").encode()


class ChangesLineEnds(Client, breaks="client.upload-whole"):
    """Sends the document with other line ends."""

    def document(self, content: bytes) -> bytes:
        return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class TrimsTheDocument(Client, breaks="client.upload-whole"):
    """Sends the document without the line end at its end."""

    def document(self, content: bytes) -> bytes:
        return content.rstrip(b"\r\n")


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
