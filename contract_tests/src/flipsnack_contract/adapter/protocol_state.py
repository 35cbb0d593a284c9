"""Which message may come when: the protocol as a state machine, without IO."""

from collections.abc import Mapping
from enum import StrEnum

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import (
    PROTOCOL,
    CaseEvent,
    CaseResult,
    FromAdapter,
    Hello,
    Sleep,
    read_from_adapter,
)


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
        name = message.__struct_config__.tag
        if not isinstance(message, Hello) and (self.state is not Phase.RUNNING or message.id != self._case):
            raise self._foreign(f"{name} for case {message.id[:80]!r}", message.id)
        if type(message) not in MOVES[self.state]:
            raise AdapterFault("out-of-turn", f"{name} came in the phase {self.state}")
        self._apply(message)
        self.state = MOVES[self.state][type(message)]
        return message

    def _foreign(self, what: str, case_id: str) -> AdapterFault:
        if case_id in self._over:
            return AdapterFault("duplicate", f"{what}, which is over")
        return AdapterFault("unknown-id", f"{what}; expected {self._case!r}")

    def _apply(self, message: FromAdapter) -> None:
        if isinstance(message, Hello):
            if message.protocol != PROTOCOL:
                raise AdapterFault("protocol", f"it chose protocol {message.protocol}; this kit speaks {PROTOCOL}")
            self.hello = message
        elif isinstance(message, CaseResult):
            self._over.add(message.id)
        elif isinstance(message, Sleep) and self.hello and "virtual_sleep" not in self.hello.capabilities:
            raise AdapterFault("out-of-turn", "sleep came from an adapter that does not declare virtual_sleep")
