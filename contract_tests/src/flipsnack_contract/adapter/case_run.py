"""A case while it runs: its time, its log, and the limits that stop a client which would not end by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, Said, masked
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import Cancel, CaseResult, Wake
from flipsnack_contract.adapter.timeline import Timeline

TICK = 0.25
"""Seconds between two looks at the limits of a client that is silent."""
# Polls are seconds apart: a client whose hundreds of sleeps last less than half a second on average does not end.
MANY_SLEEPS, SHORT_SLEEP_MS = 300, 500


class Stopped(Exception):
    """The client would not have ended by itself; the text says what showed it."""


@dataclass
class CaseRun:
    """One run of a case; `calls` counts the requests that the fake has seen of it."""

    case: Case
    timeline: Timeline
    calls: Callable[[], int]
    started_ms: int = field(init=False)
    log: list[Said] = field(default_factory=list)
    sleeps: list[int] = field(default_factory=list)
    cancelled_at_ms: int | None = None

    def __post_init__(self) -> None:
        """The case starts now."""
        self.started_ms = self.timeline.now_ms

    @property
    def elapsed_ms(self) -> int:
        """How long it has taken so far, in the time of the case."""
        return self.timeline.now_ms - self.started_ms

    def note(self, by: str, line: bytes) -> None:
        """Add a line to the log, without the secret."""
        text = line.decode("utf-8", "replace").rstrip("\n")
        self.log.append(Said(by, self.timeline.now_ms, masked(text, self.case.secret)))

    def report_of(self, play: Callable[[], Report]) -> Report:
        """The report that `play` returns, or the one of the `AdapterFault` or `Stopped` that it raises."""
        try:
            return play()
        except AdapterFault as fault:
            return self.report(CaseOutcome.FAULT, fault=fault.kind, why=masked(fault.text, self.case.secret))
        except Stopped as stop:
            return self.report(CaseOutcome.STOPPED, why=str(stop))

    def report(
        self, outcome: CaseOutcome, *, result: CaseResult | None = None, fault: str = "", why: str = ""
    ) -> Report:
        """The report of a case that ends now."""
        return Report(
            outcome=outcome,
            started_ms=self.started_ms,
            ended_ms=self.timeline.now_ms,
            result=result,
            fault=fault,
            why=why,
            sleeps=tuple(self.sleeps),
            cancelled_at_ms=self.cancelled_at_ms,
            log=tuple(self.log),
        )

    def check_calls(self) -> None:
        """Raise `Stopped` after too many calls."""
        calls = self.calls()
        if calls > self.case.most_calls:
            raise Stopped(f"it made {calls} calls in {self.elapsed_ms / 1000:g} s and did not end")

    def sleep(self, ms: int) -> list[Cancel | Wake]:
        """Let the client sleep, no longer than until it is cancelled; what ends its sleep. Raises `Stopped`."""
        self.sleeps.append(ms)
        self._check_sleeps()
        ends: list[Cancel | Wake] = []
        until_cancel = self._until_cancel()
        if until_cancel is not None and until_cancel <= ms:
            ms = max(0, until_cancel)
            ends.append(Cancel(id=self.case.id))
        self.timeline.pass_by(ms)
        if ends:
            self.cancelled_at_ms = self.timeline.now_ms
        if self.elapsed_ms > self.case.horizon_ms:
            raise Stopped(f"it still ran {self.elapsed_ms / 1000:g} s after its start")
        return [*ends, Wake(id=self.case.id, now_ms=self.timeline.now_ms)]

    def _until_cancel(self) -> int | None:
        if self.case.cancel_after_ms is None or self.cancelled_at_ms is not None:
            return None
        return self.case.cancel_after_ms - self.elapsed_ms

    def _check_sleeps(self) -> None:
        count = len(self.sleeps)
        are_short = count > MANY_SLEEPS and self.elapsed_ms < SHORT_SLEEP_MS * count
        if count > self.case.most_sleeps or are_short:
            raise Stopped(f"it slept {count} times in {self.elapsed_ms / 1000:g} s and did not end")
