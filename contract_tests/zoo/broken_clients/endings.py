"""Clients that end too late or too early: deadlines, cancels, and long jobs with much trouble."""

from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.client.calls import T
from contract_tests.zoo.envelope import Envelope
from contract_tests.zoo.task import ClientError, Runtime, SavedFile, Task


class DeadlineFromTheFirstAnswer(Client, breaks="client.deadline"):
    """Starts the deadline of a download with the first answer about the job, so that trouble before does not count."""

    def download(self) -> SavedFile:
        self.end_ms = None
        return super().download()

    def understand(self, answer: Envelope) -> dict[str, Any]:
        data = super().understand(answer)
        if self.end_ms is None and self.task.deadline_ms is not None:
            self.end_ms = self.runtime.now_ms + self.task.deadline_ms
        return data


class DeadlineInSeconds(Client, breaks="client.deadline"):
    """Reads its deadline in whole seconds, and takes less than one for none."""

    def __init__(self, task: Task, runtime: Runtime) -> None:
        super().__init__(task, runtime)
        seconds = (task.deadline_ms or 0) // 1_000
        self.end_ms = runtime.now_ms + 1_000 * seconds if seconds else None


class CancelIsTrouble(Client, breaks="client.cancel"):
    """Reports the error that it was about to retry when it is cancelled in the pause."""

    trouble: ClientError | None = None

    def pause(self, error: ClientError, ms: int) -> int:
        self.trouble = error
        return ms

    def wait(self, ms: int) -> None:
        trouble, self.trouble = self.trouble, None
        try:
            super().wait(ms)
        except ClientError as stop:
            raise (trouble if trouble and stop.kind == "cancelled" else stop) from None


class SharesAttempts(Client, breaks="client.retry"):
    """Counts its attempts over the whole job: in a long one the eighth trouble is the last."""

    troubles = 0

    def pause(self, error: ClientError, ms: int) -> int:
        self.troubles += 1
        if self.troubles >= self.attempts:
            raise error
        return super().pause(error, ms)


class AsksThirtyTimes(Client, breaks="client.success"):
    """Gives up after thirty polls, though it has no deadline or a later one."""

    asked = 0

    def ask(self) -> dict[str, Any]:
        self.asked += 1
        if self.asked > 30:
            raise ClientError("deadline", "the package takes too long")
        return super().ask()


class KeepsTheFirstCode(Client, breaks="client.refusal"):
    """Reports a call that failed after a retry with the code that was retried."""

    first: int | None = None

    def refusal(self, answer: Envelope) -> ClientError:
        error = super().refusal(answer)
        self.first = self.first or error.code
        error.code = self.first
        return error


class FallsBackToJson(Client, breaks="client.parameters"):
    """Asks for JSON, whatever was asked for, once a call got no whole answer."""

    had_trouble = False

    def common(self, action: str) -> dict[str, str]:
        known = super().common(action)
        if not self.had_trouble:
            return known
        known.pop("callback", None)
        return {**known, "format": "json"}

    def answer_to(self, params: Mapping[str, str]) -> Envelope:
        try:
            return super().answer_to(params)
        except ClientError:
            self.had_trouble = True
            raise

    def call_method(self, action: str, params: Mapping[str, str]) -> dict[str, Any]:
        return self.retry(lambda: self.ask_for({**params, **self.common(action)}))

    def decode(self, body: bytes) -> Envelope:
        if not (self.had_trouble and body.startswith(b"{")):
            return super().decode(body)
        try:
            return self.read["json"](body)
        except ValueError as damage:
            raise ClientError("protocol", f"not an answer: {damage}") from None


class DoublesWithoutEnd(Client, breaks="client.promptness"):
    """Waits half as long again before each poll, without a longest pause: hours in the end."""

    longest_ms = 24 * 3_600_000


class LooksAtFailureAfterThePause(Client, breaks="client.failed-job"):
    """Waits for the next poll before it looks whether the job failed, and reports the deadline where none fits."""

    def follow(self) -> str:
        pause = self.first_ms
        while (data := self.state_of_package())["status"] != "COMPLETE":
            self.wait(pause)
            if data["status"] == "FAILED":
                raise ClientError("job_failed", "the package could not be generated")
            pause = min(pause * 3 // 2, self.longest_ms)
        return str(data["resourceUrl"])


class TellsWhatItExpects(Client, breaks="client.agreement"):
    """Reports a job as being built before it has asked."""

    def ask(self) -> dict[str, Any]:
        self.runtime.report_status("PROCESSING")
        return super().ask()


class CallsHalfTheTimeTheDeadline(Client, breaks="client.agreement"):
    """Reports the deadline when half of the time is left."""

    def __init__(self, task: Task, runtime: Runtime) -> None:
        super().__init__(task, runtime)
        self.end_ms = None if task.deadline_ms is None else runtime.now_ms + task.deadline_ms // 2


class GivesUpAsTransport(Client, breaks="client.refusal"):
    """Reports a limit, or maintenance, that did not end as a broken connection."""

    def retry(self, step: Callable[[], T]) -> T:
        try:
            return super().retry(step)
        except ClientError as error:
            if error.code in self.floors:
                raise ClientError("transport", f"still {error}") from None
            raise


class ReportsTheTroubleAtTheDeadline(Client, breaks="client.deadline"):
    """Reports the error that it would try again, where the pause before the next attempt does not fit."""

    def pause(self, trouble: ClientError, ms: int) -> int:
        if self.end_ms is not None and self.runtime.now_ms + ms > self.end_ms:
            raise trouble
        return super().pause(trouble, ms)


class BlamesTheLink(Client, breaks="client.failed-job"):
    """Reports a refused resource URL where the job has failed when it asks for a new one."""

    followed = 0

    def follow(self) -> str:
        self.followed += 1
        try:
            return super().follow()
        except ClientError as error:
            if error.kind == "job_failed" and self.followed > 1:
                raise ClientError("transport", "the resource URL was refused") from None
            raise


class BlamesTheConversion(Client, breaks="client.failed-job"):
    """Reports FAILED as a failed conversion, where the document was still being converted at first (38)."""

    was_converting = False

    def refusal(self, answer: Envelope) -> ClientError:
        self.was_converting |= answer.code == 38
        return super().refusal(answer)

    def follow(self) -> str:
        try:
            return super().follow()
        except ClientError as error:
            if error.kind != "job_failed" or not self.was_converting:
                raise
            raise ClientError("conversion_failed", "the document could not be converted") from None


class DamageIsTransport(Client, breaks="client.agreement"):
    """Reports a package that is damaged as trouble on the way, although all of it came."""

    def inspect(self, content: bytes) -> None:
        try:
            super().inspect(content)
        except ClientError as error:
            raise ClientError("transport", str(error)) from None


class GivesUpForTime(Client, breaks="client.gives-up"):
    """Reports a deadline that it never got, when it gives up."""

    def retry(self, step: Callable[[], T]) -> T:
        try:
            return super().retry(step)
        except ClientError as error:
            if self.end_ms is None and error.retry_after_ms is not None:
                raise ClientError("deadline", str(error)) from None
            raise
