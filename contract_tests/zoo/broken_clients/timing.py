"""Clients that wait too little, too long, or for the wrong thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import BUSY, FLOORS, Client
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.exchange import HttpResponse
from contract_tests.zoo.task import ClientError, SavedFile


class PollsEverySecond(Client, breaks="client.poll-interval"):
    """Asks for the state every 1.2 seconds: within the limits, and far too often."""

    first_ms = longest_ms = 1_200


class CatchesUp(Client, breaks="client.poll-interval"):
    """Makes up for the polls that it overslept."""

    missed = 0

    def wait(self, ms: int) -> None:
        if self.missed:
            self.missed -= 1
            return
        before = self.runtime.now_ms
        super().wait(ms)
        # As timers do that fire at a fixed rate.
        self.missed = min(3, (self.runtime.now_ms - before) // ms - 1)


class StartsAndAsks(Client, breaks="client.poll-interval"):
    """Asks at once what became of the job that it has just started."""

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
    """Asks for one resource URL after the other while they are refused, without a pause."""

    links = 12


class NoPauseAfter31(Client, breaks="client.back-off"):
    """Calls again a tenth of a second after there were too many calls in a second."""

    def pause(self, error: ClientError, ms: int) -> int:
        return 100 if error.code == 31 else ms


class NoPauseAfter32(Client, breaks="client.back-off"):
    """Calls again a second after there were too many calls in a minute."""

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
    """Tries again with a key that nobody has."""

    codes = (41,)


class RetriesForbidden(_RetriesRefusals, breaks="client.final-error"):
    """Tries again to get a collection that is not its own."""

    codes = (43,)


class RetriesWrongSignatures(_RetriesRefusals, breaks="client.final-error"):
    """Tries again with a signature that was wrong."""

    codes = (44,)


class GivesUpAt22(Client, breaks="client.retry"):
    """Ends when there is maintenance."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 22}


class GivesUpAt31(Client, breaks="client.retry"):
    """Ends when there were too many calls in a second."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 31}


class GivesUpAt32(Client, breaks="client.retry"):
    """Ends when there were too many calls in a minute."""

    floors = {code: ms for code, ms in FLOORS.items() if code != 32}


class TriesTwice(Client, breaks="client.retry"):
    """Gives up after the second attempt."""

    attempts = 2


class GivesUpOnBusyServers(Client, breaks="client.retry"):
    """Ends at the first HTTP 503."""

    busy = tuple(status for status in BUSY if status != 503)


class GivesUpOnBrokenConnections(Client, breaks="client.retry"):
    """Ends when a connection breaks before there is an answer."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        try:
            return super().get(url, headers)
        except ClientError as error:
            raise ClientError("transport", str(error)) from None


class ResumesTooLate(Client, breaks="client.retry"):
    """Goes on with a download one byte behind where it stopped."""

    def take(self, response: HttpResponse) -> None:
        super().take(response)
        if not response.whole:
            self.got += b"?"


class NoDeadline(Client, breaks="client.deadline"):
    """Knows no deadline."""

    def wait(self, ms: int) -> None:
        self.runtime.sleep(ms)


class DeadlinePerPoll(Client, breaks="client.deadline"):
    """Lets the deadline begin anew with each call."""

    def ask(self) -> dict[str, Any]:
        if self.task.deadline_ms is not None:
            self.end_ms = self.runtime.now_ms + self.task.deadline_ms
        return super().ask()


class DeadlineAfterTheSleep(Client, breaks="client.deadline"):
    """Looks at the deadline after it has slept, however long."""

    def wait(self, ms: int) -> None:
        self.runtime.sleep(ms)
        if self.end_ms is not None and self.runtime.now_ms > self.end_ms:
            raise ClientError("deadline", "it is over")


class CountsItsSleeps(Client, breaks="client.deadline"):
    """Counts how long it meant to sleep, and never looks at the clock."""

    slept_ms = 0

    def wait(self, ms: int) -> None:
        if self.task.deadline_ms is not None and self.slept_ms + ms > self.task.deadline_ms:
            raise ClientError("deadline", "it is over")
        self.slept_ms += ms
        self.runtime.sleep(ms)


class NoDeadlineForTrouble(Client, breaks="client.deadline"):
    """Forgets the deadline while it tries something again."""

    def pause(self, error: ClientError, ms: int) -> int:
        self.runtime.sleep(ms)
        return super().pause(error, 0)


class NoDeadlineForDownloads(Client, breaks="client.deadline"):
    """Forgets the deadline as soon as it has a resource URL."""

    def follow(self) -> str:
        link = super().follow()
        self.end_ms = None
        return link


class CallsTheDeadlineTransport(Client, breaks="client.deadline"):
    """Reports that the time is over as a broken connection."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            raise (ClientError("transport", "timed out") if error.kind == "deadline" else error) from None


class GivesUpWhenItOverslept(Client, breaks="client.success"):
    """Takes a long sleep for the end of its time."""

    def wait(self, ms: int) -> None:
        before = self.runtime.now_ms
        super().wait(ms)
        if self.runtime.now_ms - before > ms + 60_000:
            raise ClientError("deadline", "it overslept")


class IgnoresCancel(Client, breaks="client.cancel"):
    """Goes on when it is cancelled."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            if error.kind != "cancelled":
                raise
            self.wait(ms)


class CallsCancelADeadline(Client, breaks="client.cancel"):
    """Reports that it was cancelled as the end of its time."""

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except ClientError as error:
            raise (ClientError("deadline", "stopped") if error.kind == "cancelled" else error) from None


class AsksOnceMoreWhenCancelled(Client, breaks="client.cancel"):
    """Looks once more how the job stands when it is cancelled."""

    def download(self) -> SavedFile:
        try:
            return super().download()
        except ClientError as error:
            if error.kind == "cancelled":
                self.runtime.sleep(2_000)
                self.ask()
            raise
