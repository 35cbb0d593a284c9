"""What the rules say should happen, written as naively as possible: the model that targets are compared with.

Lists are scanned from end to end, nothing is cached, and all times are whole microseconds. No code of the fake or the
client is used.
"""

import re
from dataclasses import dataclass, field

from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.ledger import OK

MAINTENANCE, PER_SECOND, PER_MINUTE, STILL_PROCESSING, FORBIDDEN = 22, 31, 32, 38, 43


@dataclass
class LimitModel:
    """5 requests in any second and 60 in any minute; a refused one does not count ("API limitations")."""

    per_second: int = 5
    per_minute: int = 60
    counted: list[int] = field(default_factory=list)

    def ask(self, now: int) -> int:
        """20, 31 or 32 for a request at `now`."""
        if self._within(SECOND, now) >= self.per_second:
            return PER_SECOND
        if self._within(MINUTE, now) >= self.per_minute:
            return PER_MINUTE
        self.counted.append(now)
        return OK

    def _within(self, window: int, now: int) -> int:
        return sum(1 for instant in self.counted if now - instant < window)


@dataclass
class JobModel:
    """One package: started by the first call, finished by its schedule or by force (`is_forced`, until reported)."""

    schedule: str
    started_at: int | None = None
    calls: int = 0
    final: str | None = None
    is_forced: bool = False

    def call(self, now: int) -> str:
        """The state that a call at `now` reports."""
        self.started_at = now if self.started_at is None else self.started_at
        self.calls += 1
        return self.look(now)

    def look(self, now: int) -> str:
        """The state at `now` without a call: NEW, PROCESSING, COMPLETE or FAILED. What is final stays."""
        if self.final is None and self._is_over(now):
            self.final = "FAILED" if self.schedule.startswith("failed") else "COMPLETE"
        return self.final or ("NEW" if self.started_at is None else "PROCESSING")

    def _is_over(self, now: int) -> bool:
        words = self.schedule.removeprefix("failed").removeprefix("-") or "immediate"
        if self.started_at is None or words in ("manual", "never"):
            return False
        if after := re.fullmatch(r"after-([\d.]+)s", words):
            return now - self.started_at >= round(float(after[1]) * SECOND)
        if polls := re.fullmatch(r"after-(\d+)-polls?", words):
            return self.calls > int(polls[1])
        return words == "immediate"


@dataclass
class AccountModel:
    """One key: its clock, limits, collections with their jobs, and the resource URLs that were handed out."""

    now: int = 0
    limits: LimitModel = field(default_factory=LimitModel)
    jobs: dict[str, JobModel] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    maintenance: bool = False

    def ask(self, collection_hash: str) -> tuple[int, str | None]:
        """Code and state, if any, that a right call for that collection must answer now."""
        if self.maintenance:
            return MAINTENANCE, None
        if (refusal := self.limits.ask(self.now)) != OK:
            return refusal, None
        if collection_hash not in self.jobs or collection_hash in self.deleted:
            return FORBIDDEN, None
        return OK, self.jobs[collection_hash].call(self.now)

    def serves(self, issued_at: int) -> bool:
        """Whether a resource URL handed out at `issued_at` still serves its package now."""
        return self.now < issued_at + MINUTE
