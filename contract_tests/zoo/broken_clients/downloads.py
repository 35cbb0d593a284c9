"""Clients that download from the wrong URL or in the wrong pieces, or accept what is not the package."""

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, Runtime, Task, UrlRefused


class TriesADeadLinkAgain(Client, breaks="client.expired-url"):
    """Tries a resource URL that was refused once more before it asks for another."""

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except UrlRefused:
            self.wait(1_000)
            return super().fetch(link)


class NeverRefreshes(Client, breaks="client.fresh-url"):
    """Gives up when its resource URL is refused."""

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except UrlRefused:
            raise ClientError("transport", "HTTP 403 for the package") from None


class NotRefreshedHalfWay(Client, breaks="client.fresh-url"):
    """Gives up when its resource URL expires in the middle of the download."""

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except UrlRefused:
            raise (ClientError("transport", "HTTP 403 for the package") if self.got else UrlRefused()) from None


class OnlyOpensIt(Client, breaks="client.whole-file"):
    """Checks that the package opens, but not the checksums inside."""

    def inspect(self, content: bytes) -> None:
        try:
            zipfile.ZipFile(io.BytesIO(content)).close()
        except zipfile.BadZipFile as damage:
            raise ClientError("damaged", str(damage)) from None


class SavesTheRefusal(Client, breaks="client.whole-file"):
    """Ignores the HTTP status of a download, and saves the refusal as the package."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        response = super().get(url, headers)
        return (
            HttpResponse(200, response.headers, response.body, response.whole) if response.status == 403 else response
        )

    def inspect(self, content: bytes) -> None:
        if not content.startswith(b"<?xml"):
            super().inspect(content)


class TakesHalf(Client, breaks="client.whole-file"):
    """Accepts a download that was cut off."""

    cut = False

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        self.cut = not response.whole

    def fetch(self, link: str) -> bytes:
        with suppress(ClientError):
            return super().fetch(link)
        return self.got

    def inspect(self, content: bytes) -> None:
        if not self.cut:
            super().inspect(content)


class TrustsConnections(Client, breaks="client.whole-file"):
    """Checks a package only when it came with a length."""

    told = True

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        self.told = "content-length" in response.headers

    def inspect(self, content: bytes) -> None:
        if self.told:
            super().inspect(content)


class TakesAnyPage(Client, breaks="client.whole-file"):
    """Accepts whatever comes with HTTP 200 as the package."""

    def inspect(self, content: bytes) -> None:
        if content.startswith(b"PK"):
            super().inspect(content)


class AppendsEverything(Client, breaks="client.whole-file"):
    """Appends the whole package to the part that it has."""

    def take(self, response: HttpResponse) -> None:
        had = self.got
        super().take(response)
        # An If-Range that is never true makes the server send all of it.
        self.etag = '"another"'
        if response.status == 200:
            self.got = had + response.body


class IgnoresContentRange(Client, breaks="client.whole-file"):
    """Appends a part without checking which part it is."""

    def fits(self, _reply: HttpResponse) -> bool:
        return True


class ComparesNoTags(Client, breaks="client.whole-file"):
    """Appends a part that fits by its numbers, whichever package it is of."""

    def fits(self, response: HttpResponse) -> bool:
        return response.headers.get("content-range", "").startswith(f"bytes {len(self.got)}-")


class FetchesTwice(Client, breaks="client.repeated-call"):
    """Downloads the package once for its length and once to keep it."""

    def fetch(self, link: str) -> bytes:
        super().fetch(link)
        self.got = b""
        return super().fetch(link)


class TriesOldLinks(Client, breaks="client.expired-url"):
    """Tries the resource URLs of before again, whenever it has got a new one."""

    def __init__(self, task: Task, runtime: Runtime) -> None:
        super().__init__(task, runtime)
        self.known: list[str] = []

    def fetch(self, link: str) -> bytes:
        self.known = [*(one for one in self.known if one != link), link]
        for one in self.known[:-1]:
            try:
                return super().fetch(one)
            except UrlRefused:
                continue
        return super().fetch(link)


class InsistsWhenResuming(Client, breaks="client.expired-url"):
    """Tries a refused resource URL again when it has a part of the package already."""

    insisted = 0

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except UrlRefused:
            if not self.got or self.insisted >= 3:
                raise
            self.insisted += 1
            raise ClientError("transport", "HTTP 403 for the package", retry_after_ms=2_000) from None


class TrustsAResumedPackage(Client, breaks="client.whole-file"):
    """Checks a package that came in one piece, and takes the ETag for a check of one that came in two."""

    resumed = False

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        self.resumed = self.resumed or response.status == 206

    def inspect(self, content: bytes) -> None:
        if not self.resumed:
            super().inspect(content)


class BustsTheCache(Client, breaks="client.credentials-not-in-download"):
    """Adds a parameter to a resource URL that it fetches for the second time, so that no cache answers."""

    last = ""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        again, self.last = url == self.last, url
        return super().get(f"{url}&nocache={self.runtime.now_ms}" if again else url, headers)
