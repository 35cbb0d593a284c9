"""Real time. No other module of this package reads a clock or sleeps.

The system itself is asked, where it can be: libraries that freeze or move the time of a test replace functions of
Python, and a fake in the process of such a test is on real time.
"""

import ctypes
import sys
import time
from collections.abc import Callable

from flipsnack_mock.protocol.instants import SECOND, RealTime

Sleep = Callable[[float], None]
"""Blocks a thread for so many seconds of real time."""

real_sleep: Sleep = time.sleep


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


def own_time() -> RealTime:
    """As `real_time`, for a process without anybody's tests: Python's function takes a fifth of the time."""
    return _microseconds(time.time_ns)


def real_time() -> RealTime:
    """A source of the time of the machine's clock, in microseconds since 1970.

    It follows the clock: forward, as after a sleep of the machine, and back, as after a correction.
    """
    if sys.platform == "win32":
        return own_time()
    return _system_clock(time.CLOCK_REALTIME)


def elapsed_time() -> RealTime:
    """A source of microseconds since some instant; no correction of the machine's clock moves it."""
    if sys.platform == "win32":
        return _microseconds(time.monotonic_ns)
    return _system_clock(time.CLOCK_MONOTONIC)


def _system_clock(clock: int) -> RealTime:
    # With the interpreter's lock: to let it go takes longer than to read a clock.
    read, by_reference = ctypes.PyDLL(None).clock_gettime, ctypes.byref

    def now() -> int:
        # One for each call: another thread may ask at the same time.
        found = _Timespec()
        read(clock, by_reference(found))
        return int(found.seconds) * SECOND + int(found.nanoseconds) // 1_000

    return now


def _microseconds(nanoseconds: Callable[[], int]) -> RealTime:
    return lambda: nanoseconds() // 1_000
