from typing import Any

import pytest
from mock_server.tests.conftest import Door, decoded, make_door
from mock_server.tests.faults.conftest import answer, arrange

from flipsnack_mock.faults.replacements import Outage
from flipsnack_mock.faults.rules import When
from flipsnack_mock.faults.transport import ConnectionReset, Delay, EmptyReply, Garbage, LognormalDelay, UniformDelay
from flipsnack_mock.protocol.effects import Break, Cut, Pause


def test_a_delay_is_carried_on_the_answer(door: Door) -> None:
    """The core never waits: what takes time is data for the edge, and the answer is the true one."""
    arrange(door, Delay(seconds=0.25, before="body"))
    response = answer(door)
    assert Pause(0.25, "body") == response.effect
    assert 20 == decoded(response)["code"]


def test_a_drawn_delay_stays_in_its_range_and_comes_again(door: Door) -> None:
    """Uniform delays differ from call to call, and are the same for a second account with the same seed."""
    drawn = []
    for each in (door, make_door()):
        arrange(each, UniformDelay(low=0.1, high=0.2), when=When(seed=5))
        effects = [answer(each).effect for _ in range(5)]
        drawn.append([effect.seconds for effect in effects if isinstance(effect, Pause)])
    assert drawn[0] == drawn[1]
    assert 5 == len(set(drawn[0]))
    assert all(0.1 <= seconds <= 0.2 for seconds in drawn[0])
    capped = make_door()
    arrange(capped, LognormalDelay(median=300, sigma=10))
    effects = [answer(capped).effect for _ in range(20)]
    assert 300 == max(effect.seconds for effect in effects if isinstance(effect, Pause))


@pytest.mark.parametrize(
    ("effect", "fault"),
    [
        (Break(reset=True), ConnectionReset()),
        (Cut(10, reset=True), ConnectionReset(after=10)),
        (Break(), EmptyReply()),
        (Break(reset=True), Outage(answer="reset")),
        (Break(), Outage(answer="empty-reply")),
    ],
)
def test_a_break_is_carried_on_the_answer(door: Door, effect: Any, fault: Any) -> None:
    arrange(door, fault)
    assert effect == answer(door).effect
    other = make_door()
    arrange(other, Garbage(bytes=17))
    garbage = answer(other).effect
    assert isinstance(garbage, Break)
    assert 17 == len(garbage.garbage)
