"""Runs cases through one adapter: starts it, exchanges messages, lets time pass, and starts it again after a fault.

While a case runs, only this session moves the case's clock, and only when the client asks to sleep. Then the timeline
moves the fake's clock on by exactly that much, stops where something is to happen on the way, and the client gets the
new time. So HTTP calls take no time, and what happens between two sleeps happens at one instant. A client that neither
sleeps nor ends is measured by its calls: too many of them, and it is stopped, which is a finding about the client.
Silence without calls is a hang, which is a finding about the adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, Said, masked
from flipsnack_contract.adapter.channel import Channel, Closed, ReadTimeout
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import (
    Cancel,
    CaseCredentials,
    CaseResult,
    FromAdapter,
    FromKit,
    Greeting,
    Hello,
    RunCase,
    Sleep,
    Wake,
    encode,
)
from flipsnack_contract.adapter.protocol_state import ProtocolState
from flipsnack_contract.adapter.stderr import StderrFile
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Connection", "Timeouts", "AdapterSession", "Stopped"]

TICK = 0.5
# Milliseconds that a client without a deadline has in real time.
REAL_LIMIT_MS = 60_000
# Polls are seconds apart: a client whose hundreds of sleeps last less than half a second on average does not end.
MANY_SLEEPS, SHORT_SLEEP_MS = 300, 500
FLUSH = "flush stdout after each line: many languages buffer what they print into a pipe"
ASK_TO_SLEEP = "a client that declares virtual_sleep must send a sleep message instead of sleeping"


class Connection(Protocol):
    """A running adapter: a process, or a thread of a test."""

    channel: Channel
    stderr: StderrFile

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter that closed its stdout."""

    def shutdown(self) -> int | None:
        """Send bye and wait for its end; the exit code, if it has one."""

    def kill(self) -> None:
        """End it now."""


@dataclass(frozen=True)
class Timeouts:
    """After how many seconds without a message an adapter hangs: before its hello, and within a case."""

    hello: float = 30.0
    case: float = 10.0


class Stopped(Exception):
    """The client would not have ended by itself; the text says what showed it."""


@dataclass
class _CaseRun:
    """A case while it runs."""

    case: Case
    timeline: Timeline
    calls: Callable[[], int]
    started_ms: int
    log: list[Said] = field(default_factory=list)
    sleeps: list[int] = field(default_factory=list)
    cancelled_at_ms: int | None = None

    def note(self, by: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\n")
        self.log.append(Said(by, self.timeline.now_ms, masked(text, self.case.secret)))

    @property
    def elapsed_ms(self) -> int:
        return self.timeline.now_ms - self.started_ms

    @property
    def busy_sleeping(self) -> bool:
        """Whether it sleeps so often and so shortly that it would never end."""
        return len(self.sleeps) > MANY_SLEEPS and self.elapsed_ms < SHORT_SLEEP_MS * len(self.sleeps)


class AdapterSession:
    """One adapter, for any number of cases. A context manager."""

    def __init__(
        self, connect: Callable[[], Connection], greeting: Greeting, *, timeouts: Timeouts | None = None
    ) -> None:
        """`connect` starts an adapter, and another one after each fault; `greeting` is the first message to each."""
        self._connect = connect
        self._greeting = greeting
        self._timeouts = timeouts or Timeouts()
        self._connection: Connection | None = None
        self._protocol = ProtocolState()
        self.starts = 0

    def open(self) -> Hello:
        """The adapter's hello; starts it when it does not run. Raises `AdapterFault`."""
        if self._connection is None:
            self.starts += 1
            self._connection = self._connect()
            self._protocol = ProtocolState()
            self._greet(self._connection)
        assert self._protocol.hello is not None  # `_greet` raises otherwise
        return self._protocol.hello

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """What came of `case`; `calls` counts the requests that the fake has seen of it.

        Raises nothing for what an adapter does: that is in the report.
        """
        run = _CaseRun(case, timeline, calls, timeline.now_ms)
        began = stopwatch()
        outcome, result, fault, why = self._run(run)
        printed = self._connection.stderr.drain() if self._connection else ""
        if outcome in (CaseOutcome.FAULT, CaseOutcome.STOPPED):
            self.drop()
        return Report(
            case=case.id,
            outcome=outcome,
            started_ms=run.started_ms,
            ended_ms=timeline.now_ms,
            result=result,
            fault=fault,
            why=why,
            sleeps=tuple(run.sleeps),
            cancelled_at_ms=run.cancelled_at_ms,
            log=tuple(run.log),
            printed=printed,
            seconds=stopwatch() - began,
        )

    def drop(self) -> None:
        """Kill the adapter; the next case starts another one."""
        if self._connection is not None:
            self._connection.kill()
            self._connection = None

    def close(self) -> int | None:
        """Shut the adapter down; its exit code, if it has one."""
        connection, self._connection = self._connection, None
        return connection.shutdown() if connection else None

    def __enter__(self) -> AdapterSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.drop()

    def _greet(self, connection: Connection) -> None:
        try:
            connection.channel.send(encode(self._greeting))
            self._protocol.take(connection.channel.receive(timeout=self._timeouts.hello))
        except ReadTimeout:
            self.drop()
            raise AdapterFault("hang", f"no hello within {self._timeouts.hello:g} s; {FLUSH}") from None
        except Closed:
            fault = connection.exit_fault()
            self.drop()
            raise fault from None
        except AdapterFault:
            self.drop()
            raise

    def _run(self, run: _CaseRun) -> tuple[CaseOutcome, CaseResult | None, str, str]:
        try:
            self.open()
            result = self._converse(run)
        except AdapterFault as fault:
            return CaseOutcome.FAULT, None, fault.kind, masked(fault.text, run.case.secret)
        except Stopped as stop:
            return CaseOutcome.STOPPED, None, "", str(stop)
        return CaseOutcome(result.outcome), result, "", result.why

    def _converse(self, run: _CaseRun) -> CaseResult:
        self._protocol.begin(run.case.id)
        self._send(run, run.case.as_run(run.started_ms))
        while not isinstance(message := self._receive(run), CaseResult):
            if isinstance(message, Sleep):
                self._sleep(run, message)
        self._expect_quiet(run)
        return message

    def _sleep(self, run: _CaseRun, message: Sleep) -> None:
        case = run.case
        run.sleeps.append(message.ms)
        if len(run.sleeps) > case.most_sleeps or run.busy_sleeping:
            raise Stopped(f"it slept {len(run.sleeps)} times in {run.elapsed_ms / 1000:g} s and did not end")
        until_cancel = None if case.cancel_after_ms is None else case.cancel_after_ms - run.elapsed_ms
        if until_cancel is not None and run.cancelled_at_ms is None and until_cancel <= message.ms:
            run.timeline.pass_by(max(0, until_cancel))
            run.cancelled_at_ms = run.timeline.now_ms
            self._send(run, Cancel(id=case.id))
        else:
            run.timeline.pass_by(message.ms)
        if run.elapsed_ms > case.horizon_ms:
            raise Stopped(f"it still ran {run.elapsed_ms / 1000:g} s after its start")
        self._send(run, Wake(id=case.id, now_ms=run.timeline.now_ms))

    def _send(self, run: _CaseRun, message: FromKit) -> None:
        run.note("kit", encode(_without_secret(message)))
        self._connected().channel.send(encode(message))

    def _receive(self, run: _CaseRun) -> FromAdapter:
        connection = self._connected()
        limit = self._limit(run)
        since = stopwatch()
        while True:
            try:
                line = connection.channel.receive(timeout=TICK)
                break
            except ReadTimeout:
                self._check_limits(run, stopwatch() - since, limit)
            except Closed:
                raise connection.exit_fault() from None
        run.note("client", line)
        return self._protocol.take(line)

    def _limit(self, run: _CaseRun) -> float:
        if run.timeline.is_virtual:
            return self._timeouts.case
        return self._timeouts.case + (run.case.options.deadline_ms or REAL_LIMIT_MS) / 1000

    def _check_limits(self, run: _CaseRun, seconds: float, limit: float) -> None:
        calls = run.calls()
        if calls > run.case.most_calls:
            raise Stopped(f"it made {calls} calls in {run.elapsed_ms / 1000:g} s and did not end")
        if seconds > limit:
            virtual = "; " + ASK_TO_SLEEP if run.timeline.is_virtual else ""
            raise AdapterFault("hang", f"no message for {limit:g} s{virtual}")

    def _expect_quiet(self, run: _CaseRun) -> None:
        channel = self._connected().channel
        if not channel.is_quiet:
            line = channel.receive(timeout=TICK)
            run.note("client", line)
            self._protocol.take(line)

    def _connected(self) -> Connection:
        assert self._connection is not None  # `open` came first
        return self._connection


def _without_secret(message: FromKit) -> FromKit:
    if not isinstance(message, RunCase):
        return message
    return msgspec.structs.replace(message, credentials=CaseCredentials(key=message.credentials.key, secret="***"))
