import math
import threading
from collections.abc import Callable

import pytest
from client.tests.conftest import PROCESSING, Action, ScriptedApi, VirtualClock, answer, reset

from flipsnack_client import Deadline, DeadlineExceeded, Flipsnack, Limiter, Window
from flipsnack_client.deadline import deadline_of
from flipsnack_client.defaults import DEADLINE


def test_what_is_left_counts_down_to_zero_and_then_check_raises() -> None:
    clock = VirtualClock()
    deadline = Deadline.after(10, clock=clock)
    clock.time += 4
    deadline.check("working")
    assert (4.0, 6.0) == (deadline.elapsed(), deadline.remaining())
    clock.time += 6
    with pytest.raises(DeadlineExceeded, match="while working"):
        deadline.check("working")
    clock.time += 40
    assert 0.0 == deadline.remaining()


def test_a_wait_that_does_not_fit_is_refused_at_once() -> None:
    deadline = Deadline.after(10, clock=VirtualClock())
    deadline.require(9.9, doing="resting")
    with pytest.raises(DeadlineExceeded, match=r"resting takes another 12\.0 s but only 10\.0 s are left"):
        deadline.require(12, doing="resting")


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_a_deadline_lies_ahead(seconds: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Deadline.after(seconds, clock=VirtualClock())


def test_what_is_given_becomes_a_deadline() -> None:
    clock = VirtualClock()
    running = Deadline.after(5, clock=clock)
    assert running is deadline_of(running, clock=clock)
    assert 7 == deadline_of(7, clock=clock).seconds
    assert DEADLINE == deadline_of(None, clock=clock).seconds
    assert math.inf == deadline_of(math.inf, clock=clock).remaining()


class StandingClock(VirtualClock):
    """A clock that its sleep does not move."""

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        del seconds, cancel


def polling(client: Flipsnack) -> None:
    client.download_html("h").wait(deadline=math.inf)


def converting(client: Flipsnack) -> None:
    client.wait_converted("h", deadline=math.inf)


def calling(client: Flipsnack) -> None:
    client.call("a", {}, deadline=math.inf)


CONVERTING = answer(code=20, status="OK", data={"collectionHash": "h", "flipbookStatus": "processing"})
WAITS: dict[str, tuple[Callable[[Flipsnack], None], Action, Limiter]] = {
    "polls": (polling, PROCESSING, Limiter(())),
    "conversions": (converting, CONVERTING, Limiter(())),
    "limits": (polling, PROCESSING, Limiter((Window(1, 0.005),))),
    "retries": (calling, reset, Limiter(())),
}


@pytest.mark.parametrize("name", WAITS)
def test_no_wait_is_endless_on_a_clock_that_stands_still(api: ScriptedApi, name: str) -> None:
    act, answered, limiter = WAITS[name]
    api.server.plan = [answered]
    client = Flipsnack("k", "s", base_url=f"{api.server.url}/v1/", clock=StandingClock(), limiter=limiter)
    with pytest.raises(DeadlineExceeded, match="the clock stands still"):
        act(client)
