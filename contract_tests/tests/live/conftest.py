"""A fake that cannot be steered, in time that a test holds in its hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from flipsnack_contract.live.budget import Budget
from flipsnack_contract.live.caller import Caller
from flipsnack_contract.target.rate_pacer import RatePacer
from flipsnack_contract.target.target import Reply, Request, WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings

KEY, SECRET = "test-live", "secret-test-live"
START = 1_790_000_000_000_000
WHO = Credentials(KEY, SECRET, "mock-complete")


@dataclass
class HeldClock:
    """Time that passes when it is waited for."""

    now: int = START

    def pass_by(self, micros: int) -> None:
        """Move on at once."""
        self.now += micros


@dataclass
class Watched:
    """A target that remembers what it was sent, and takes `latency` microseconds to answer."""

    target: WsgiTarget
    clock: HeldClock
    latency: int = 0
    sent: list[Request] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)
    over_socket: bool = False

    @property
    def base_url(self) -> str:
        """That of the target."""
        return self.target.base_url

    @base_url.setter
    def base_url(self, _url: str) -> None:
        raise AttributeError("base_url")

    def send(self, request: Request) -> Reply:
        """The answer of the target."""
        self.sent.append(request)
        self.arrivals.append(self.clock.now)
        reply = self.target.send(request)
        self.clock.now += self.latency
        return reply

    @property
    def calls(self) -> list[Request]:
        """The requests that limits count."""
        return [request for request in self.sent if "/v1/" in request.url]


@dataclass
class Scene:
    """A target, a clock, and callers who share a pace and a budget."""

    clock: HeldClock
    target: Watched
    budget: Budget
    pace: RatePacer
    noted: list[int] = field(default_factory=list)

    def caller(self, credentials: Credentials | None = WHO) -> Caller:
        """One more caller."""
        return Caller(
            self.target, credentials, clock=self.clock, pace=self.pace, budget=self.budget, on_call=self.noted.append
        )


@pytest.fixture
def scene() -> Callable[..., Scene]:
    """Makes a scene: `calls` is its budget, `made` are earlier calls, all else are settings of the fake."""

    def make(*, calls: int = 1000, latency: int = 0, made: tuple[int, ...] = (), **settings: object) -> Scene:
        clock = HeldClock()
        loaded, _ = load_settings(flags={"admin": False, **settings}, environment={}, file=None)
        target = WsgiTarget(create_app(loaded, now=lambda: clock.now))
        return Scene(clock, Watched(target, clock, latency), Budget(calls), RatePacer(clock, made=made))

    return make
