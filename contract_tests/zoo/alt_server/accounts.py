"""The accounts of the second correct server: their collections, and the jobs of these.

Instants and spans of time are microseconds.
"""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

SECOND = 1_000_000
MINUTE = 60 * SECOND
DEFAULTS = {
    "upload_bytes": 500_000_000,
    "upload_pages": 1000,
    "uploads_per_month": 1000,
    "conversion_schedule": "after-2s",
    "default_schedule": "immediate",
    "invalid_hash": 43,
}
"""The settings of an account that this server knows."""


@dataclass(eq=False)
class Job:
    """A job: when it started, how often it was asked for, and the state that somebody forced."""

    schedule: str
    started_at: int | None = None
    polls: int = 0
    forced: str | None = None


@dataclass(eq=False)
class Collection:
    """A collection with its two jobs, the package and the conversion; `days` are its statistics by day.

    `document` is the digest of what was uploaded; empty without a file.
    """

    serial: int
    hash: str
    title: str
    package: Job
    conversion: Job
    pages: int = 12
    description: str = ""
    status: str = "public"
    width: int = 650
    height: int = 385
    days: list[dict[str, Any]] = field(default_factory=list)
    document: str = ""
    is_deleted: bool = False


@dataclass(eq=False)
class Account:
    """A key: its secret, its own clock, the instants of its counted calls and uploads, its collections by hash."""

    secret: str
    now: int = 1_700_000_000 * SECOND
    counted: list[int] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)
    collections: dict[str, Collection] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    in_maintenance: bool = False


class Accounts:
    """All accounts by key, and what their jobs do."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.in_maintenance = False
        self.serial = itertools.count(1)

    def new_account(self, secret: str) -> Account:
        """An account that has nothing yet."""
        return Account(secret)

    def start(self, job: Job, now: int) -> None:
        """Start a job, unless it has started."""
        job.started_at = now if job.started_at is None else job.started_at

    def state(self, job: Job, now: int) -> str:
        """NEW, PROCESSING, COMPLETE or FAILED."""
        if job.forced or job.started_at is None:
            return job.forced or "NEW"
        if not _is_over(job.schedule, now - job.started_at, job.polls):
            return "PROCESSING"
        return "FAILED" if job.schedule.startswith("failed") else "COMPLETE"

    def conversion_state(self, collection: Collection, now: int) -> str:
        """PROCESSING, COMPLETE or FAILED."""
        return self.state(collection.conversion, now)

    def package_state(self, collection: Collection, now: int) -> str:
        """The state of the package, which a document that cannot be converted never has."""
        if self.conversion_state(collection, now) == "FAILED":
            return "FAILED"
        return self.state(collection.package, now)

    def new_hash(self) -> str:
        """A hash that no collection ever had."""
        return f"z{next(self.serial):08x}"

    def add_collection(self, account: Account, fields: dict[str, Any], conversion_schedule: str) -> Collection:
        """A new collection of an account, whose conversion starts now."""
        serial, conversion = next(self.serial), Job(conversion_schedule)
        wanted = fields.pop("hash", None) or self.new_hash()
        package = Job(fields.pop("schedule", "immediate"))
        made = Collection(serial, wanted, fields.pop("title", "A collection"), package, conversion, **fields)
        self.start(conversion, account.now)
        account.collections[made.hash] = made
        return made


def _is_over(schedule: str, elapsed: int, polls: int) -> bool:
    words = schedule.removeprefix("failed").removeprefix("-") or "immediate"
    if match := re.fullmatch(r"after-([\d.]+)s", words):
        return elapsed >= round(float(match[1]) * SECOND)
    if match := re.fullmatch(r"after-(\d+)-polls?", words):
        return polls > int(match[1])
    # When a job ends that is half done at each poll is left open by the rules; here it is the fourth.
    return words == "immediate" or (words == "half-way" and polls > 3)
