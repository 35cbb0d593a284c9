"""Polls one download job until it is done: collection.downloadHTML."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from flipsnack_client.caller import Caller
from flipsnack_client.deadline import Cancel, Deadline, Limit, deadline_of
from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.download import Download, Progress
from flipsnack_client.envelope import Answer
from flipsnack_client.exceptions import (
    Cancelled,
    DeadlineExceeded,
    JobFailed,
    MalformedAnswer,
    UnknownStatus,
)
from flipsnack_client.method import DOWNLOAD_HTML
from flipsnack_client.part import Part
from flipsnack_client.resource_url import ResourceUrl

T = TypeVar("T")

ROUNDING = 0.001
"""Seconds; a pause below this is a rounding error of the clock and not worth a poll."""


class JobStatus(StrEnum):
    """The three values the vendor documents for a job's `status`."""

    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"

    @property
    def final(self) -> bool:
        """Whether the job will not change any more."""
        return self is not JobStatus.PROCESSING


@dataclass(frozen=True, slots=True)
class Update:
    """The answer to one poll; `attempt` counts polls, `elapsed` is the seconds since the operation began.

    `resource_url` is set if and only if the status is COMPLETE. It is valid for one minute.
    """

    status: JobStatus
    resource_url: ResourceUrl | None
    attempt: int
    elapsed: float
    answer: Answer = field(repr=False)


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """Seconds between polls: `first`, then `factor` times as much each time, at most `max`.

    The vendor asks for "a few second intervals", so the random part only lengthens an interval, by up to the
    share `jitter`. The last poll is sent `last` seconds before the deadline, so that its answer can still
    arrive; the interval before it is lengthened to end there.
    """

    first: float = 2.0
    factor: float = 1.5
    max: float = 10.0
    jitter: float = 0.25
    last: float = 1.0

    def __post_init__(self) -> None:
        if self.first <= 0 or self.factor < 1 or self.max < self.first or self.jitter < 0 or self.last < 0:
            raise ValueError(
                f"first is above 0, factor at least 1, max at least first, the rest at least 0, not {self}"
            )

    def interval(self, polls: int, chance: float) -> float:
        """Return the seconds to wait after `polls` polls; `chance` is at least 0 and below 1."""
        grown = min(self.max, self.first * self.factor ** min(polls - 1, 64))
        return grown * (1 + self.jitter * chance)

    def pause(self, polls: int, remaining: float, chance: float) -> float | None:
        """Return the seconds until the next poll, None if no poll fits into the remaining seconds."""
        until_last = remaining - self.last
        if until_last < ROUNDING:
            return None
        interval = self.interval(polls, chance)
        # If the rest would be too short for another poll, this one is the last.
        return interval if until_last - interval >= self.first else until_last


class Poller:
    """One collection's download job, from `Flipsnack.download_html`. Sends nothing until a method is called.

    Every method that waits takes a `deadline`: seconds from now, or a `Deadline`; the default is
    `defaults.DEADLINE` (half an hour). Setting the event `cancel` ends the wait.
    """

    def __init__(self, caller: Caller, collection_hash: str, *, policy: PollPolicy) -> None:
        self.collection_hash = collection_hash
        self.last: Update | None = None
        self.attempts = 0
        self._caller = caller
        self._policy = policy

    def __repr__(self) -> str:
        status = self.last.status if self.last else "not polled yet"
        return f"<Poller {self.collection_hash} {status}>"

    @property
    def token(self) -> str:
        """Text for `Flipsnack.resume`, also in another process; it contains no secret."""
        return json.dumps({"version": 1, "action": DOWNLOAD_HTML.name, "collectionHash": self.collection_hash})

    def poll_once(self, *, deadline: Limit = None, cancel: Cancel = None) -> Update:
        """Poll once; if the last status was final, return that update again and send nothing.

        Raises what `Flipsnack.call` raises, MalformedAnswer (no `data`, COMPLETE without a resource URL) and
        UnknownStatus.
        """
        if self.last is not None and self.last.status.final:
            return self.last
        limit = deadline_of(deadline, cancel, clock=self._caller.clock)
        self.attempts += 1
        params = {"collectionHash": self.collection_hash}
        answer = self._stateful(lambda: self._caller.call(DOWNLOAD_HTML, params, deadline=limit))
        self.last = _update(answer, attempt=self.attempts, elapsed=limit.elapsed())
        return self.last

    def updates(self, *, deadline: Limit = None, cancel: Cancel = None) -> Iterator[Update]:
        """Yield the update of each poll; the last one is COMPLETE or FAILED.

        Raises DeadlineExceeded and Cancelled, both with the token, and what `poll_once` raises.
        """
        limit = deadline_of(deadline, cancel, clock=self._caller.clock)
        while True:
            update = self.poll_once(deadline=limit)
            yield update
            if update.status.final:
                return
            self._pause(limit)

    def wait(
        self,
        *,
        deadline: Limit = None,
        on_poll: Callable[[Update], None] | None = None,
        cancel: Cancel = None,
    ) -> Update:
        """Return the COMPLETE update; `on_poll` is called with each update.

        Raises JobFailed and what `updates` raises.
        """
        for update in self.updates(deadline=deadline, cancel=cancel):
            if on_poll is not None:
                on_poll(update)
        if update.status is JobStatus.FAILED:
            raise JobFailed(self.collection_hash)
        return update

    def save(
        self,
        path: str | Path,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_poll: Callable[[Update], None] | None = None,
        deadline: Limit = None,
        cancel: Cancel = None,
        resume: bool = True,
        max_bytes: int = MAX_BYTES,
    ) -> Path:
        """Wait for the job, download the package, check it, and rename it to `path`. Returns `path`.

        One deadline covers all of it. A download that was interrupted before (`path` + `.part`) is resumed,
        unless `resume` is false. If the resource URL has expired, the API is polled for a fresh one. A file
        at `path` is replaced only by a package that passed its checks. A package of more than `max_bytes`, packed or
        unpacked, is refused.

        Raises what `wait` raises, and CannotWrite, DamagedPackage, LinkRefused.
        """
        limit = deadline_of(deadline, cancel, clock=self._caller.clock)
        part = Part.claim(Path(path), self.collection_hash, resume=resume)

        def link() -> ResourceUrl:
            return _link_of(self.wait(deadline=limit, on_poll=on_poll))

        def renew() -> ResourceUrl:
            # The only poll after a final status: only the API returns resource URLs.
            self.last = None
            return link()

        download = Download(self._caller, part, renew, deadline=limit, on_progress=on_progress, max_bytes=max_bytes)
        try:
            return self._stateful(lambda: download.run(link()))
        finally:
            part.drop_if_empty()

    def _pause(self, deadline: Deadline) -> None:
        seconds = self._policy.pause(self.attempts, deadline.remaining(), deadline.clock.random())
        if seconds is None:
            raise self._with_state(deadline.exceeded("the job is not done"))
        self._stateful(lambda: deadline.sleep(seconds))

    def _stateful(self, step: Callable[[], T]) -> T:
        """Return what `step` returns; add the job's state and token to DeadlineExceeded and Cancelled."""
        try:
            return step()
        except (DeadlineExceeded, Cancelled) as error:
            ended = error
        if ended.token is not None:
            raise ended
        raise self._with_state(ended) if isinstance(ended, DeadlineExceeded) else Cancelled(token=self.token)

    def _with_state(self, error: DeadlineExceeded) -> DeadlineExceeded:
        status = self.last.status.value if self.last else None
        polls = "1 poll" if self.attempts == 1 else f"{self.attempts} polls"
        known = f" (last status after {polls}: {status})" if status else ""
        return DeadlineExceeded(
            f"{error}{known}; use a longer deadline, or resume later",
            elapsed=error.elapsed,
            attempts=self.attempts,
            last_status=status,
            token=self.token,
        )


def collection_of(token: str) -> str:
    """Return the collection hash in a poller's token. Raises ValueError for any other text."""
    try:
        stored = json.loads(token)
    except ValueError:
        stored = None
    if isinstance(stored, dict) and stored.get("version") == 1 and stored.get("action") == DOWNLOAD_HTML.name:
        collection_hash = stored.get("collectionHash")
        if isinstance(collection_hash, str):
            return collection_hash
    raise ValueError("not a token, expected the text of Poller.token (version 1)")


def _update(answer: Answer, *, attempt: int, elapsed: float) -> Update:
    if answer.data is None:
        raise MalformedAnswer("code 20 without data, expected data with the job's status", raw=answer.raw)
    text = answer.data.get("status")
    if not isinstance(text, str):
        raise MalformedAnswer("data has no status, expected the job's status", raw=answer.raw)
    if text not in JobStatus.__members__:
        raise UnknownStatus(text, raw=answer.raw)
    status = JobStatus(text)
    url = _url(answer) if status is JobStatus.COMPLETE else None
    return Update(status, url, attempt, elapsed, answer)


def _url(answer: Answer) -> ResourceUrl:
    try:
        return ResourceUrl.read((answer.data or {}).get("resourceUrl"))
    except ValueError as error:
        reason = str(error)
    raise MalformedAnswer(reason, raw=answer.raw)


def _link_of(update: Update) -> ResourceUrl:
    if update.resource_url is None:
        raise ValueError(f"{update.status} has no resource URL")
    return update.resource_url
