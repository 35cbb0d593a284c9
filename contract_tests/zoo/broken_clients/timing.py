"""Clients that wait too little, too long, or for the wrong thing."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import BUSY, FLOORS, Client
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, SavedFile


class CatchesUp(Client, breaks="client.poll-interval"):
    """Polls several times in a row after it overslept."""

    missed = 0

    def wait(self, ms: int) -> None:
        if self.missed:
            self.missed -= 1
            return
        before = self.runtime.now_ms
        super().wait(ms)
        # As timers do that fire at a fixed rate.
        self.missed = min(3, (self.runtime.now_ms - before) // ms - 1)


class PollsEverySecond(Client, breaks="client.poll-interval"):
    """Asks for the state every 1.2 seconds: within the limits, and far too often."""

    first_ms = longest_ms = 1_200


class StartsAndAsks(Client, breaks="client.poll-interval"):
    """Polls at once after it started the job."""

    started = False

    def ask(self) -> dict[str, Any]:
        data = super().ask()
        if self.started or data["status"] != "PROCESSING":
            return data
        self.started = True
        return super().ask()


class PollsAllTheTime(Client, breaks="client.limits"):
    """Asks for the state every 10 ms."""

    first_ms = longest_ms = 10


class RefreshesInALoop(Client, breaks="client.limits"):
    """Asks for one resource URL after another while they are refused, without a pause."""

    links = 12


class NoPauseAfter31(Client, breaks="client.back-off"):
    """Waits only a tenth of a second after code 31."""

    def pause(self, error: ClientError, ms: int) -> int:
        return 100 if error.code == 31 else ms


class NoPauseAfter32(Client, breaks="client.back-off"):
    """Waits only a second after code 32."""

    def pause(self, error: ClientError, ms: int) -> int:
        return 1_000 if error.code == 32 else ms


class _RetriesRefusals(Client):
    attempts = 4
    codes: tuple[int, ...] = ()

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        if answer.code in self.codes:
            error.retry_after_ms = 1_000
        return error


class RetriesWrongKeys(_RetriesRefusals, breaks="client.final-error"):
    """Retries with an unknown key."""

    codes = (41,)


class RetriesForbidden(_RetriesRefusals, breaks="client.final-error"):
    """Retries for a forbidden collection."""

    codes = (43,)


class RetriesWrongSignatures(_RetriesRefusals, breaks="client.final-error"):
    """Retries with a wrong signature."""

    codes = (44,)


class ResumesTooLate(Client, breaks="client.retry"):
    """Resumes a download one byte too late."""

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        if not response.whole:
            self.got += b"?"


class GivesUpAt22(Client, breaks="client.retry"):
    """Gives up at code 22."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 22}


class GivesUpAt31(Client, breaks="client.retry"):
    """Gives up at code 31."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 31}


class GivesUpAt32(Client, breaks="client.retry"):
    """Gives up at code 32."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 32}


class TriesTwice(Client, breaks="client.retry"):
    """Gives up after the second attempt."""

    attempts = 2


class GivesUpOnBusyServers(Client, breaks="client.retry"):
    """Gives up at HTTP 503."""

    busy = tuple(status for status in BUSY if status != 503)


class GivesUpOnBrokenConnections(Client, breaks="client.retry"):
    """Gives up when a connection breaks before an answer."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        try:
            return super().get(url, headers)
        except ClientError as error:
            raise ClientError("transport", str(error)) from None


class NoDeadline(Client, breaks="client.deadline"):
    """Ignores the deadline."""

    def wait(self, ms: int) -> None:
        self.runtime.sleep(ms)


class DeadlinePerPoll(Client, breaks="client.deadline"):
    """Starts the deadline again with each call."""

    def ask(self) -> dict[str, Any]:
        if self.task.deadline_ms is not None:
            self.end_ms = self.runtime.now_ms + self.task.deadline_ms
        return super().ask()


class DeadlineAfterTheSleep(Client, breaks="client.deadline"):
    """Checks the deadline only after it has slept."""

    def wait(self, ms: int) -> None:
        self.runtime.sleep(ms)
        if self.end_ms is not None and self.runtime.now_ms > self.end_ms:
            raise ClientError("deadline", "it is over")


class CountsItsSleeps(Client, breaks="client.deadline"):
    """Adds up the sleeps it asked for, instead of reading the clock."""

    slept_ms = 0

    def wait(self, ms: int) -> None:
        if self.task.deadline_ms is not None and self.slept_ms + ms > self.task.deadline_ms:
            raise ClientError("deadline", "it is over")
        self.slept_ms += ms
        self.runtime.sleep(ms)


class NoDeadlineForTrouble(Client, breaks="client.deadline"):
    """Ignores the deadline while it retries."""

    def pause(self, error: ClientError, ms: int) -> int:
        self.runtime.sleep(ms)
        return super().pause(error, 0)


class NoDeadlineForDownloads(Client, breaks="client.deadline"):
    """Ignores the deadline once it has a resource URL."""

    def follow(self) -> str:
        link = super().follow()
        self.end_ms = None
        return link


class CallsTheDeadlineTransport(Client, breaks="client.deadline"):
    """Reports the deadline as a broken connection."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            raise (ClientError("transport", "timed out") if error.kind == "deadline" else error) from None


class GivesUpWhenItOverslept(Client, breaks="client.success"):
    """Takes a long sleep for its deadline."""

    def wait(self, ms: int) -> None:
        before = self.runtime.now_ms
        super().wait(ms)
        if self.runtime.now_ms - before > ms + 60_000:
            raise ClientError("deadline", "it overslept")


class IgnoresCancel(Client, breaks="client.cancel"):
    """Continues when it is cancelled."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            if error.kind != "cancelled":
                raise
            self.wait(ms)


class CallsCancelADeadline(Client, breaks="client.cancel"):
    """Reports that it was cancelled as a deadline."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            raise (ClientError("deadline", "stopped") if error.kind == "cancelled" else error) from None


class AsksOnceMoreWhenCancelled(Client, breaks="client.cancel"):
    """Polls once more when it is cancelled."""

    def download(self) -> SavedFile:
        try:
            return super().download()
        except ClientError as error:
            if error.kind == "cancelled":
                self.runtime.sleep(2_000)
                self.ask()
            raise


class RetriesBadRequests(_RetriesRefusals, breaks="client.final-error"):
    """Retries a call that the API does not understand."""

    codes = (40, 42)


class RetriesWithoutADeadline(_RetriesRefusals, breaks="client.final-error"):
    """Retries a refused call when it has time for ever."""

    def refusal(self, answer: Envelope) -> ClientError:
        self.codes = (43, 44) if self.task.deadline_ms is None else ()
        return super().refusal(answer)
