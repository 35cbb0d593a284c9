"""How time passes in a case: on the frozen clock of the fake, or on the wall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from flipsnack_contract.contract.clock import RealClock
from flipsnack_contract.target.control import AccountControl

__all__ = ["RealTimeline", "Timeline", "TimedAction", "VirtualTimeline"]

MILLI = 1000


@dataclass(frozen=True)
class TimedAction:
    """Something that happens `after_ms` milliseconds after the start of a case: to the account, or to the client.

    With `suspend_ms` the machine of the client is suspended for so long: the sleep that it is in ends no sooner.
    """

    after_ms: int
    happen: Callable[[AccountControl], None] | None = None
    suspend_ms: int = 0


class Timeline(Protocol):
    """The time of one case, in whole milliseconds since 1970."""

    is_virtual: bool

    @property
    def now_ms(self) -> int:
        """The present instant."""

    def pass_by(self, ms: int) -> None:
        """Let that much time pass."""


class VirtualTimeline:
    """Time that passes only when it is told to, on the clock of an account at the fake."""

    is_virtual = True

    def __init__(self, account: AccountControl, turns: Sequence[TimedAction] = ()) -> None:
        """Stop the clock, on a whole second: a limit's calendar windows then begin with the case."""
        self._account = account
        micros = account.freeze()
        account.advance(-micros % 1_000_000)
        self._now = -(-micros // 1_000_000) * MILLI
        self._start = self._now
        self._turns = sorted(turns, key=lambda turn: turn.after_ms)
        self.pass_by(0)

    @property
    def now_ms(self) -> int:
        """The present instant."""
        return self._now

    def pass_by(self, ms: int) -> None:
        """Move the clock on; what happens on the way happens at its instant. A suspension makes it later."""
        until = self._now + ms
        while self._turns and self._start + self._turns[0].after_ms <= until:
            turn = self._turns.pop(0)
            self._advance(self._start + turn.after_ms)
            if turn.happen:
                turn.happen(self._account)
            until = max(until, self._now + turn.suspend_ms)
        self._advance(until)

    def _advance(self, until: int) -> None:
        if until > self._now:
            self._account.advance((until - self._now) * MILLI)
            self._now = until


class RealTimeline:
    """The time of the wall. Nothing can happen at an instant of it, so a case has no turns."""

    is_virtual = False

    def __init__(self) -> None:
        """Begin now."""
        self._clock = RealClock()

    @property
    def now_ms(self) -> int:
        """The present instant, on some clock: only differences matter."""
        return self._clock.now // MILLI

    def pass_by(self, ms: int) -> None:
        """Sleep."""
        self._clock.pass_by(ms * MILLI)
