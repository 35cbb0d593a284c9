"""Which message may come when: the protocol as a state machine, without IO."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import (
    PROTOCOL,
    CaseEvent,
    CaseResult,
    FromAdapter,
    Hello,
    NotAMessage,
    Sleep,
    read_from_adapter,
)

__all__ = ["ProtocolState", "Phase"]


class Phase(StrEnum):
    """What the kit waits for."""

    GREETING = "greeting"
    READY = "ready"
    RUNNING = "running"


# The messages that an adapter may send in each phase, and the phase that follows.
MOVES: Mapping[Phase, Mapping[type[FromAdapter], Phase]] = {
    Phase.GREETING: {Hello: Phase.READY},
    Phase.READY: {},
    Phase.RUNNING: {Sleep: Phase.RUNNING, CaseEvent: Phase.RUNNING, CaseResult: Phase.READY},
}
NAMES: Mapping[type[FromAdapter], str] = {Hello: "hello", Sleep: "sleep", CaseEvent: "event", CaseResult: "result"}


class ProtocolState:
    """The protocol with one process, from its hello on."""

    def __init__(self) -> None:
        """Expect the hello."""
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
        try:
            message = read_from_adapter(line)
        except NotAMessage as damage:
            raise AdapterFault("garbage", str(damage)) from None
        self._check_case(message)
        following = MOVES[self.state].get(type(message))
        if following is None:
            raise AdapterFault("out-of-turn", f"{_name(message)} came in the phase {self.state}")
        self._apply(message)
        self.state = following
        return message

    def _check_case(self, message: FromAdapter) -> None:
        if isinstance(message, Hello) or (self.state is Phase.RUNNING and message.id == self._case):
            return
        if message.id in self._over:
            raise AdapterFault("duplicate", f"{_name(message)} for case {message.id!r}, which is over")
        raise AdapterFault("unknown-id", f"{_name(message)} for {message.id[:80]!r}; expected {self._case!r}")

    def _apply(self, message: FromAdapter) -> None:
        if isinstance(message, Hello):
            if message.protocol != PROTOCOL:
                raise AdapterFault("protocol", f"it chose protocol {message.protocol}; this kit speaks {PROTOCOL}")
            self.hello = message
        elif isinstance(message, CaseResult):
            self._over.add(message.id)
        elif isinstance(message, Sleep) and self.hello and "virtual_sleep" not in self.hello.capabilities:
            raise AdapterFault("out-of-turn", "sleep came from an adapter that does not declare virtual_sleep")


def _name(message: FromAdapter) -> str:
    return NAMES[type(message)]
