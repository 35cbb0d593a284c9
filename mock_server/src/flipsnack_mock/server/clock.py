"""Real time. No other module of this package reads a clock or sleeps."""

import time
from collections.abc import Callable

from flipsnack_mock.protocol.instants import RealTime

Sleep = Callable[[float], None]
"""Blocks a thread for so many seconds of real time."""

real_sleep: Sleep = time.sleep


def real_time() -> RealTime:
    """A source of real time in microseconds since 1970 that never jumps.

    It reads the wall clock once and follows the monotonic clock from there, so a correction of the machine's clock
    cannot move a job, a limit or the life of a resource URL.
    """
    start = time.time_ns() - time.monotonic_ns()

    def now() -> int:
        return (start + time.monotonic_ns()) // 1_000

    return now
