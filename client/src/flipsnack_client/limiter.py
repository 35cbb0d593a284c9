"""Keeps the vendor's request limits: 5 requests a second and 60 a minute per key.

Source: "API limitations" in the vendor's documentation. A call occupies its place from before it is sent
until the window has passed after its *answer*. The server counted it somewhere in between, so network
delays cannot put more calls into the server's window than into ours.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flipsnack_client.deadline import Deadline

MARGIN = 0.001
"""Seconds added to each window, because two clocks round differently."""

IN_FLIGHT_PAUSE = 0.05
"""Seconds between two checks while calls without an answer occupy every place."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


VENDOR_WINDOWS = (Window(5, 1.0), Window(60, 60.0))


class Limiter:
    """A sliding log over several windows. Calls beyond the limits wait; none is refused.

    Threads, and clients with the same API key, can share one limiter. `Limiter(())` has no limit.
    """

    def __init__(self, windows: tuple[Window, ...] = VENDOR_WINDOWS) -> None:
        for window in windows:
            if window.calls < 1 or window.seconds <= 0:
                raise ValueError(f"a window allows at least 1 call in more than 0 s, not {window}")
        self._windows = windows
        self._finished: deque[float] = deque(maxlen=max((window.calls for window in windows), default=0))
        self._in_flight = 0
        self._lock = threading.Lock()

    @contextmanager
    def place(self, deadline: Deadline) -> Iterator[None]:
        """Wait for a free place and hold it while the block runs.

        Raises Cancelled, and DeadlineExceeded at once if the wait is longer than what is left.
        """
        self._enter(deadline)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1
                self._finished.append(deadline.clock.now())

    def _enter(self, deadline: Deadline) -> None:
        while True:
            deadline.check_cancel()
            with self._lock:
                wait = max((self._wait(window, deadline.clock.now()) for window in self._windows), default=0.0)
                if wait <= 0:
                    self._in_flight += 1
                    return
            deadline.require(wait, doing="keeping the request limits")
            deadline.sleep(wait)

    def _wait(self, window: Window, now: float) -> float:
        free = window.calls - self._in_flight
        if free <= 0:
            return IN_FLIGHT_PAUSE
        if len(self._finished) < free:
            return 0.0
        return self._finished[-free] + window.seconds + MARGIN - now
