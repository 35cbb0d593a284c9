"""The two limits of a key, kept from our side: what a well-behaved caller waits before its next call."""

from __future__ import annotations

from collections.abc import Sequence

from flipsnack_contract.contract.clock import SECOND, Clock

__all__ = ["PER_MINUTE", "PER_SECOND", "RatePacer"]

PER_SECOND = 5
PER_MINUTE = 60
# A clock of ours and a server's never agree to the microsecond; on virtual time they do, and no margin is needed.
REAL_MARGIN = SECOND // 20


class RatePacer:
    """A sliding log of calls: never more than 5 in a second or 60 in a minute ("API limitations")."""

    def __init__(
        self, clock: Clock, *, margin: int = 0, per_minute: int = PER_MINUTE, made: Sequence[int] = ()
    ) -> None:
        """`margin` microseconds are added to each wait; `per_minute` 0 is no pace; `made` are earlier calls."""
        self._clock = clock
        self._margin = margin
        self._per_minute = per_minute
        self._calls: list[int] = sorted(made)

    def call(self) -> None:
        """Wait until one more call keeps both limits, and count it."""
        if self._per_minute:
            while (wait := self._wait()) > 0:
                self._clock.pass_by(wait)
        self.count()

    def count(self) -> None:
        """Count a call that was made without waiting."""
        self._calls = [*self._calls[-(max(PER_MINUTE, self._per_minute) - 1) :], self._clock.now]

    def answered(self) -> None:
        """Let the last call count from now on, when its answer is there."""
        self._calls[-1] = self._clock.now

    def _wait(self) -> int:
        waits = (
            _left(self._calls, PER_SECOND, SECOND, self._clock.now),
            _left(self._calls, self._per_minute, 60 * SECOND, self._clock.now),
        )
        longest = max(waits)
        return longest + self._margin if longest > 0 else 0


def _left(calls: Sequence[int], limit: int, window: int, now: int) -> int:
    """How long until the call that is `limit` calls back leaves the window."""
    return calls[-limit] + window - now if len(calls) >= limit else 0
