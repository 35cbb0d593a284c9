"""A target that only lets reads through, within both limits and a budget of calls: for runs at the real API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.contract.assertions import Inconclusive, Unsuitable
from flipsnack_contract.contract.clock import Clock, RealClock
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.rate_pacer import REAL_MARGIN, RatePacer
from flipsnack_contract.target.target import Reply, Request, Target
from flipsnack_contract.target.target_under_test import TargetUnderTest


class NotARead(Unsuitable):
    """The request is not a read, so it was not sent."""


class BudgetUsedUp(Inconclusive):
    """The budget of calls is used up, so the call was not sent."""


@dataclass
class Budget:
    """The number of calls that may still be made; None is no bound."""

    left: int | None = None

    def allows(self, calls: int) -> bool:
        return self.left is None or calls <= self.left

    def spend(self) -> None:
        """Count one call. Raises `BudgetUsedUp`."""
        if not self.allows(1):
            raise BudgetUsedUp("the budget of calls is used up")
        if self.left is not None:
            self.left -= 1


class ReadOnlyTarget:
    """Sends GETs of read-only methods, and downloads, to `target`; every call waits for both limits of the key.

    `send` raises `NotARead` for any other request and `BudgetUsedUp`; neither is sent.
    """

    def __init__(
        self, target: Target, budget: Budget, *, clock: Clock | None = None, table: Sequence[Method] = methods()
    ) -> None:
        """`clock` is the one that calls wait on, by default real time; `table` has the methods."""
        self.base_url, self.over_socket = target.base_url, target.over_socket
        self.methods = tuple(one for one in table if one.read_only)
        self.clock = clock or RealClock()
        self._target, self._budget = target, budget
        self._pacer = RatePacer(self.clock, margin=REAL_MARGIN)

    def send(self, request: Request) -> Reply:
        if request.method not in ("GET", "HEAD"):
            raise NotARead(f"{request.method} is not a read")
        if not request.url.startswith(self.base_url.rstrip("/")):
            return self._target.send(request)  # a download, which no limit counts
        self._require_read(request)
        self._budget.spend()
        self._pacer.call()
        try:
            return self._target.send(request)
        finally:
            # The server counted it at some instant up to now; the latest one is the safe assumption.
            self._pacer.answered()

    def _require_read(self, request: Request) -> None:
        place, base = urlsplit(request.url), urlsplit(self.base_url)
        names = {one.name for one in self.methods}
        actions = [value for name, value in parse_qsl(place.query) if name == "action"]
        if place.path.rstrip("/") != base.path.rstrip("/") or not names.issuperset(actions):
            raise NotARead(f"only {', '.join(sorted(names))} may be called at {self.base_url}")


def read_only(target: Target, budget: Budget, *, clock: Clock | None = None, **options: Any) -> TargetUnderTest:
    """The target with only reads allowed; all its sessions share one pacer and the budget. Nothing is sent yet."""
    guarded = ReadOnlyTarget(target, budget, clock=clock)
    return TargetUnderTest(guarded, per_minute=0, clock=guarded.clock, methods=guarded.methods, **options)
