"""Clients that wait too little, too long, or for the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from contract_tests.zoo.answer import Answer
from contract_tests.zoo.client import FLOORS, Client
from contract_tests.zoo.errand import Made, Trouble
from contract_tests.zoo.exchange import Reply

T = TypeVar("T")


class PollsEverySecond(Client):
    """Asks for the state every 1.2 seconds: within the limits, and far too often."""

    breaks = "client.poll-interval"
    first_ms = longest_ms = 1_200


class CatchesUp(Client):
    """Makes up for the polls that it overslept."""

    breaks = "client.poll-interval"
    missed = 0

    def wait(self, ms: int) -> None:
        if self.missed:
            self.missed -= 1
            return
        before = self.world.now_ms
        super().wait(ms)
        # As timers do that fire at a fixed rate.
        self.missed = min(3, (self.world.now_ms - before) // ms - 1)


class StartsAndAsks(Client):
    """Asks at once what became of the job that it has just started."""

    breaks = "client.poll-interval"

    started = False

    def ask(self) -> dict[str, Any]:
        data = super().ask()
        if self.started or data["status"] != "PROCESSING":
            return data
        self.started = True
        return super().ask()


class PollsAllTheTime(Client):
    """Asks for the state every 10 ms."""

    breaks = "client.limits"
    first_ms = longest_ms = 10


class RefreshesInALoop(Client):
    """Asks for one resource URL after the other while they are refused, without a pause."""

    breaks = "client.limits"
    links = 12


class NoPauseAfter31(Client):
    """Calls again a tenth of a second after there were too many calls in a second."""

    breaks = "client.back-off"

    def pause(self, trouble: Trouble, ms: int) -> int:
        return 100 if trouble.code == 31 else ms


class NoPauseAfter32(Client):
    """Calls again a second after there were too many calls in a minute."""

    breaks = "client.back-off"

    def pause(self, trouble: Trouble, ms: int) -> int:
        return 1_000 if trouble.code == 32 else ms


class RetriesEverything(Client):
    """Tries a refused call again."""

    breaks = "client.final-error"
    codes: tuple[int, ...] = (41, 43, 44)
    attempts = 4

    def refusal(self, answer: Answer) -> Trouble:
        trouble = super().refusal(answer)
        if answer.code in self.codes:
            trouble.wait_ms = 1_000
        return trouble


class RetriesWrongKeys(RetriesEverything):
    """Tries again with a key that nobody has."""

    breaks = "client.final-error"
    codes = (41,)


class RetriesForbidden(RetriesEverything):
    """Tries again to get a collection that is not its own."""

    breaks = "client.final-error"
    codes = (43,)


class RetriesWrongSignatures(RetriesEverything):
    """Tries again with a signature that was wrong."""

    breaks = "client.final-error"
    codes = (44,)


class GivesUpAt22(Client):
    """Ends when there is maintenance."""

    breaks = "client.retry"
    floors = {code: ms for code, ms in FLOORS.items() if code != 22}


class GivesUpAt31(Client):
    """Ends when there were too many calls in a second."""

    breaks = "client.retry"
    floors = {code: ms for code, ms in FLOORS.items() if code != 31}


class GivesUpAt32(Client):
    """Ends when there were too many calls in a minute."""

    breaks = "client.retry"
    floors = {code: ms for code, ms in FLOORS.items() if code != 32}


class TriesTwice(Client):
    """Gives up after the second attempt."""

    breaks = "client.retry"
    attempts = 2


class GivesUpOnBusyServers(Client):
    """Ends at the first HTTP 503."""

    breaks = "client.retry"

    def insist(self, step: Callable[[], T]) -> T:
        def once() -> T:
            try:
                return step()
            except Trouble as trouble:
                raise (Trouble("transport", str(trouble)) if "HTTP 503" in str(trouble) else trouble) from None

        return super().insist(once)


class GivesUpOnBrokenConnections(Client):
    """Ends when a connection breaks before there is an answer."""

    breaks = "client.retry"

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        try:
            return super().get(url, headers)
        except Trouble as trouble:
            raise Trouble("transport", str(trouble)) from None


class ResumesTooLate(Client):
    """Goes on with a download one byte behind where it stopped."""

    breaks = "client.retry"

    def take(self, reply: Reply) -> None:
        super().take(reply)
        if not reply.whole:
            self.got += b"?"


class NoDeadline(Client):
    """Knows no deadline."""

    breaks = "client.deadline"

    def wait(self, ms: int) -> None:
        self.world.sleep(ms)


class DeadlinePerPoll(Client):
    """Lets the deadline begin anew with each call."""

    breaks = "client.deadline"

    def ask(self) -> dict[str, Any]:
        if self.errand.deadline_ms is not None:
            self.end_ms = self.world.now_ms + self.errand.deadline_ms
        return super().ask()


class DeadlineInSeconds(Client):
    """Takes the milliseconds of the deadline for seconds."""

    breaks = "client.deadline"

    def ask(self) -> dict[str, Any]:
        if self.errand.deadline_ms is not None and self.end_ms is not None:
            self.end_ms = max(self.end_ms, self.world.now_ms) + self.errand.deadline_ms * 1_000
        return super().ask()


class DeadlineAfterTheSleep(Client):
    """Looks at the deadline after it has slept, however long."""

    breaks = "client.deadline"

    def wait(self, ms: int) -> None:
        self.world.sleep(ms)
        if self.end_ms is not None and self.world.now_ms > self.end_ms:
            raise Trouble("deadline", "it is over")


class CountsItsSleeps(Client):
    """Counts how long it meant to sleep, and never looks at the clock."""

    breaks = "client.deadline"
    slept_ms = 0

    def wait(self, ms: int) -> None:
        if self.errand.deadline_ms is not None and self.slept_ms + ms > self.errand.deadline_ms:
            raise Trouble("deadline", "it is over")
        self.slept_ms += ms
        self.world.sleep(ms)


class NoDeadlineForTrouble(Client):
    """Forgets the deadline while it tries something again."""

    breaks = "client.deadline"

    def pause(self, trouble: Trouble, ms: int) -> int:
        self.world.sleep(ms)
        return super().pause(trouble, 0)


class NoDeadlineForDownloads(Client):
    """Forgets the deadline as soon as it has a resource URL."""

    breaks = "client.deadline"

    def follow(self) -> str:
        link = super().follow()
        self.end_ms = None
        return link


class CallsTheDeadlineTransport(Client):
    """Reports that the time is over as a broken connection."""

    breaks = "client.deadline"

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except Trouble as trouble:
            raise (Trouble("transport", "timed out") if trouble.kind == "deadline" else trouble) from None


class GivesUpWhenItOverslept(Client):
    """Takes a long sleep for the end of its time."""

    breaks = "client.success"

    def wait(self, ms: int) -> None:
        before = self.world.now_ms
        super().wait(ms)
        if self.world.now_ms - before > ms + 60_000:
            raise Trouble("deadline", "it overslept")


class IgnoresCancel(Client):
    """Goes on when it is cancelled."""

    breaks = "client.cancel"

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except Trouble as trouble:
            if trouble.kind != "cancelled":
                raise
            self.wait(ms)


class CallsCancelADeadline(Client):
    """Reports that it was cancelled as the end of its time."""

    breaks = "client.cancel"

    def wait(self, ms: int) -> None:
        try:
            super().wait(ms)
        except Trouble as trouble:
            raise (Trouble("deadline", "stopped") if trouble.kind == "cancelled" else trouble) from None


class AsksOnceMoreWhenCancelled(Client):
    """Looks once more how the job stands when it is cancelled."""

    breaks = "client.cancel"

    def download(self) -> Made:
        try:
            return super().download()
        except Trouble as trouble:
            if trouble.kind == "cancelled":
                self.world.sleep(2_000)
                self.ask()
            raise
