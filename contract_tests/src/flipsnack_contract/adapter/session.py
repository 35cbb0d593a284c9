"""Runs cases through one adapter: starts it, exchanges messages, lets time pass, and starts it again after a fault.

While a case runs, only this session moves the case's clock, and only when the client asks to sleep. Then the timeline
moves the fake's clock on by exactly that much, stops where something is to happen on the way, and the client gets the
new time. So HTTP calls take no time, and what happens between two sleeps happens at one instant. A client that neither
sleeps nor ends is measured by its calls: too many of them, and it is stopped, which is a finding about the client.
Silence without calls is a hang, which is a finding about the adapter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import IO, Protocol, Self

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.case_run import TICK, CaseRun
from flipsnack_contract.adapter.channel import Channel, Closed
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import CaseResult, FromAdapter, FromKit, Greeting, Hello, Sleep, encode
from flipsnack_contract.adapter.process import tail
from flipsnack_contract.adapter.protocol_state import ProtocolState
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

FLUSH = "flush stdout after each line: many languages buffer what they print into a pipe"
ASK_TO_SLEEP = "a client that declares virtual_sleep must send a sleep message instead of sleeping"


class Connection(Protocol):
    """A running adapter: a process, or a thread of a test."""

    channel: Channel
    stderr: IO[bytes]

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter that closed its stdout."""

    def shutdown(self) -> int | None:
        """Send bye and wait for its end; the exit code, if it has one."""

    def kill(self) -> None:
        """End it now."""


class AdapterSession:
    """One adapter, for any number of cases. A context manager.

    `connect` starts an adapter, and another one after each fault; `greeting` is the first message to each. After so
    many seconds without a message an adapter hangs: `hello_timeout` before its hello, `timeout` within a case.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        greeting: Greeting,
        *,
        timeout: float = 10.0,
        hello_timeout: float = 30.0,
    ) -> None:
        self._connect = connect
        self._greeting = greeting
        self._timeout = timeout
        self._hello_timeout = hello_timeout
        self._connection: Connection | None = None
        self._protocol = ProtocolState()
        self.starts = 0

    def open(self) -> Hello:
        """The adapter's hello; starts it when it does not run. Raises `AdapterFault`."""
        if self._connection is None:
            self.starts += 1
            self._connection = self._connect()
            self._protocol = ProtocolState()
            try:
                self._greet()
            except AdapterFault:
                self.drop()
                raise
        assert self._protocol.hello is not None  # `_greet` raises otherwise
        return self._protocol.hello

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """How `case` ended; `calls` counts the requests that the fake has seen of it.

        Raises nothing for what an adapter does: that is in the report.
        """
        run = CaseRun(case, timeline, calls)
        report = run.report_of(lambda: self._converse(run))
        if self._connection:
            report = replace(report, printed=tail(self._connection.stderr))
            self._connection.stderr.truncate(0)
        if report.outcome in (CaseOutcome.FAULT, CaseOutcome.STOPPED):
            self.drop()
        return report

    def drop(self) -> None:
        """Kill the adapter; the next case starts another one."""
        connection, self._connection = self._connection, None
        if connection:
            connection.kill()

    def close(self) -> int | None:
        """Shut the adapter down; its exit code, if it has one."""
        connection, self._connection = self._connection, None
        return connection.shutdown() if connection else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.drop()

    def _greet(self) -> None:
        self._connected().channel.send(encode(self._greeting))
        line = self._line(self._hello_timeout)
        if line is None:
            raise AdapterFault("hang", f"no hello within {self._hello_timeout:g} s; {FLUSH}")
        self._protocol.take(line)

    def _converse(self, run: CaseRun) -> Report:
        self.open()
        self._protocol.begin(run.case.id)
        self._send(run, run.case.as_run(run.started_ms))
        while not isinstance(message := self._receive(run), CaseResult):
            if isinstance(message, Sleep):
                for end in run.sleep(message.ms):
                    self._send(run, end)
        self._expect_quiet(run)
        return run.report(CaseOutcome(message.outcome), result=message, why=message.why)

    def _send(self, run: CaseRun, message: FromKit) -> None:
        run.note("kit", encode(message))
        self._connected().channel.send(encode(message))

    def _receive(self, run: CaseRun) -> FromAdapter:
        since = stopwatch()
        while (line := self._line(TICK)) is None:
            run.check_calls()
            self._check_silence(run, stopwatch() - since)
        return self._take(run, line)

    def _check_silence(self, run: CaseRun, seconds: float) -> None:
        is_virtual = run.timeline.is_virtual
        limit = self._timeout + (0.0 if is_virtual else run.case.real_limit_s)
        if seconds > limit:
            raise AdapterFault("hang", f"no message for {limit:g} s" + (f"; {ASK_TO_SLEEP}" if is_virtual else ""))

    def _expect_quiet(self, run: CaseRun) -> None:
        if not self._connected().channel.is_quiet and (line := self._line(TICK)) is not None:
            self._take(run, line)

    def _take(self, run: CaseRun, line: bytes) -> FromAdapter:
        run.note("client", line)
        return self._protocol.take(line)

    def _line(self, timeout: float) -> bytes | None:
        connection = self._connected()
        try:
            return connection.channel.receive(timeout=timeout)
        except Closed:
            raise connection.exit_fault() from None

    def _connected(self) -> Connection:
        assert self._connection is not None  # `open` came first
        return self._connection
