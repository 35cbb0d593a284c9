"""A case for a client: what it is asked to do, its time and its limits while it runs, and how it ended."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flipsnack_contract.adapter.messages import (
    AdapterFault,
    Cancel,
    CaseCredentials,
    CaseOptions,
    CaseResult,
    RunCase,
    Wake,
)
from flipsnack_contract.contract.clock import RealClock, stopwatch
from flipsnack_contract.target.control import AccountControl

MASK = "«the secret»"
"""Replaces a secret. No client prints this by chance."""

MILLI = 1000
DAY_MS = 24 * 3600 * 1000
TICK = 0.25
"""Seconds between two looks at the limits of a client that is silent."""
# Polls are seconds apart: a client whose hundreds of sleeps last less than half a second on average does not end.
MANY_SLEEPS, SHORT_SLEEP_MS = 300, 500
# Milliseconds that a client without a deadline has in real time.
REAL_LIMIT_MS = 60_000
COST_OF_LINE = 200
"""Bytes that a message counts for beside its own: so much the kit keeps with it."""
MOST_SHOWN = 100
"""Messages at the beginning and at the end of a faulty case that are kept."""


class CaseOutcome(StrEnum):
    """How a case ended: three outcomes that a client reports, `stopped` by the kit, or a `fault` of the adapter."""

    OK = "ok"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True)
class Case:
    """One operation that a client is asked to do. All times are milliseconds; `needs` are capabilities.

    A client that still runs `horizon_ms` after the start, sleeps more often than `most_sleeps`, or makes more calls
    than `most_calls` is stopped: it would not end by itself. An adapter whose messages have more than `most_said`
    bytes, or that still sends some after `most_seconds` of real time, is at fault.
    """

    id: str
    op: str
    base_url: str
    key: str
    secret: str = field(repr=False)
    args: Mapping[str, str | dict[str, str]] = field(default_factory=dict)
    options: CaseOptions = field(default_factory=CaseOptions)
    cancel_after_ms: int | None = None
    needs: frozenset[str] = frozenset()
    horizon_ms: int = DAY_MS
    most_sleeps: int = 5000
    most_calls: int = 500
    most_said: int = 8 * 1024 * 1024
    most_seconds: float = 300.0

    @property
    def real_limit_s(self) -> float:
        deadline = self.options.deadline_ms
        return (REAL_LIMIT_MS if deadline is None else deadline) / 1000

    def as_run(self, now_ms: int) -> RunCase:
        return RunCase(
            id=self.id,
            op=self.op,
            base_url=self.base_url,
            credentials=CaseCredentials(key=self.key, secret=self.secret),
            args=dict(self.args),
            now_ms=now_ms,
            options=self.options,
        )


@dataclass(frozen=True)
class Said:
    """One line of the exchange: its sender (kit or client), its time (milliseconds since 1970), and the line."""

    by: str
    at_ms: int
    text: str


@dataclass(frozen=True)
class Report:
    """How a case ended, as the client and its adapter report it, in the time of the case.

    `result` is the client's report, None without one; `why` says why the client was stopped, or what the fault was;
    `fault` is its kind; `cancelled_at_ms` is when the kit cancelled the case. `printed` is what the adapter wrote to
    stderr (a program without the protocol: to stdout too); no outcome depends on it. `left` are the files that an
    adapter has left elsewhere than beside its file, each by its name.
    """

    outcome: CaseOutcome
    started_ms: int
    ended_ms: int
    result: CaseResult | None = None
    fault: str = ""
    why: str = ""
    sleeps: tuple[int, ...] = ()
    cancelled_at_ms: int | None = None
    log: tuple[Said, ...] = ()
    printed: str = ""
    left: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def elapsed_ms(self) -> int:
        return self.ended_ms - self.started_ms

    @property
    def error_class(self) -> str | None:
        """The class of the error that the client reported, if any."""
        return self.result.error.kind if self.result and self.result.error else None


def masked(text: str, secret: str) -> str:
    """`text` without the secret, as it is and as JSON spells it."""
    for spelling in _in_json(secret):
        text = text.replace(spelling, MASK)
    return text


@lru_cache
def _in_json(secret: str) -> frozenset[str]:
    return frozenset((secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])) - {""}


def file_text(content: bytes) -> str:
    """A file in words: its length, and how its SHA-256 begins."""
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…"


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
        """Stop the clock on a whole second, so that a limit's calendar windows begin with the case.

        A clock that stands on one already is left as it is.
        """
        self._account = account
        micros = account.now or account.freeze()
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
    said: int = 0
    began: float = field(default_factory=stopwatch)

    def __post_init__(self) -> None:
        self.started_ms = self.timeline.now_ms

    @property
    def elapsed_ms(self) -> int:
        return self.timeline.now_ms - self.started_ms

    def note(self, by: str, line: bytes) -> None:
        """Add a line to the log, without the secret. Raises `AdapterFault` when the case has no end."""
        self.said += len(line) + COST_OF_LINE
        if self.said > self.case.most_said:
            raise AdapterFault("too-long", f"the messages of one case have more than {self.case.most_said} bytes")
        limit = self.case.most_seconds + (0.0 if self.timeline.is_virtual else self.case.real_limit_s)
        if stopwatch() - self.began > limit:
            raise AdapterFault("hang", f"the case did not end within {limit:g} s of real time")
        text = line.decode("utf-8", "replace").rstrip("\n")
        self.log.append(Said(by, self.timeline.now_ms, masked(text, self.case.secret)))

    def report_of(self, play: Callable[[], Report]) -> Report:
        """The report that `play` returns, or the one of the `AdapterFault` or `Stopped` that it raises."""
        try:
            return play()
        except AdapterFault as fault:
            # Nothing of such a case is judged, and a run keeps many of them.
            del self.log[MOST_SHOWN:-MOST_SHOWN]
            return self.report(CaseOutcome.FAULT, fault=fault.kind, why=masked(fault.text, self.case.secret))
        except Stopped as stop:
            return self.report(CaseOutcome.STOPPED, why=str(stop))

    def report(self, outcome: CaseOutcome, **end: Any) -> Report:
        """The report of a case that ends now; `end` are further fields of it."""
        return Report(
            outcome,
            self.started_ms,
            self.timeline.now_ms,
            sleeps=tuple(self.sleeps),
            cancelled_at_ms=self.cancelled_at_ms,
            log=tuple(self.log),
            **end,
        )

    def check_calls(self) -> None:
        """Raise `Stopped` after too many calls."""
        calls = self.calls()
        if calls > self.case.most_calls:
            raise Stopped(f"it made {calls} calls in {self.elapsed_ms / 1000:g} s and did not end")

    def sleep(self, ms: int) -> list[Cancel | Wake]:
        """Let the client sleep, no longer than until it is cancelled; what ends its sleep. Raises `Stopped`."""
        self.sleeps.append(ms)
        count = len(self.sleeps)
        are_short = count > MANY_SLEEPS and self.elapsed_ms < SHORT_SLEEP_MS * count
        if count > self.case.most_sleeps or are_short:
            raise Stopped(f"it slept {count} times in {self.elapsed_ms / 1000:g} s and did not end")
        ends: list[Cancel | Wake] = []
        due = self.case.cancel_after_ms if self.cancelled_at_ms is None else None
        if due is not None and due - self.elapsed_ms <= ms:
            ms = max(0, due - self.elapsed_ms)
            ends.append(Cancel(id=self.case.id))
        self.timeline.pass_by(ms)
        if ends:
            self.cancelled_at_ms = self.timeline.now_ms
        if self.elapsed_ms > self.case.horizon_ms:
            raise Stopped(f"it still ran {self.elapsed_ms / 1000:g} s after its start")
        return [*ends, Wake(id=self.case.id, now_ms=self.timeline.now_ms)]
