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

from flipsnack_contract.adapter.case import Case, Outcome, Report, Said, masked
from flipsnack_contract.adapter.channel import Channel, Ended, Silent
from flipsnack_contract.adapter.conversation import Conversation
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import (
    Cancel,
    Credentials,
    FromAdapter,
    FromKit,
    Greeting,
    Hello,
    Result,
    Run,
    Sleep,
    Wake,
    encode,
)
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Connection", "Patience", "Session", "Stopped"]

TICK = 0.5
# What a kit allows a client without a deadline of its own in real time.
REAL_LIMIT_MS = 60_000
# Polls are seconds apart: who sleeps less than half a second on average, hundreds of times, goes nowhere.
MANY_NAPS, NAP_MS = 300, 500
FLUSH = "is each line flushed? Many languages hold back what they print into a pipe"
ASK_TO_SLEEP = "a client that declares virtual_sleep asks the kit to sleep"


class Connection(Protocol):
    """A way to an adapter: a process, or a thread of a test."""

    channel: Channel

    def how_it_ended(self) -> AdapterFault:
        """The fault of an adapter that is gone."""

    def say_goodbye(self) -> int | None:
        """End it in order; its exit code, if it has one."""

    def kill(self) -> None:
        """End it at once."""


@dataclass(frozen=True)
class Patience:
    """How many seconds of silence are a hang: before hello, and within a case."""

    hello: float = 30.0
    case: float = 10.0


class Stopped(Exception):
    """The client would have gone on for ever; the text says how that showed."""


@dataclass
class _Course:
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
    def only_naps(self) -> bool:
        """Whether it sleeps so often and so shortly that it will never come to an end."""
        return len(self.sleeps) > MANY_NAPS and self.elapsed_ms < NAP_MS * len(self.sleeps)


class Session:
    """One adapter, for any number of cases. A context manager."""

    def __init__(
        self, connect: Callable[[], Connection], greeting: Greeting, *, patience: Patience | None = None
    ) -> None:
        """`connect` gets hold of an adapter, again each time one broke; `greeting` is what each of them hears first."""
        self._connect = connect
        self._greeting = greeting
        self._patience = patience or Patience()
        self._connection: Connection | None = None
        self._conversation = Conversation()
        self.starts = 0

    def open(self) -> Hello:
        """The adapter's hello; starts it when it does not run. Raises `AdapterFault`."""
        if self._connection is None:
            self.starts += 1
            self._connection = self._connect()
            self._conversation = Conversation()
            self._greet(self._connection)
        assert self._conversation.hello is not None  # greeting it raises otherwise
        return self._conversation.hello

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """What came of `case`; `calls` counts the requests that the fake has seen of it.

        Raises nothing for what an adapter does: that is in the report.
        """
        course = _Course(case, timeline, calls, timeline.now_ms)
        began = stopwatch()
        outcome, result, fault, why = self._run(course)
        printed = self._connection.channel.take_aside() if self._connection else ""
        if outcome in (Outcome.FAULT, Outcome.STOPPED):
            self.drop()
        return Report(
            case=case.id,
            outcome=outcome,
            started_ms=course.started_ms,
            ended_ms=timeline.now_ms,
            result=result,
            fault=fault,
            why=why,
            sleeps=tuple(course.sleeps),
            log=tuple(course.log),
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
        return connection.say_goodbye() if connection else None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.drop()

    def _greet(self, connection: Connection) -> None:
        try:
            connection.channel.send(encode(self._greeting), patience=TICK)
            self._conversation.take(connection.channel.receive(patience=self._patience.hello))
        except Silent:
            self.drop()
            raise AdapterFault("hang", f"no hello within {self._patience.hello:g} s; {FLUSH}") from None
        except Ended:
            fault = connection.how_it_ended()
            self.drop()
            raise fault from None
        except AdapterFault:
            self.drop()
            raise

    def _run(self, course: _Course) -> tuple[Outcome, Result | None, str, str]:
        try:
            self.open()
            result = self._converse(course)
        except AdapterFault as fault:
            return Outcome.FAULT, None, fault.kind, masked(fault.text, course.case.secret)
        except Stopped as stop:
            return Outcome.STOPPED, None, "", str(stop)
        return Outcome(result.outcome), result, "", result.why

    def _converse(self, course: _Course) -> Result:
        self._conversation.begin(course.case.id)
        self._tell(course, course.case.as_run(course.started_ms))
        while not isinstance(message := self._hear(course), Result):
            if isinstance(message, Sleep):
                self._sleep(course, message)
        self._expect_quiet(course)
        return message

    def _sleep(self, course: _Course, message: Sleep) -> None:
        case = course.case
        course.sleeps.append(message.ms)
        if len(course.sleeps) > case.most_sleeps or course.only_naps:
            raise Stopped(f"it slept {len(course.sleeps)} times in {course.elapsed_ms / 1000:g} s and did not end")
        until_cancel = None if case.cancel_after_ms is None else case.cancel_after_ms - course.elapsed_ms
        if until_cancel is not None and not course.cancelled and until_cancel <= message.ms:
            course.timeline.pass_by(max(0, until_cancel))
            course.cancelled = True
            self._tell(course, Cancel(id=case.id))
        else:
            course.timeline.pass_by(message.ms)
        if course.elapsed_ms > case.horizon_ms:
            raise Stopped(f"it went on {course.elapsed_ms / 1000:g} s after it was started, and did not end")
        self._tell(course, Wake(id=case.id, now_ms=course.timeline.now_ms))

    def _tell(self, course: _Course, message: FromKit) -> None:
        course.note("kit", encode(_without_secret(message)))
        connection = self._connected()
        try:
            connection.channel.send(encode(message), patience=self._patience.case or REAL_LIMIT_MS)
        except Silent:
            raise AdapterFault("hang", "it does not read its stdin") from None
        except Ended:
            raise connection.how_it_ended() from None

    def _hear(self, course: _Course) -> FromAdapter:
        connection = self._connected()
        limit = self._limit(course)
        since = stopwatch()
        while True:
            try:
                line = connection.channel.receive(patience=TICK)
                break
            except Silent:
                self._while_silent(course, stopwatch() - since, limit)
            except Ended:
                raise connection.how_it_ended() from None
        course.note("client", line)
        return self._conversation.take(line)

    def _limit(self, course: _Course) -> float:
        if course.timeline.is_virtual:
            return self._patience.case
        return self._patience.case + (course.case.options.deadline_ms or REAL_LIMIT_MS) / 1000

    def _while_silent(self, course: _Course, seconds: float, limit: float) -> None:
        calls = course.calls()
        if calls > course.case.most_calls:
            raise Stopped(f"it made {calls} calls in {course.elapsed_ms / 1000:g} s and did not end")
        if seconds > limit:
            virtual = "; " + ASK_TO_SLEEP if course.timeline.is_virtual else ""
            raise AdapterFault("hang", f"nothing was heard for {limit:g} s{virtual}")

    def _expect_quiet(self, course: _Course) -> None:
        channel = self._connected().channel
        if not channel.is_quiet:
            line = channel.receive(patience=TICK)
            course.note("client", line)
            self._conversation.take(line)

    def _connected(self) -> Connection:
        assert self._connection is not None  # `open` came first
        return self._connection


def _without_secret(message: FromKit) -> FromKit:
    if not isinstance(message, Run):
        return message
    return msgspec.structs.replace(message, credentials=Credentials(key=message.credentials.key, secret="***"))
