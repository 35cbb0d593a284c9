"""Real time: the only place where the kit reads it or lets it pass (ruff keeps the others out)."""

from __future__ import annotations

import datetime
import time
from typing import Protocol

__all__ = ["Clock", "RealClock", "WallClock", "stopwatch", "today"]

SECOND = 1_000_000


class Clock(Protocol):
    """Time as a session sees it, virtual or real, in microseconds."""

    @property
    def now(self) -> int:
        """The present instant."""

    def pass_by(self, micros: int) -> None:
        """Let that much time pass."""


class RealClock:
    """The time of the wall, for targets whose clock cannot be moved."""

    @property
    def now(self) -> int:
        """Microseconds since some fixed instant."""
        return time.monotonic_ns() // 1000

    def pass_by(self, micros: int) -> None:
        """Sleep."""
        time.sleep(micros / SECOND)


class WallClock(RealClock):
    """The time of the wall as the world counts it, so that a later run can tell how long ago something was."""

    @property
    def now(self) -> int:
        """Microseconds since 1970, in UTC."""
        return time.time_ns() // 1000


def stopwatch() -> float:
    """Seconds since some fixed instant, to measure a run with."""
    return time.perf_counter()


def today() -> datetime.date:
    """The present day in UTC."""
    return datetime.datetime.now(datetime.UTC).date()
