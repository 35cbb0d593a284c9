"""Clients that fetch the package by the wrong link, in the wrong pieces, or take for it what is none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress

from contract_tests.zoo.client import Client
from contract_tests.zoo.errand import DeadLink, Trouble
from contract_tests.zoo.exchange import Reply


class TriesADeadLinkAgain(Client):
    """Tries a resource URL that was refused once more before it asks for another."""

    breaks = "client.expired-url"

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except DeadLink:
            self.wait(1_000)
            return super().fetch(link)


class NeverRefreshes(Client):
    """Ends when its resource URL is refused."""

    breaks = "client.fresh-url"

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except DeadLink:
            raise Trouble("transport", "HTTP 403 for the package") from None


class NotRefreshedHalfWay(Client):
    """Ends when its resource URL expires in the middle of the download."""

    breaks = "client.fresh-url"

    def fetch(self, link: str) -> bytes:
        try:
            return super().fetch(link)
        except DeadLink:
            raise (Trouble("transport", "HTTP 403 for the package") if self.got else DeadLink()) from None


class SavesTheRefusal(Client):
    """Does not look at the HTTP status of a download: the page that refuses it is saved as the package."""

    breaks = "client.whole-file"

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        reply = super().get(url, headers)
        return Reply(200, reply.headers, reply.body, reply.whole) if reply.status == 403 else reply

    def inspect(self, content: bytes) -> None:
        if not content.startswith(b"<?xml"):
            super().inspect(content)


class TakesHalf(Client):
    """Takes a download that was cut off for whole."""

    breaks = "client.whole-file"
    cut = False

    def take(self, reply: Reply) -> None:
        super().take(reply)
        self.cut = not reply.whole

    def fetch(self, link: str) -> bytes:
        with suppress(Trouble):
            return super().fetch(link)
        return self.got

    def inspect(self, content: bytes) -> None:
        if not self.cut:
            super().inspect(content)


class TrustsConnections(Client):
    """Looks into a package only when its length was told: otherwise the end of the connection is the end."""

    breaks = "client.whole-file"
    told = True

    def take(self, reply: Reply) -> None:
        super().take(reply)
        self.told = "content-length" in reply.headers

    def inspect(self, content: bytes) -> None:
        if self.told:
            super().inspect(content)


class OnlyOpensIt(Client):
    """Looks whether the package can be opened, and not at the checksums inside."""

    breaks = "client.whole-file"

    def inspect(self, content: bytes) -> None:
        try:
            zipfile.ZipFile(io.BytesIO(content)).close()
        except zipfile.BadZipFile as damage:
            raise Trouble("damaged", str(damage)) from None


class TakesAnyPage(Client):
    """Takes whatever comes with HTTP 200 for the package."""

    breaks = "client.whole-file"

    def inspect(self, content: bytes) -> None:
        if content.startswith(b"PK"):
            super().inspect(content)


class LooksAtTheFirstBytes(Client):
    """Takes for a package whatever begins like one."""

    breaks = "client.whole-file"

    def inspect(self, content: bytes) -> None:
        if not content.startswith(b"PK"):
            raise Trouble("damaged", "it does not begin like a zip")


class AppendsEverything(Client):
    """Puts what comes behind what it has, though the server has begun anew."""

    breaks = "client.whole-file"

    def take(self, reply: Reply) -> None:
        had = self.got
        super().take(reply)
        # An If-Range that is never true makes the server send all of it.
        self.etag = '"another"'
        if reply.status == 200:
            self.got = had + reply.body


class IgnoresContentRange(Client):
    """Puts a part behind what it has without looking which part it is."""

    breaks = "client.whole-file"

    def fits(self, _reply: Reply) -> bool:
        return True


class FetchesTwice(Client):
    """Fetches the package to see how long it is, and then to keep it."""

    breaks = "client.repeated-call"

    def fetch(self, link: str) -> bytes:
        super().fetch(link)
        self.got = b""
        return super().fetch(link)
