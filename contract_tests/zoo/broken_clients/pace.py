"""Clients that dawdle, that ask once too often, or that never give up."""

from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError, SavedFile


class WaitsLongAfter31(Client, breaks="client.promptness"):
    """Waits two minutes after code 31."""

    def pause(self, error: ClientError, ms: int) -> int:
        return 120_000 if error.code == 31 else ms


class WaitsFirst(Client, breaks="client.promptness"):
    """Sleeps before its first call."""

    def download(self) -> SavedFile:
        self.wait(25_000)
        return super().download()


class PollsEveryMinute(Client, breaks="client.promptness"):
    """Asks for the state once a minute."""

    first_ms = longest_ms = 60_000


class RestsInTheEnd(Client, breaks="client.promptness"):
    """Rests after the download before it reports it, where there is time."""

    def download(self) -> SavedFile:
        saved = super().download()
        if self.end_ms is None or self.runtime.now_ms + 15_000 < self.end_ms:
            self.wait(15_000)
        return saved


class NeverGivesUp(Client, breaks="client.gives-up"):
    """Waits for ever for the end of a maintenance."""

    def ask(self) -> dict[str, Any]:
        while True:
            try:
                return super().ask()
            except ClientError as error:
                if error.code != 22:
                    raise
                self.wait(30_000)


class RefreshesForEver(Client, breaks="client.gives-up"):
    """Asks for one resource URL after another, where there is no deadline, with pauses and for ever."""

    def download(self) -> SavedFile:
        while True:
            try:
                return super().download()
            except ClientError as error:
                if "every resource URL" not in str(error) or self.task.deadline_ms is not None:
                    raise
            self.wait(30_000)


class AsksAfterTheDownload(Client, breaks="client.repeated-call"):
    """Asks for the package once more after it has it."""

    def save(self, content: bytes) -> SavedFile:
        saved = super().save(content)
        self.wait(2_000)
        self.ask()
        return saved
