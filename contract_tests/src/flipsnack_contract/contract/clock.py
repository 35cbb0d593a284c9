"""Time and the pace of calls: the only module of the kit that reads real time or sleeps (ruff forbids it elsewhere)."""

import datetime
import time
from typing import Protocol

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
PER_SECOND = 5
PER_MINUTE = 60
# Two real clocks differ by more than a microsecond. In virtual time there is one clock, and no margin is needed.
REAL_MARGIN = SECOND // 20


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


class RatePacer:
    """A sliding log of calls: never more than 5 in a second or 60 in a minute ("API limitations")."""

    def __init__(self, clock: Clock, *, margin: int = 0, per_minute: int = PER_MINUTE) -> None:
        """`margin` microseconds are added to each wait; with `per_minute` 0 no call waits."""
        self._clock = clock
        self._margin = margin
        self._per_minute = per_minute
        self._calls: list[int] = []

    def call(self) -> None:
        """Wait until one more call keeps both limits, and count it."""
        if self._per_minute:
            while (wait := self._wait()) > 0:
                self._clock.pass_by(wait + self._margin)
        self.count()

    def count(self) -> None:
        """Count a call that was made without waiting."""
        self._calls = [*self._calls[-(max(PER_MINUTE, self._per_minute) - 1) :], self._clock.now]

    def answered(self) -> None:
        """Count the last call from now on: its answer came."""
        self._calls[-1] = self._clock.now

    def _wait(self) -> int:
        windows = ((PER_SECOND, SECOND), (self._per_minute, MINUTE))
        full = (self._calls[-limit] + window for limit, window in windows if len(self._calls) >= limit)
        return max(full, default=0) - self._clock.now


def shortest(calls: int) -> int:
    """The microseconds in which so many calls can be made in real time, rounded up to a whole wait."""
    minutes, rest = divmod(calls, PER_MINUTE)
    return minutes * (MINUTE + REAL_MARGIN) + rest // PER_SECOND * (SECOND + REAL_MARGIN)


def stopwatch() -> float:
    """Seconds since some fixed instant, to measure a run with."""
    return time.perf_counter()


def next_second() -> int:
    """The next whole second of real time, in microseconds since 1970."""
    return -(-time.time_ns() // (1000 * SECOND)) * SECOND


def today() -> datetime.date:
    """The present day in UTC."""
    return datetime.datetime.now(datetime.UTC).date()
