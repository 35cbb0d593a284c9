"""How time passes in a case: on the fake's clock, which is stopped, or in real time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flipsnack_contract.contract.clock import RealClock
from flipsnack_contract.target.control import AccountControl

MILLI = 1000


@dataclass(frozen=True)
class TimedAction:
    """Something that happens `after_ms` milliseconds after the start of a case.

    `happen` changes the account. `suspend_ms` suspends the client's machine, so its sleep ends no sooner than that.
    """

    after_ms: int
    happen: Callable[[AccountControl], None] | None = None
    suspend_ms: int = 0


class Timeline:
    """The time of one case: here it is real time, in which no action can happen at an instant."""

    is_virtual = False

    @property
    def now_ms(self) -> int:
        """The present instant in whole milliseconds: since 1970 in virtual time, else since some fixed instant."""
        return RealClock().now // MILLI

    def pass_by(self, ms: int) -> None:
        """Let that much time pass."""
        RealClock().pass_by(ms * MILLI)


class VirtualTimeline(Timeline):
    """Time that passes only in `pass_by`, on the clock of an account at the fake."""

    is_virtual = True

    def __init__(self, account: AccountControl, actions: Sequence[TimedAction] = ()) -> None:
        """Stop the clock on a whole second, so that a limit's calendar windows begin with the case."""
        self._account = account
        micros = account.freeze()
        account.advance(-micros % 1_000_000)
        self._now = -(-micros // 1_000_000) * MILLI
        self._start = self._now
        self._actions = sorted(actions, key=lambda action: action.after_ms)
        self.pass_by(0)

    @property
    def now_ms(self) -> int:
        return self._now

    def pass_by(self, ms: int) -> None:
        """Move the clock on. Each action happens at its instant; a suspension moves the clock further."""
        until = self._now + ms
        while self._actions and self._start + self._actions[0].after_ms <= until:
            action = self._actions.pop(0)
            self._advance(self._start + action.after_ms)
            if action.happen:
                action.happen(self._account)
            until = max(until, self._now + action.suspend_ms)
        self._advance(until)

    def _advance(self, until: int) -> None:
        if until > self._now:
            self._account.advance((until - self._now) * MILLI)
            self._now = until
