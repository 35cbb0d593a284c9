"""A second correct client, written from the vendor's page alone: the broken clients are made of it.

It shares no code with the reference client. Every step is a method, so that breaking one rule takes a few lines. Times
are milliseconds of the runtime's clock.
"""

import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from contract_tests.zoo.envelope import Envelope, from_json, from_jsonp, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError, Runtime, SavedFile, Task, UrlRefused

T = TypeVar("T")

CALLBACK = "received"
STATES = ("PROCESSING", "COMPLETE", "FAILED")
# The vendor's codes as error classes of the adapter protocol.
KINDS = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
KINDS |= dict.fromkeys((30, 40, 42), "bad_request")
# The codes that are worth a retry, each with the least pause before it.
FLOORS = {31: 1_000, 32: 20_000, 22: 5_000}
BUSY = (429, 500, 502, 503, 504)


class Client:
    """Downloads one package, from the first call to the file. `breaks` is the rule that it breaks: none."""

    breaks = ""
    capabilities = "virtual_sleep json jsonp xml cancel deadline retries refresh checksums progress"
    first_ms, longest_ms = 2_000, 10_000
    attempts, links = 8, 3
    busy: Collection[int] = BUSY
    floors: Mapping[int, int] = FLOORS
    read: Mapping[str, Callable[[bytes], Envelope]] = {
        "json": from_json,
        "jsonp": lambda body: from_jsonp(body, CALLBACK),
        "xml": from_xml,
    }

    def __init_subclass__(cls, *, breaks: str = "") -> None:
        if breaks:
            cls.breaks = breaks

    def __init__(self, task: Task, runtime: Runtime) -> None:
        self.task, self.runtime = task, runtime
        self.end_ms = None if task.deadline_ms is None else runtime.now_ms + task.deadline_ms
        self.got, self.etag = b"", ""

    # --- what a user calls

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

    def call_method(self, action: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of a call of any method that uploads nothing; raises `ClientError`."""
        return self.retry(partial(self.ask_for, {**params, **self.common(action)}))

    # --- one call of the API

    def ask(self) -> dict[str, Any]:
        """The data of one answer; raises `ClientError`."""
        return self.understand(self.answer_to(self.params()))

    def ask_for(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of any answer with code 20; raises `ClientError`."""
        answer = self.answer_to(params)
        if answer.code != 20:
            raise self.refusal(answer)
        return dict(answer.data or {})

    def answer_to(self, params: Mapping[str, str]) -> Envelope:
        """The answer to a signed call with these parameters; raises `ClientError`."""
        response = self.call({**params, "signature": self.signature(params)})
        if response.status in self.busy or not response.whole:
            raise ClientError("transport", f"no whole answer, HTTP {response.status}", retry_after_ms=0)
        return self.decode(response.body)

    def params(self) -> dict[str, str]:
        """The parameters of a call, without the signature."""
        return {"collectionHash": self.task.collection, **self.common("collection.downloadHTML")}

    def common(self, action: str) -> dict[str, str]:
        """The parameters that every method has, without the signature."""
        callback = {"callback": CALLBACK} if self.task.form == "jsonp" else {}
        return {"apiKey": self.task.key, "format": self.task.form, **callback, "action": action}

    def signature(self, params: Mapping[str, str]) -> str:
        """The MD5 of the secret and of every name with its value, sorted by name."""
        pairs = "".join(name + self.signed(params[name]) for name in self.order(params))
        return self.digest(self.task.secret + pairs)

    def order(self, params: Mapping[str, str]) -> list[str]:
        """The names in the order in which they are signed."""
        return sorted(params)

    def signed(self, value: str) -> str:
        """A value as it is signed."""
        return value

    def digest(self, text: str) -> str:
        """The digest of a signed text."""
        return hashlib.md5(text.encode()).hexdigest()

    def call(self, params: Mapping[str, str]) -> HttpResponse:
        """The answer to a call with these parameters."""
        return self.get(f"{self.task.base_url}?{self.query(params)}")

    def query(self, params: Mapping[str, str]) -> str:
        """The parameters as they are sent."""
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())

    def decode(self, body: bytes) -> Envelope:
        """What an answer says; raises `ClientError`."""
        try:
            return self.read[self.task.form](body)
        except ValueError as damage:
            raise ClientError("protocol", f"not an answer: {damage}") from None

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

    def refusal(self, answer: Envelope) -> ClientError:
        """The error for an answer with another code than 20."""
        kind, wait = KINDS.get(answer.code, "protocol"), self.floors.get(answer.code)
        return ClientError(kind, f"{answer.code} {answer.status}", code=answer.code, retry_after_ms=wait)

    # --- what takes time

    def follow(self) -> str:
        """The resource URL, as soon as there is one; raises `ClientError`."""
        pause = self.first_ms
        while (data := self.retry(self.ask))["status"] == "PROCESSING":
            self.wait(pause)
            pause = min(pause * 3 // 2, self.longest_ms)
        if data["status"] == "FAILED":
            raise ClientError("job_failed", "the package could not be generated")
        return str(data["resourceUrl"])

    def retry(self, step: Callable[[], T]) -> T:
        """The result of `step`, which is retried after a temporary error; raises `ClientError`."""
        pause = 1_000
        for left in reversed(range(self.attempts)):
            try:
                return step()
            except ClientError as error:
                if error.retry_after_ms is None or not left:
                    raise
                self.wait(self.pause(error, max(pause, error.retry_after_ms)))
            pause = min(2 * pause, 30_000)
        raise AssertionError("the last attempt returns or raises")

    def pause(self, _trouble: ClientError, ms: int) -> int:
        """Milliseconds to wait before the next attempt, where `ms` would be enough."""
        return ms

    def wait(self, ms: int) -> None:
        """Sleep, if there is time for it before the deadline; raises `ClientError`."""
        if self.end_ms is not None and self.runtime.now_ms + ms > self.end_ms:
            raise ClientError("deadline", f"another {ms} ms do not fit into the deadline")
        self.runtime.sleep(ms)

    # --- the package

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

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """The answer to a GET; raises `ClientError`."""
        return exchange("GET", url, headers or {})
