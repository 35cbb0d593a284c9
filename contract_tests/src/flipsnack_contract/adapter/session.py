"""Runs cases through one adapter: starts it, exchanges messages, lets time pass, and starts it again after a fault.

Only a sleep takes time, so a client that neither sleeps nor ends is measured by its calls: too many of them, and it is
stopped, which is a finding about the client. Silence without calls is a hang, which is a finding about the adapter.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import IO, Protocol, Self

from flipsnack_contract.adapter.case import TICK, Case, CaseOutcome, CaseRun, Report, Timeline
from flipsnack_contract.adapter.messages import (
    PROTOCOL,
    AdapterFault,
    CaseEvent,
    CaseResult,
    FromAdapter,
    FromKit,
    Greeting,
    Hello,
    Sleep,
    encode,
    read_from_adapter,
)
from flipsnack_contract.adapter.process import Closed, check_printed, tail
from flipsnack_contract.contract.clock import stopwatch

FLUSH = "flush stdout after each line: many languages buffer what they print into a pipe"
ASK_TO_SLEEP = "a client that declares virtual_sleep must send a sleep message instead of sleeping"


class Phase(StrEnum):
    """What the kit waits for."""

    GREETING = "greeting"
    READY = "ready"
    RUNNING = "running"


class ProtocolState:
    """The protocol with one process, from its hello on."""

    def __init__(self) -> None:
        self.state = Phase.GREETING
        self.hello: Hello | None = None
        self._case = ""
        self._over: set[str] = set()

    def begin(self, case_id: str) -> None:
        """Expect messages of the case that was sent to the adapter."""
        self._case = case_id
        self.state = Phase.RUNNING

    def take(self, line: bytes) -> FromAdapter:
        """The message in `line`. Raises `AdapterFault` when it is not a message, or may not come now."""
        message = read_from_adapter(line)
        if isinstance(message, Hello):
            self._greeted(message)
        elif self.state is not Phase.RUNNING or message.id != self._case:
            raise self._foreign(message)
        elif isinstance(message, CaseResult):
            self._over.add(message.id)
            self.state = Phase.READY
        elif isinstance(message, Sleep) and self.hello and "virtual_sleep" not in self.hello.capabilities:
            raise AdapterFault("out-of-turn", "sleep came from an adapter that does not declare virtual_sleep")
        return message

    def _greeted(self, hello: Hello) -> None:
        if self.state is not Phase.GREETING:
            raise AdapterFault("out-of-turn", f"hello came in the phase {self.state}")
        if hello.protocol != PROTOCOL:
            raise AdapterFault("protocol", f"it chose protocol {hello.protocol}; this kit speaks {PROTOCOL}")
        self.hello, self.state = hello, Phase.READY

    def _foreign(self, message: Sleep | CaseEvent | CaseResult) -> AdapterFault:
        what = f"{message.__struct_config__.tag} for case {message.id[:80]!r}"
        if message.id in self._over:
            return AdapterFault("duplicate", f"{what}, which is over")
        return AdapterFault("unknown-id", f"{what}; expected {self._case!r}")


class Lines(Protocol):
    """The lines to an adapter and from it, as a `Channel` has them."""

    def send(self, line: bytes) -> None: ...
    def receive(self, *, timeout: float) -> bytes | None: ...


class Connection(Protocol):
    """A running adapter, as `Process` is one; in tests it is a thread, whose end has no exit code."""

    @property
    def channel(self) -> Lines: ...

    stderr: IO[bytes]

    def left(self) -> Mapping[str, bytes]: ...
    def exit_fault(self) -> AdapterFault: ...
    def shutdown(self) -> int | None: ...
    def kill(self) -> None: ...


@dataclass
class AdapterSession:
    """One adapter, for any number of cases. A context manager.

    `connect` starts an adapter, and another one after each fault; `greeting` is the first message to each. After so
    many seconds without a message an adapter hangs: `hello_timeout` before its hello, `timeout` within a case. The
    messages of the kit have `more` fields besides their own.
    """

    connect: Callable[[], Connection]
    greeting: Greeting
    timeout: float = 10.0
    hello_timeout: float = 30.0
    more: Mapping[str, object] = field(default_factory=dict)
    starts: int = 0
    _connection: Connection | None = None
    _protocol: ProtocolState = field(default_factory=ProtocolState)

    def open(self) -> Hello:
        """The adapter's hello; starts it when it does not run. Raises `AdapterFault`."""
        if self._connection is None:
            self.starts += 1
            self._connection = self.connect()
            self._protocol = ProtocolState()
            try:
                self._connection.channel.send(encode(self.greeting, self.more))
                self._protocol.take(self._awaited(self.hello_timeout, f"no hello within {{}} s; {FLUSH}"))
            except AdapterFault:
                self.drop()
                raise
        assert self._protocol.hello is not None  # a fault otherwise
        return self._protocol.hello

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """How `case` ended; `calls` counts the requests that the fake has seen of it.

        Raises nothing for what an adapter does: that is in the report.
        """
        run = CaseRun(case, timeline, calls)
        report = run.report_of(lambda: self._converse(run))
        if self._connection:
            report = replace(report, printed=tail(self._connection.stderr), left=self._connection.left())
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
        line = encode(message, self.more)
        run.note("kit", line)
        self._connected().channel.send(line)

    def _receive(self, run: CaseRun) -> FromAdapter:
        is_virtual = run.timeline.is_virtual
        limit = self.timeout + (0.0 if is_virtual else run.case.real_limit_s)
        why = "no message for {} s" + (f"; {ASK_TO_SLEEP}" if is_virtual else "")
        return self._take(run, self._awaited(limit, why, run.check_calls))

    def _awaited(self, limit: float, why: str, look: Callable[[], None] = lambda: None) -> bytes:
        """The next line; `look` is called from time to time while there is none. Raises `AdapterFault`."""
        since = stopwatch()
        check_printed(self._connected().stderr)
        while (line := self._line(TICK)) is None:
            look()
            check_printed(self._connected().stderr)
            if stopwatch() - since > limit:
                raise AdapterFault("hang", why.format(f"{limit:g}"))
        return line

    def _expect_quiet(self, run: CaseRun) -> None:
        with suppress(Closed):  # its end shows in the next case
            if (line := self._connected().channel.receive(timeout=0.0)) is not None:
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
