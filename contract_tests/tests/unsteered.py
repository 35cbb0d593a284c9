"""A fake without a control plane, in time that passes only when something waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings


@dataclass
class HeldClock:
    """Time that passes when something waits for it, in microseconds."""

    now: int = 1_790_000_000_000_000

    def pass_by(self, micros: int) -> None:
        """Move on at once."""
        self.now += micros


def unsteered(clock: HeldClock, **settings: object) -> Flask:
    """The fake with these settings, on that clock."""
    loaded, _ = load_settings(flags={"admin": False, **settings}, environment={}, file=None)
    return create_app(loaded, now=lambda: clock.now)
