"""Clients that handle the file wrongly, or report something false about it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, SavedFile


class LeavesHalfAFile(Client, breaks="client.no-half-file"):
    """Writes the download under its final name as it arrives."""

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        self.task.dest.write_bytes(self.got)


class InspectsAfterwards(Client, breaks="client.no-half-file"):
    """Checks the package only after it has its final name, and leaves a damaged one there."""

    def inspect(self, content: bytes) -> None:
        self.save(content)
        super().inspect(content)


class RemovesTheOldFile(Client, breaks="client.no-half-file"):
    """Deletes an existing file before it begins."""

    def download(self) -> SavedFile:
        self.task.dest.unlink(missing_ok=True)
        return super().download()


class MakesAnEmptyFile(Client, breaks="client.no-half-file"):
    """Creates an empty file first, to see whether it may write there."""

    def follow(self) -> str:
        self.task.dest.open("ab").close()
        return super().follow()


class TranslatesLineEnds(Client, breaks="client.whole-file"):
    """Writes the package as text, with other line ends."""

    def save(self, content: bytes) -> SavedFile:
        return super().save(content.replace(b"\n", b"\r\n"))


class ReportsAnotherDigest(Client, breaks="client.agreement"):
    """Reports the SHA-256 of the file's name."""

    def saved(self, content: bytes) -> SavedFile:
        return SavedFile(len(content), hashlib.sha256(self.task.dest.name.encode()).hexdigest())


class ReportsAnotherLength(Client, breaks="client.agreement"):
    """Reports the length of the last piece that it fetched, in kilobytes."""

    def saved(self, content: bytes) -> SavedFile:
        return SavedFile(len(content) // 1024, hashlib.sha256(content).hexdigest())


class ReportsSuccessUnseen(Client, breaks="client.agreement"):
    """Reports success as soon as there is a resource URL, and fetches nothing."""

    def download(self) -> SavedFile:
        self.follow()
        return self.saved(b"")


class ReportsTheFirstState(Client, breaks="client.agreement"):
    """Reports a package that it downloaded as one that is being built."""

    final_state = "PROCESSING"


class ReportsTheStateBefore(Client, breaks="client.agreement"):
    """Reports every single poll as PROCESSING."""

    def poll(self) -> str:
        super().poll()
        return "PROCESSING"


class CopiesThePart(Client, breaks="client.folder"):
    """Copies its working file to the final name, and leaves it there."""

    def save(self, content: bytes) -> SavedFile:
        self.task.dest.with_name(f"{self.task.dest.name}.part").write_bytes(content)
        self.task.dest.write_bytes(content)
        return self.saved(content)


class LeavesItsLock(Client, breaks="client.folder"):
    """Makes a lock beside the file, and removes it only after success."""

    def download(self) -> SavedFile:
        lock = self.task.dest.with_name(f"{self.task.dest.name}.lock")
        lock.touch()
        saved = super().download()
        lock.unlink()
        return saved


class LeavesATemporaryFile(Client, breaks="client.folder"):
    """Keeps a damaged package under a name that tells nothing."""

    def inspect(self, content: bytes) -> None:
        found = self.task.dest.with_name("tmp4711")
        found.write_bytes(content)
        super().inspect(content)
        found.unlink()


class MakesNoEmptyPackage(Client, breaks="client.whole-file"):
    """Writes no file where the package has no files in it."""

    def save(self, content: bytes) -> SavedFile:
        return self.saved(content) if len(content) < 50 else super().save(content)


class SavesTheFirstBuffer(Client, breaks="client.whole-file"):
    """Saves the first 64 KiB of a package that it has checked."""

    def save(self, content: bytes) -> SavedFile:
        return super().save(content[: 64 * 1024])


class KeepsTheOldBeginning(Client, breaks="client.whole-file"):
    """Takes a whole new package for the rest of the old one, and repairs the archive."""

    def take(self, response: HttpResponse) -> None:
        before = self.got
        super().take(response)
        if before and response.status == 200 and len(response.body) < 1_000:
            self.got = before[:100] + response.body


class KeepsSameSize(Client, breaks="client.whole-file"):
    """Leaves an older file in place that has the length of the package."""

    def save(self, content: bytes) -> SavedFile:
        older = self.task.dest.stat().st_size if self.task.dest.is_file() else -1
        return self.saved(content) if older == len(content) else super().save(content)


class OverwritesInPlace(Client, breaks="client.whole-file"):
    """Writes over an older file, whose end remains when it was longer."""

    def save(self, content: bytes) -> SavedFile:
        if not self.task.dest.is_file():
            return super().save(content)
        with self.task.dest.open("r+b") as file:
            file.write(content)
        return self.saved(content)


class SavesWhatItHas(Client, breaks="client.no-half-file"):
    """Saves the part that it has when the deadline or a cancel ends a download, to continue another day."""

    def download(self) -> SavedFile:
        try:
            return super().download()
        except ClientError as error:
            if error.kind in ("deadline", "cancelled") and self.got:
                self.task.dest.write_bytes(self.got)
            raise


class TouchesFirst(Client, breaks="client.no-half-file"):
    """Creates the file at the start, to see that it may, and leaves it empty when the job fails."""

    def download(self) -> SavedFile:
        self.task.dest.touch()
        return super().download()


class CountsTheLastPart(Client, breaks="client.agreement"):
    """Reports the length of the last response as that of the file: wrong after it resumed."""

    last = 0

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        self.last = len(response.body)

    def saved(self, content: bytes) -> SavedFile:
        return SavedFile(self.last, super().saved(content).sha256)


class KeepsTheErrorPage(Client, breaks="client.folder"):
    """Leaves the page of a refused download beside the file, unless a package came after it."""

    def _page(self) -> Path:
        return self.task.dest.with_name(f"{self.task.dest.name}.error.xml")

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        response = super().get(url, headers)
        if response.status >= 400 and not url.startswith(self.task.base_url):
            self._page().write_bytes(response.body)
        return response

    def save(self, content: bytes) -> SavedFile:
        self._page().unlink(missing_ok=True)
        return super().save(content)


class WorksInAFileOfOthers(Client, breaks="client.folder"):
    """Names its working file after the package without the end of its name: another file may have that name."""

    def save(self, content: bytes) -> SavedFile:
        part = self.task.dest.with_suffix(".tmp")
        part.write_bytes(content)
        part.replace(self.task.dest)
        return self.saved(content)


class AppendsToAnOldPart(Client, breaks="client.whole-file"):
    """Opens its working file to append: what a killed run left there comes before the package."""

    def save(self, content: bytes) -> SavedFile:
        part = self.task.dest.with_name(f"{self.task.dest.name}.part")
        with part.open("ab") as file:
            file.write(content)
        part.replace(self.task.dest)
        return self.saved(content)


class ReportsTheDamage(Client, breaks="client.folder"):
    """Leaves a report in words beside the place of a package that is damaged."""

    def inspect(self, content: bytes) -> None:
        try:
            super().inspect(content)
        except ClientError as error:
            self.task.dest.with_name(f"{self.task.dest.name}.report.txt").write_text(f"{error}\n")
            raise
