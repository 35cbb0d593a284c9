"""Uploads: a document goes to the upload host once, unless the API said that nothing was done, or no byte was sent."""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from contract_tests.zoo.client.calls import Calls
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError

VENDOR, UPLOAD = "//api.flipsnack.com", "//upload.flipsnack.com"
UNCERTAIN = "the answer never came, so the collection may exist: look for it with collection.getList"
QUOTED = {'"': "%22", "\r": "%0D", "\n": "%0A"}


class Uploads(Calls):
    """Uploads one document."""

    def create(self, params: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, Any]:
        """The new collection of a document, by file or by `fileUrl`; raises `ClientError`."""
        known = {**params, **self.common("collection.create")}
        content = {name: (path.name, path.read_bytes()) for name, path in files.items()}
        return self.retry(partial(self.create_once, known, content))

    def create_once(self, params: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> dict[str, Any]:
        """One attempt; only an error that says that nothing was done is worth another. Raises `ClientError`."""
        try:
            answer = self.answer_to_upload(params, files)
        except ClientError as error:
            raise (error if error.nothing_sent else self.uncertain(error)) from None
        if answer.code != 20:
            raise self.refusal(answer)
        return self.collection_in(answer)

    def answer_to_upload(self, params: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> Envelope:
        """The answer to one signed upload; raises `ClientError`."""
        size = sum(len(content) for _, content in files.values())
        self.progress(0, size)
        response = self.upload({**params, "signature": self.signature(params)}, files)
        self.progress(size, size)
        if response.status in self.busy or not response.whole:
            raise ClientError("transport", f"no whole answer, HTTP {response.status}")
        return self.decode(response.body)

    def progress(self, sent: int, total: int) -> None:
        """Report how many bytes of the documents are sent."""
        self.runtime.report_progress(sent, total)

    def collection_in(self, answer: Envelope) -> dict[str, Any]:
        """The collection in an answer; raises `ClientError`."""
        data = dict(answer.data or {})
        if not data.get("collectionHash"):
            raise ClientError("protocol", "an upload was answered without a collection")
        return data

    def uncertain(self, error: ClientError) -> ClientError:
        """The error for an upload of which nobody knows what came of it."""
        return ClientError("uncertain", f"{error}; {UNCERTAIN}")

    def upload(self, params: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> HttpResponse:
        """The answer to a POST of parameters and files; raises `ClientError`."""
        boundary, body = self.multipart(params, files)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return exchange("POST", self.upload_url(), headers, body)

    def upload_url(self) -> str:
        """The address of uploads: the vendor's upload host, or any other host itself."""
        return self.task.base_url.replace(VENDOR, UPLOAD)

    def multipart(self, params: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> tuple[str, bytes]:
        """A boundary that no part holds, and the body: the parameters, then the files."""
        parts = [self.part(f'name="{_quoted(name)}"', value.encode()) for name, value in params.items()]
        parts += [self.file_part(name, *file) for name, file in files.items()]
        boundary = hashlib.sha256(b"".join(parts)).hexdigest()
        line = f"--{boundary}".encode()
        return boundary, b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"

    def file_part(self, name: str, file_name: str, content: bytes) -> bytes:
        """The part of a file."""
        return self.part(f'name="{_quoted(name)}"; filename="{_quoted(file_name)}"', self.document(content))

    def document(self, content: bytes) -> bytes:
        """A document as it is sent."""
        return content

    def part(self, about: str, content: bytes) -> bytes:
        """One part without the boundary before it."""
        return f"Content-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"


def _quoted(name: str) -> str:
    return "".join(QUOTED.get(letter, letter) for letter in name)
