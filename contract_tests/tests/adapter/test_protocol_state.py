import json
from typing import Any

import pytest

from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.session import Phase, ProtocolState

CLIENT = {"name": "a", "version": "1", "language": "b"}
HELLO = {"type": "hello", "protocol": 1, "client": CLIENT, "ops": ["poll"], "capabilities": ["virtual_sleep"]}
SLEEP = {"type": "sleep", "id": "1", "ms": 5}
EVENT = {"type": "event", "id": "1", "kind": "poll"}
RESULT = {"type": "result", "id": "1", "outcome": "ok"}
MESSAGES: dict[str, dict[str, Any]] = {"hello": HELLO, "sleep": SLEEP, "event": EVENT, "result": RESULT}
# What may be said in each state, and what becomes of it; everything else is a fault.
LEGAL = {
    (Phase.GREETING, "hello"): Phase.READY,
    (Phase.RUNNING, "sleep"): Phase.RUNNING,
    (Phase.RUNNING, "event"): Phase.RUNNING,
    (Phase.RUNNING, "result"): Phase.READY,
}


def _take(conversation: ProtocolState, message: dict[str, Any]) -> object:
    return conversation.take(json.dumps(message).encode())


def _in(state: Phase) -> ProtocolState:
    conversation = ProtocolState()
    if state is not Phase.GREETING:
        _take(conversation, HELLO)
    if state is Phase.RUNNING:
        conversation.begin("1")
    return conversation


@pytest.mark.parametrize("state", Phase)
@pytest.mark.parametrize("kind", MESSAGES)
def test_each_message_has_its_turn(state: Phase, kind: str) -> None:
    """A message that may come leads on; any other is a fault."""
    conversation = _in(state)
    if (state, kind) in LEGAL:
        _take(conversation, MESSAGES[kind])
        assert LEGAL[state, kind] == conversation.state
    else:
        with pytest.raises(AdapterFault):
            _take(conversation, MESSAGES[kind])


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("unknown-id", {**RESULT, "id": "3"}),
        ("duplicate", {**RESULT, "id": "0"}),
        ("duplicate", {**SLEEP, "id": "0"}),
        ("garbage", {"type": "log", "id": "1"}),
        ("out-of-turn", HELLO),
    ],
)
def test_a_fault_is_named(kind: str, message: dict[str, Any]) -> None:
    """Which rule of the protocol was broken is told apart."""
    conversation = _in(Phase.READY)
    conversation.begin("0")
    _take(conversation, {**RESULT, "id": "0"})
    conversation.begin("1")
    with pytest.raises(AdapterFault) as caught:
        _take(conversation, message)
    assert kind == caught.value.kind


def test_an_unknown_protocol_is_a_fault() -> None:
    """An adapter must choose one that the kit offered."""
    with pytest.raises(AdapterFault, match="protocol 7"):
        _take(ProtocolState(), {**HELLO, "protocol": 7})


def test_sleep_must_be_declared() -> None:
    """Without virtual_sleep nobody would have asked for that mode."""
    conversation = ProtocolState()
    _take(conversation, {**HELLO, "capabilities": []})
    conversation.begin("1")
    with pytest.raises(AdapterFault, match="does not declare virtual_sleep"):
        _take(conversation, SLEEP)
