"""The client's only source of time, sleep and randomness.

Everything that waits, measures or draws random numbers takes a `Clock`. Pass any object with these three
methods to run the client in virtual time.
"""

import random
import threading
import time
from functools import partial
from typing import Protocol

# Libraries that freeze time for a test replace `time.monotonic`; a wait would then never end. They leave this alone.
_monotonic = partial(time.clock_gettime, time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime") else time.monotonic


class Clock(Protocol):
    """Time, sleep and random numbers, as the client needs them."""

    def now(self) -> float:
        """Return seconds on a clock that never goes back; only differences matter."""

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        """Return after `seconds`, or as soon as `cancel` is set.

        A clock that cannot be woken may ignore `cancel`: the client checks it after each sleep.
        """

    def random(self) -> float:
        """Return a number at least 0 and below 1, for jitter."""


class SystemClock:
    """The machine's monotonic clock, real sleep and real random numbers."""

    def now(self) -> float:
        """Return the machine's monotonic time in seconds, also while a library freezes or moves the time."""
        return _monotonic()

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        """Sleep for `seconds`; an event that is set ends the sleep at once."""
        if cancel is None:
            time.sleep(seconds)
        else:
            cancel.wait(seconds)

    def random(self) -> float:
        """Return a number at least 0 and below 1."""
        return random.random()
