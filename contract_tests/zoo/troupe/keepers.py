"""Clients that handle the file wrongly, or tell something else of it than is true."""

from __future__ import annotations

import hashlib

from contract_tests.zoo.client import Client
from contract_tests.zoo.errand import Made
from contract_tests.zoo.exchange import Reply


class LeavesHalfAFile(Client):
    """Writes what comes under the final name as it comes."""

    breaks = "client.no-half-file"

    def take(self, reply: Reply) -> None:
        super().take(reply)
        self.errand.dest.write_bytes(self.got)


class InspectsAfterwards(Client):
    """Looks into the package once it stands where it shall be, and leaves it there when it is damaged."""

    breaks = "client.no-half-file"

    def inspect(self, content: bytes) -> None:
        self.keep(content)
        super().inspect(content)


class RemovesTheOldFile(Client):
    """Removes what stands in the way before it begins."""

    breaks = "client.no-half-file"

    def download(self) -> Made:
        self.errand.dest.unlink(missing_ok=True)
        return super().download()


class MakesAnEmptyFile(Client):
    """Makes an empty file first, to see whether it may write there."""

    breaks = "client.no-half-file"

    def follow(self) -> str:
        self.errand.dest.open("ab").close()
        return super().follow()


class TranslatesLineEnds(Client):
    """Writes the package as text, with other line ends."""

    breaks = "client.whole-file"

    def keep(self, content: bytes) -> Made:
        return super().keep(content.replace(b"\n", b"\r\n"))


class KeepsTheFirstOne(Client):
    """Remembers the first package that it fetched, and makes every file of that."""

    breaks = "client.whole-file"

    def keep(self, content: bytes) -> Made:
        return super().keep(self.world.memory.setdefault("package", content))


class ReportsAnotherDigest(Client):
    """Reports the SHA-256 of the file's name."""

    breaks = "client.agreement"

    def made(self, content: bytes) -> Made:
        return Made(len(content), hashlib.sha256(self.errand.dest.name.encode()).hexdigest())


class ReportsAnotherLength(Client):
    """Reports the length of the last piece that it fetched, in kilobytes."""

    breaks = "client.agreement"

    def made(self, content: bytes) -> Made:
        return Made(len(content) // 1024, hashlib.sha256(content).hexdigest())


class ReportsSuccessUnseen(Client):
    """Reports success as soon as there is a resource URL, and fetches nothing."""

    breaks = "client.agreement"

    def download(self) -> Made:
        self.follow()
        return self.made(b"")


class ReportsTheStateBefore(Client):
    """Reports every single poll as PROCESSING."""

    breaks = "client.agreement"

    def poll(self) -> str:
        super().poll()
        return "PROCESSING"
