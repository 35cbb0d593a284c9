"""One deadline for a whole operation: retries, polls, the limiter's waits and the download."""

import math
import threading
from dataclasses import dataclass, replace

from flipsnack_client.clock import Clock
from flipsnack_client.defaults import DEADLINE
from flipsnack_client.exceptions import Cancelled, DeadlineExceeded

CLOCK_STEP = 0.02
"""Seconds; every clock has moved after a sleep of this length. The coarsest system clocks have steps of 0.016 s."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of the time an operation may take, on `clock`; setting the event `cancel` ends the operation too."""

    clock: Clock
    started: float
    seconds: float
    cancel: threading.Event | None = None

    @classmethod
    def after(cls, seconds: float, *, clock: Clock) -> "Deadline":
        """Return the deadline `seconds` from now; `math.inf` means none. Raises ValueError for 0 or less."""
        if math.isnan(seconds) or seconds <= 0:
            raise ValueError(f"a deadline is a number of seconds above 0, not {seconds}")
        return cls(clock, clock.now(), seconds)

    def elapsed(self) -> float:
        """Return the seconds since the operation began."""
        return self.clock.now() - self.started

    def remaining(self) -> float:
        """Return the seconds left, never below 0."""
        return max(0.0, self.seconds - self.elapsed())

    def check(self, doing: str) -> None:
        """Raise DeadlineExceeded when no time is left."""
        if self.remaining() <= 0:
            raise self.exceeded(f"no time left while {doing}")

    def check_cancel(self) -> None:
        """Raise Cancelled when the event is set."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled

    def require(self, wait: float, *, doing: str) -> None:
        """Raise DeadlineExceeded, without waiting, if `wait` seconds are more than is left."""
        if wait >= self.remaining():
            raise self.exceeded(f"{doing} takes another {wait:.1f} s but only {self.remaining():.1f} s are left")

    def sleep(self, seconds: float) -> None:
        """Sleep on the clock.

        Raises Cancelled, and DeadlineExceeded if the clock stands still, because no deadline passes then.
        """
        began, slept = self.clock.now(), 0.0
        while True:
            self.clock.sleep(seconds, cancel=self.cancel)
            slept += seconds
            self.check_cancel()
            if self.clock.now() != began or slept <= 0:
                return
            if slept >= CLOCK_STEP:
                raise self.exceeded(f"the clock stands still: a sleep of {slept:g} s did not move it")

    def exceeded(self, text: str, *, attempts: int = 0, last_status: str | None = None) -> DeadlineExceeded:
        """Return the error, with the deadline and the elapsed time in its text."""
        elapsed = self.elapsed()
        told = f"gave up after {elapsed:.1f} s of a deadline of {self.seconds:g} s: {text}"
        return DeadlineExceeded(told, elapsed=elapsed, attempts=attempts, last_status=last_status)


Limit = float | Deadline | None
Cancel = threading.Event | None


def deadline_of(given: Limit, cancel: Cancel = None, *, clock: Clock) -> Deadline:
    """Return `given` as a Deadline that `cancel` ends: seconds from now, a Deadline, or the default for None."""
    limit = given if isinstance(given, Deadline) else Deadline.after(DEADLINE if given is None else given, clock=clock)
    return limit if cancel is None else replace(limit, cancel=cancel)
