"""Decides whether a failed call is retried, and after how long.

Codes 22, 31, 32, transport faults and answers that may have been cut off are retried. Everything else is
final, because the same call would fail in the same way.
"""

from dataclasses import dataclass

from flipsnack_client.api_error import MaintenanceMode, PerMinuteLimit, PerSecondLimit
from flipsnack_client.deadline import Deadline
from flipsnack_client.exceptions import (
    ConnectionFailed,
    DamagedAnswer,
    FlipsnackError,
    HttpError,
    NotConnected,
)
from flipsnack_client.log import log

MINIMUM_PAUSES: dict[type[FlipsnackError], float] = {
    PerSecondLimit: 1.0,  # by then the window of one second is empty
    PerMinuteLimit: 10.0,  # a place in the window of a minute becomes free within 60 s
    MaintenanceMode: 5.0,  # the vendor asks to try later, so not at once
    ConnectionFailed: 0.0,
    NotConnected: 0.0,
}
"""The minimum pause before the next attempt, in seconds, by error."""

NOTHING_DONE = (MaintenanceMode, PerSecondLimit, PerMinuteLimit, NotConnected)
"""The failures after which a call that is not idempotent is retried too: the call had no effect."""

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` in a row without progress, with a pause before each retry.

    The pause before the n-th retry is the error's minimum plus a random share of `first * factor**(n - 1)`
    seconds, limited to `max` ("full jitter").
    """

    attempts: int = 8
    first: float = 0.5
    factor: float = 2.0
    max: float = 20.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first < 0 or self.factor < 1 or self.max < 0:
            raise ValueError(f"attempts and factor are at least 1, first and max at least 0, not {self}")

    def backoff(self, failures: int, chance: float) -> float:
        """Return the random part of the pause after `failures` failures; `chance` is at least 0 and below 1."""
        # The exponent is bounded so that the power does not overflow; `max` is reached long before.
        return min(self.max, self.first * self.factor ** min(failures - 1, 64)) * chance


def minimum_pause(error: FlipsnackError) -> float | None:
    """Return the minimum pause before a retry, in seconds; None if the error is final."""
    if isinstance(error, HttpError):
        return (error.retry_after or 0.0) if error.status in RETRIED_STATUSES else None
    if isinstance(error, DamagedAnswer):
        return 0.0 if error.maybe_cut else None
    return MINIMUM_PAUSES.get(type(error))


class Retrier:
    """Counts the failures of one operation and pauses between its attempts."""

    def __init__(self, policy: RetryPolicy, deadline: Deadline) -> None:
        self._policy = policy
        self._deadline = deadline
        self._failures = 0

    def progressed(self) -> None:
        """Reset the count of failures."""
        self._failures = 0

    def pause(self, error: FlipsnackError) -> None:
        """Sleep until the next attempt; raise `error` if it is final or was the last attempt.

        Raises Cancelled, and DeadlineExceeded at once if the pause is longer than what is left.
        """
        self._failures += 1
        least = minimum_pause(error)
        if least is None or self._failures >= self._policy.attempts:
            raise error
        wait = least + self._policy.backoff(self._failures, self._deadline.clock.random())
        self._deadline.require(wait, doing=f"{error}; the pause before the next attempt")
        log.info("%s; attempt %d of %d in %.1f s", error, self._failures + 1, self._policy.attempts, wait)
        self._deadline.sleep(wait)
