"""A second client, written from the vendor's page alone: what the broken clients of the zoo are made of.

It is correct, and shares nothing with the reference client but that page. Every step is a method, so that breaking one
promise takes a few lines. Times are milliseconds; how time passes is the world's business.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from contract_tests.zoo.answer import Answer, from_json, from_jsonp, from_xml
from contract_tests.zoo.errand import DeadLink, Errand, Made, Trouble, World
from contract_tests.zoo.exchange import Reply, exchange

__all__ = ["CALLBACK", "FLOORS", "STATES", "Client"]

T = TypeVar("T")

CALLBACK = "received"
STATES = ("PROCESSING", "COMPLETE", "FAILED")
# The table of codes on the vendor's pages, in the words of the adapter protocol.
KINDS = {22: "maintenance", 31: "rate_limited", 32: "rate_limited", 41: "auth", 43: "forbidden", 44: "auth"}
KINDS |= dict.fromkeys((30, 40, 42), "bad_request")
# What may be tried again, and after how long at least: a second is over, a minute is soon over, maintenance takes time.
FLOORS = {31: 1_000, 32: 20_000, 22: 5_000}
BUSY = (429, 500, 502, 503, 504)


class Client:
    """Fetches one download package, from the first call to the file. `breaks` is the rule that it breaks: none."""

    breaks = ""
    capabilities = "virtual_sleep json jsonp xml cancel deadline retries refresh checksums progress"
    first_ms, longest_ms = 2_000, 10_000
    attempts, links = 8, 3
    floors: Mapping[int, int] = FLOORS
    read: Mapping[str, Callable[[bytes], Answer]] = {
        "json": from_json,
        "jsonp": lambda body: from_jsonp(body, CALLBACK),
        "xml": from_xml,
    }

    def __init__(self, errand: Errand, world: World) -> None:
        self.errand, self.world = errand, world
        self.end_ms = None if errand.deadline_ms is None else world.now_ms + errand.deadline_ms
        self.got, self.etag = b"", ""

    # --- what a user calls

    def poll(self) -> str:
        """The state of the job; raises `Trouble`."""
        return str(self.insist(self.ask)["status"])

    def download(self) -> Made:
        """The file, when the package is there; raises `Trouble`."""
        for _ in range(self.links):
            link = self.follow()
            try:
                content = self.insist(partial(self.fetch, link))
            except DeadLink:
                continue
            self.inspect(content)
            return self.keep(content)
        raise Trouble("transport", "every resource URL was refused")

    def call_method(self, action: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of a call of any method that uploads nothing; raises `Trouble`."""
        callback = {"callback": CALLBACK} if self.errand.form == "jsonp" else {}
        common = {"apiKey": self.errand.key, "format": self.errand.form, **callback, "action": action}
        return self.insist(partial(self.ask_for, {**params, **common}))

    # --- one call of the API

    def ask(self) -> dict[str, Any]:
        """The data of one answer; raises `Trouble`."""
        return self.understand(self.answer_to(self.params()))

    def ask_for(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The data of any answer with code 20; raises `Trouble`."""
        answer = self.answer_to(params)
        if answer.code != 20:
            raise self.refusal(answer)
        return dict(answer.data or {})

    def answer_to(self, params: Mapping[str, str]) -> Answer:
        """The answer to a signed call with these parameters; raises `Trouble`."""
        reply = self.call({**params, "signature": self.signature(params)})
        if reply.status in BUSY or not reply.whole:
            raise Trouble("transport", f"no whole answer, HTTP {reply.status}", wait_ms=0)
        return self.decode(reply.body)

    def params(self) -> dict[str, str]:
        """What is asked for, without the signature."""
        wanted = {"collectionHash": self.errand.collection, "apiKey": self.errand.key, "format": self.errand.form}
        callback = {"callback": CALLBACK} if self.errand.form == "jsonp" else {}
        return {**wanted, **callback, "action": "collection.downloadHTML"}

    def signature(self, params: Mapping[str, str]) -> str:
        """The MD5 of the secret and of every name with its value, sorted by name."""
        pairs = "".join(name + self.signed(params[name]) for name in self.order(params))
        return self.digest(self.errand.secret + pairs)

    def order(self, params: Mapping[str, str]) -> list[str]:
        """The names in the order in which they are signed."""
        return sorted(params)

    def signed(self, value: str) -> str:
        """A value as it is signed."""
        return value

    def digest(self, text: str) -> str:
        """The digest of a signed text."""
        return hashlib.md5(text.encode()).hexdigest()

    def call(self, params: Mapping[str, str]) -> Reply:
        """The answer to a call with these parameters."""
        return self.get(f"{self.errand.base_url}?{self.query(params)}")

    def query(self, params: Mapping[str, str]) -> str:
        """The parameters as they are sent."""
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())

    def decode(self, body: bytes) -> Answer:
        """What an answer says; raises `Trouble`."""
        try:
            return self.read[self.errand.form](body)
        except ValueError as damage:
            raise Trouble("protocol", f"not an answer: {damage}") from None

    def understand(self, answer: Answer) -> dict[str, Any]:
        """The data of an answer that makes sense; raises `Trouble`."""
        if answer.code != 20:
            raise self.refusal(answer)
        data = dict(answer.data or {})
        if data.get("status") not in STATES:
            raise Trouble("protocol", "an answer without a known status of the job")
        if data["status"] == "COMPLETE" and not data.get("resourceUrl"):
            raise Trouble("protocol", "COMPLETE without a resource URL")
        self.world.note(data["status"])
        return data

    def refusal(self, answer: Answer) -> Trouble:
        """What an answer with another code than 20 comes to."""
        kind, wait = KINDS.get(answer.code, "protocol"), self.floors.get(answer.code)
        return Trouble(kind, f"{answer.code} {answer.status}", code=answer.code, wait_ms=wait)

    # --- what takes time

    def follow(self) -> str:
        """The resource URL, as soon as there is one; raises `Trouble`."""
        pause = self.first_ms
        while (data := self.insist(self.ask))["status"] == "PROCESSING":
            self.wait(pause)
            pause = min(pause * 3 // 2, self.longest_ms)
        if data["status"] == "FAILED":
            raise Trouble("job_failed", "the package could not be generated")
        return str(data["resourceUrl"])

    def insist(self, step: Callable[[], T]) -> T:
        """What comes of `step`, tried again after what passes; raises `Trouble`."""
        pause = 1_000
        for left in reversed(range(self.attempts)):
            try:
                return step()
            except Trouble as trouble:
                if trouble.wait_ms is None or not left:
                    raise
                self.wait(self.pause(trouble, max(pause, trouble.wait_ms)))
            pause = min(2 * pause, 30_000)
        raise AssertionError("the last attempt returns or raises")

    def pause(self, _trouble: Trouble, ms: int) -> int:
        """How long to wait before the next attempt, when `ms` would be enough."""
        return ms

    def wait(self, ms: int) -> None:
        """Sleep, if there is time for it before the deadline; raises `Trouble`."""
        if self.end_ms is not None and self.world.now_ms + ms > self.end_ms:
            raise Trouble("deadline", f"another {ms} ms do not fit into the deadline")
        self.world.sleep(ms)

    # --- the package

    def fetch(self, link: str) -> bytes:
        """The whole package, what was fetched before included; raises `Trouble` and `DeadLink`."""
        ranged = {"Range": f"bytes={len(self.got)}-", "If-Range": self.etag} if self.got and self.etag else {}
        reply = self.get(link, ranged)
        if reply.status == 403:
            raise DeadLink
        if reply.status not in (200, 206):
            self.got = b""
            wait = 0 if reply.status in BUSY else None
            raise Trouble("transport", f"HTTP {reply.status} for the package", wait_ms=wait)
        self.take(reply)
        if not reply.whole:
            raise Trouble("transport", "the package was cut off", wait_ms=0)
        return self.got

    def take(self, reply: Reply) -> None:
        """Put what came to what is there already; raises `Trouble` when it does not fit."""
        if reply.status == 206 and not self.fits(reply):
            self.got, self.etag = b"", ""
            raise Trouble("transport", "another part of the package than was asked for", wait_ms=0)
        self.got = self.got + reply.body if reply.status == 206 else reply.body
        self.etag = reply.headers.get("etag", "")

    def fits(self, reply: Reply) -> bool:
        """Whether a part begins where we stopped, and is of the same package."""
        begins = re.match(r"bytes (\d+)-", reply.headers.get("content-range", ""))
        return begins is not None and (int(begins[1]), reply.headers.get("etag")) == (len(self.got), self.etag)

    def inspect(self, content: bytes) -> None:
        """Raise `Trouble` unless it is a zip, and every file in it what its checksum says."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                broken = package.testzip()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as damage:
            raise Trouble("damaged", f"the package is no zip: {damage}") from None
        if broken is not None:
            raise Trouble("damaged", f"the checksum of {broken} is wrong")

    def keep(self, content: bytes) -> Made:
        """Put the package where it shall be, whole or not at all."""
        part = self.errand.dest.with_name(f"{self.errand.dest.name}.part")
        part.write_bytes(content)
        os.replace(part, self.errand.dest)
        return self.made(content)

    def made(self, content: bytes) -> Made:
        """What is said of the file."""
        return Made(len(content), hashlib.sha256(content).hexdigest())

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """The answer to a GET; raises `Trouble`."""
        return exchange("GET", url, headers or {})
