"""Real time: the only module of the kit that reads it or sleeps (ruff forbids it elsewhere)."""

import datetime
import time
from typing import Protocol

SECOND = 1_000_000
MINUTE = 60 * SECOND


class Clock(Protocol):
    """The time of a session, virtual or real, in microseconds."""

    @property
    def now(self) -> int:
        """The present instant."""

    def pass_by(self, micros: int) -> None:
        """Let that much time pass."""


class RealClock:
    """Real time, for targets whose clock cannot be moved."""

    @property
    def now(self) -> int:
        return time.monotonic_ns() // 1000

    def pass_by(self, micros: int) -> None:
        time.sleep(micros / SECOND)


def stopwatch() -> float:
    """Seconds since some fixed instant, to measure a run with."""
    return time.perf_counter()


def today() -> datetime.date:
    """The present day in UTC."""
    return datetime.datetime.now(datetime.UTC).date()
