"""Who calls: keeps to the pace and the budget, and follows no link but those that an answer gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import SECOND, Clock
from flipsnack_contract.contract.decoding import Answer, Malformed, decode
from flipsnack_contract.live.budget import Budget
from flipsnack_contract.live.call import Call
from flipsnack_contract.target.rate_pacer import RatePacer
from flipsnack_contract.target.target import Reply, Request, Target
from flipsnack_contract.target.target_under_test import Credentials
from flipsnack_contract.target.trace import Trace

__all__ = ["Caller", "Inconclusive", "Limited", "Reader"]

MAINTENANCE = 22
LIMITS = (31, 32)


class Inconclusive(Exception):
    """Nothing can be said now; the text says why, and what would help."""


class Limited(Inconclusive):
    """A limit refused a call that keeps to both of them: either it counts wrongly, or somebody else uses the key."""


class Reader(Protocol):
    """What a check of this package may do."""

    @property
    def now(self) -> int:
        """The present instant, in microseconds."""

    def reply(self, call: Call) -> Reply:
        """The HTTP answer to a call."""

    def ask(self, call: Call) -> Answer:
        """The answer to a call. Raises `Violation` when it cannot be read, `Inconclusive` when it says nothing.

        Where a limit refused it that is `Limited`.
        """

    def fetch(self, url: str, *, method: str = "GET", span: str | None = None) -> Reply:
        """What a resource URL serves; `span` is a Range."""

    def wait(self, micros: int) -> None:
        """Let time pass."""


class Caller:
    """A `Reader` of a target in real time. Every call is paced, and counted before it is sent."""

    def __init__(
        self,
        target: Target,
        credentials: Credentials | None,
        *,
        clock: Clock,
        pace: RatePacer,
        budget: Budget,
        on_call: Callable[[int], None] = lambda _at: None,
        trace: Trace | None = None,
    ) -> None:
        """`on_call` is told the instant of each call before it is sent; what happens is added to `trace`."""
        self.trace = Trace() if trace is None else trace
        self._target = target
        self._credentials = credentials
        self._clock = clock
        self._pace = pace
        self._budget = budget
        self._on_call = on_call
        self._given: set[str] = set()

    @property
    def now(self) -> int:
        """The present instant, in microseconds."""
        return self._clock.now

    def reply(self, call: Call) -> Reply:
        """The HTTP answer to a call. Raises `BudgetSpent`, and `Unreachable`."""
        self._budget.spend()
        self._pace.call()
        self._on_call(self._clock.now)
        try:
            return self._sent(call.request(self._target.base_url, self._credentials))
        finally:
            # The server saw it at some instant up to now: to count from now on is to be on the safe side.
            self._pace.answered()

    def ask(self, call: Call) -> Answer:
        """The answer to a call. Raises `Violation` when it cannot be read, `Inconclusive` when it says nothing."""
        try:
            answer = decode(self.reply(call).body, call.format, callback=call.callback)
        except Malformed as damage:
            raise Violation(
                "the answer is in the format asked for", call.format, damage.why, rule=damage.rule
            ) from None
        if answer.code == MAINTENANCE:
            raise Inconclusive(f"the API is in maintenance (code {answer.code}): run again later")
        if answer.code in LIMITS:
            raise Limited(
                f"a limit refused a call (code {answer.code}) though this run keeps to the pace: "
                "does somebody else use the key? Run again later"
            )
        if answer.resource_url is not None:
            self._given.add(str(answer.resource_url))
        return answer

    def fetch(self, url: str, *, method: str = "GET", span: str | None = None) -> Reply:
        """What a resource URL serves; no limit counts it. Raises `ValueError` for one that no answer gave."""
        if url not in self._given:
            raise ValueError("only resource URLs that an answer gave are fetched")
        return self._sent(Request(method, url, b"", {"Range": span} if span else {}))

    def wait(self, micros: int) -> None:
        """Let time pass."""
        self.trace.add(f"wait {micros / SECOND:g} s")
        self._clock.pass_by(micros)

    def _sent(self, request: Request) -> Reply:
        reply = self._target.send(request)
        shown = reply.body[:200].decode("utf-8", "replace") if len(reply.body) < 2000 else f"{len(reply.body)} bytes"
        self.trace.add(f"{request.method} {request.url[:400]} -> {reply.status} {shown}")
        return reply
