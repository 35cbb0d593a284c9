"""Runs cases through one adapter: starts it, talks to it, lets time pass, and starts it anew when it broke.

Who advances what: while a case runs, nobody but this session moves its clock, and only when the client asks to sleep.
Then the timeline moves the fake's clock on by exactly that much, in pieces where something is to happen on the way, and
the client is woken with the new time. So HTTP calls take no time at all, and what happens between two sleeps happens at
one instant. A client that neither sleeps nor ends is measured by the calls that the fake has seen: enough of them, and
it is stopped, which is a finding about the client; silence without calls is a hang, which is one about the adapter.
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
    Run,
    Sleep,
    Wake,
    encode,
)
from flipsnack_contract.adapter.protocol_state import ProtocolState
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Connection", "Timeouts", "AdapterSession", "Stopped"]

TICK = 0.5
# What a kit allows a client without a deadline of its own in real time.
REAL_LIMIT_MS = 60_000
# Polls are seconds apart: who sleeps less than half a second on average, hundreds of times, goes nowhere.
MANY_SLEEPS, SHORT_SLEEP_MS = 300, 500
FLUSH = "is each line flushed? Many languages hold back what they print into a pipe"
ASK_TO_SLEEP = "a client that declares virtual_sleep asks the kit to sleep"


class Connection(Protocol):
    """A way to an adapter: a process, or a thread of a test."""

    channel: Channel

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter that is gone."""

    def shutdown(self) -> int | None:
        """End it in order; its exit code, if it has one."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True)
class Timeouts:
    """How many seconds of silence are a hang: before hello, and within a case."""

    hello: float = 30.0
    case: float = 10.0


class Stopped(Exception):
    """The client would have gone on for ever; the text says how that showed."""


@dataclass
class _CaseRun:
    """A case while it runs."""

    case: Case
    timeline: Timeline
    calls: Callable[[], int]
    started_ms: int
    log: list[Said] = field(default_factory=list)
    sleeps: list[int] = field(default_factory=list)
    cancelled: bool = False

    def note(self, by: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\n")
        self.log.append(Said(by, self.timeline.now_ms, masked(text, self.case.secret)))

    @property
    def elapsed_ms(self) -> int:
        return self.timeline.now_ms - self.started_ms

    @property
    def busy_sleeping(self) -> bool:
        """Whether it sleeps so often and so shortly that it will never come to an end."""
        return len(self.sleeps) > MANY_SLEEPS and self.elapsed_ms < SHORT_SLEEP_MS * len(self.sleeps)


class AdapterSession:
    """One adapter, for any number of cases. A context manager."""

    def __init__(
        self, connect: Callable[[], Connection], greeting: Greeting, *, patience: Timeouts | None = None
    ) -> None:
        """`connect` gets hold of an adapter, again each time one broke; `greeting` is what each of them hears first."""
        self._connect = connect
        self._greeting = greeting
        self._patience = patience or Timeouts()
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
        assert self._protocol.hello is not None  # greeting it raises otherwise
        return self._protocol.hello

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """What came of `case`; `calls` counts the requests that the fake has seen of it.

        Raises nothing for what an adapter does: that is in the report.
        """
        run = _CaseRun(case, timeline, calls, timeline.now_ms)
        began = stopwatch()
        outcome, result, fault, why = self._run(run)
        printed = self._connection.channel.drain_stderr() if self._connection else ""
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
            log=tuple(run.log),
            printed=printed,
            seconds=stopwatch() - began,
        )

    def drop(self) -> None:
        """End the adapter at once; the next case starts it anew."""
        if self._connection is not None:
            self._connection.kill()
            self._connection = None

    def close(self) -> int | None:
        """End the adapter in order; its exit code, if it has one."""
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
            connection.channel.send(encode(self._greeting), patience=TICK)
            self._protocol.take(connection.channel.receive(patience=self._patience.hello))
        except ReadTimeout:
            self.drop()
            raise AdapterFault("hang", f"no hello within {self._patience.hello:g} s; {FLUSH}") from None
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
        self._tell(run, run.case.as_run(run.started_ms))
        while not isinstance(message := self._hear(run), CaseResult):
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
        if until_cancel is not None and not run.cancelled and until_cancel <= message.ms:
            run.timeline.pass_by(max(0, until_cancel))
            run.cancelled = True
            self._tell(run, Cancel(id=case.id))
        else:
            run.timeline.pass_by(message.ms)
        if run.elapsed_ms > case.horizon_ms:
            raise Stopped(f"it went on {run.elapsed_ms / 1000:g} s after it was started, and did not end")
        self._tell(run, Wake(id=case.id, now_ms=run.timeline.now_ms))

    def _tell(self, run: _CaseRun, message: FromKit) -> None:
        run.note("kit", encode(_without_secret(message)))
        connection = self._connected()
        try:
            connection.channel.send(encode(message), patience=self._patience.case or REAL_LIMIT_MS)
        except ReadTimeout:
            raise AdapterFault("hang", "it does not read its stdin") from None
        except Closed:
            raise connection.exit_fault() from None

    def _hear(self, run: _CaseRun) -> FromAdapter:
        connection = self._connected()
        limit = self._limit(run)
        since = stopwatch()
        while True:
            try:
                line = connection.channel.receive(patience=TICK)
                break
            except ReadTimeout:
                self._while_silent(run, stopwatch() - since, limit)
            except Closed:
                raise connection.exit_fault() from None
        run.note("client", line)
        return self._protocol.take(line)

    def _limit(self, run: _CaseRun) -> float:
        if run.timeline.is_virtual:
            return self._patience.case
        return self._patience.case + (run.case.options.deadline_ms or REAL_LIMIT_MS) / 1000

    def _while_silent(self, run: _CaseRun, seconds: float, limit: float) -> None:
        calls = run.calls()
        if calls > run.case.most_calls:
            raise Stopped(f"it made {calls} calls in {run.elapsed_ms / 1000:g} s and did not end")
        if seconds > limit:
            virtual = "; " + ASK_TO_SLEEP if run.timeline.is_virtual else ""
            raise AdapterFault("hang", f"nothing was heard for {limit:g} s{virtual}")

    def _expect_quiet(self, run: _CaseRun) -> None:
        channel = self._connected().channel
        if not channel.is_quiet:
            line = channel.receive(patience=TICK)
            run.note("client", line)
            self._protocol.take(line)

    def _connected(self) -> Connection:
        assert self._connection is not None  # `open` came first
        return self._connection


def _without_secret(message: FromKit) -> FromKit:
    if not isinstance(message, Run):
        return message
    return msgspec.structs.replace(message, credentials=CaseCredentials(key=message.credentials.key, secret="***"))
