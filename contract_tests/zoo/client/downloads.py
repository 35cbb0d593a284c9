"""The package: its job is followed, and it is downloaded, in parts where that is needed, and checked."""

import hashlib
import io
import os
import re
import zipfile
import zlib
from functools import partial
from typing import Any

from contract_tests.zoo.client.calls import Calls
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, Runtime, SavedFile, Task, UrlRefused

STATES = ("PROCESSING", "COMPLETE", "FAILED")


class Downloads(Calls):
    """Downloads one package, from the first call to the file."""

    first_ms, longest_ms = 2_000, 10_000
    links = 3
    final_state = "COMPLETE"

    def __init__(self, task: Task, runtime: Runtime) -> None:
        super().__init__(task, runtime)
        self.got, self.etag = b"", ""

    def poll(self) -> str:
        """The state of the job; raises `ClientError`."""
        return str(self.retry(self.ask)["status"])

    def download(self) -> SavedFile:
        """The file, when the package is there; raises `ClientError`."""
        for _ in range(self.links):
            link = self.follow()
            try:
                content = self.retry(partial(self.fetch, link))
            except UrlRefused:
                continue
            self.inspect(content)
            return self.save(content)
        raise ClientError("transport", "every resource URL was refused")

    # --- the job

    def ask(self) -> dict[str, Any]:
        """The data of one answer; raises `ClientError`."""
        return self.understand(self.answer_to(self.params()))

    def params(self) -> dict[str, str]:
        """The parameters of a call, without the signature."""
        return {"collectionHash": self.task.collection, **self.common("collection.downloadHTML")}

    def understand(self, answer: Envelope) -> dict[str, Any]:
        """The data of an answer that makes sense; raises `ClientError`."""
        if answer.code != 20:
            raise self.refusal(answer)
        data = dict(answer.data or {})
        if data.get("status") not in STATES:
            raise ClientError("protocol", "an answer without a known status of the job")
        if data["status"] == "COMPLETE" and not data.get("resourceUrl"):
            raise ClientError("protocol", "COMPLETE without a resource URL")
        self.runtime.report_status(data["status"])
        return data

    def follow(self) -> str:
        """The resource URL, as soon as there is one; raises `ClientError`."""
        pause = self.first_ms
        while (data := self.state_of_package())["status"] == "PROCESSING":
            self.wait(pause)
            pause = min(pause * 3 // 2, self.longest_ms)
        if data["status"] == "FAILED":
            raise ClientError("job_failed", "the package could not be generated")
        return str(data["resourceUrl"])

    def state_of_package(self) -> dict[str, Any]:
        """The state of the job; before the document is converted there is none yet; raises `ClientError`."""
        try:
            return self.retry(self.ask)
        except ClientError as error:
            if error.code != 38:
                raise
            return {"status": "PROCESSING"}

    # --- the file

    def fetch(self, link: str) -> bytes:
        """The whole package, including the part that is there; raises `ClientError` and `UrlRefused`."""
        ranged = {"Range": f"bytes={len(self.got)}-", "If-Range": self.etag} if self.got and self.etag else {}
        response = self.get(link, ranged)
        if response.status == 403:
            raise UrlRefused
        if response.status not in (200, 206):
            self.got = b""
            wait = 0 if response.status in self.busy else None
            raise ClientError("transport", f"HTTP {response.status} for the package", retry_after_ms=wait)
        self.take(response)
        if not response.whole:
            raise ClientError("transport", "the package was cut off", retry_after_ms=0)
        return self.got

    def take(self, response: HttpResponse) -> None:
        """Add a response to the part that is there; raises `ClientError` when it does not fit."""
        if response.status == 206 and not self.fits(response):
            self.got, self.etag = b"", ""
            raise ClientError("transport", "another part of the package than was asked for", retry_after_ms=0)
        self.got = self.got + response.body if response.status == 206 else response.body
        self.etag = response.headers.get("etag", "")

    def fits(self, response: HttpResponse) -> bool:
        """Whether a response continues the part that is there, of the same package."""
        begins = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
        return begins is not None and (int(begins[1]), response.headers.get("etag")) == (len(self.got), self.etag)

    def inspect(self, content: bytes) -> None:
        """Raise `ClientError` unless it is a zip archive whose checksums hold."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                broken = package.testzip()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as damage:
            raise ClientError("damaged", f"the package is not a zip archive: {damage}") from None
        if broken is not None:
            raise ClientError("damaged", f"the checksum of {broken} is wrong")

    def save(self, content: bytes) -> SavedFile:
        """Write the file under its final name, whole or not at all."""
        part = self.task.dest.with_name(f"{self.task.dest.name}.part")
        part.write_bytes(content)
        os.replace(part, self.task.dest)
        return self.saved(content)

    def saved(self, content: bytes) -> SavedFile:
        """The length and digest of the file."""
        return SavedFile(len(content), hashlib.sha256(content).hexdigest())
