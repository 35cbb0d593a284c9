"""The clock of one account: real time plus an offset, or frozen. It never goes back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.instants import LAST_INSTANT, Microseconds, to_text


class VirtualClock(msgspec.Struct, frozen=True):
    """Virtual time as a value: `offset` microseconds ahead of real time, or standing still at `frozen_at`."""

    offset: Annotated[int, Meta(ge=-LAST_INSTANT, le=LAST_INSTANT)] = 0
    frozen_at: Microseconds | None = None

    def now(self, real: int) -> int:
        """Virtual time when real time is `real`; at the end of the calendar it stands still."""
        return min(real + self.offset, LAST_INSTANT) if self.frozen_at is None else self.frozen_at

    def set(self, instant: int, real: int) -> VirtualClock:
        """The clock that shows `instant` now; raises `ValueError` when that is in its past, or after the year 9999."""
        if instant < self.now(real):
            raise ValueError(f"the clock shows {to_text(self.now(real))} and never goes back")
        if instant > LAST_INSTANT:
            raise ValueError(f"the clock ends at {to_text(LAST_INSTANT)}; reset the account to begin again")
        if self.frozen_at is not None:
            return VirtualClock(offset=self.offset, frozen_at=instant)
        return VirtualClock(offset=instant - real)

    def freeze(self, real: int) -> VirtualClock:
        """The clock standing still at its present instant."""
        return VirtualClock(offset=self.offset, frozen_at=self.now(real))

    def resume(self, real: int) -> VirtualClock:
        """The clock running again, on from the instant it stood at."""
        return VirtualClock(offset=self.now(real) - real)
