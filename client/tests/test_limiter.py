import threading
from contextlib import ExitStack
from dataclasses import replace

import pytest
from client.tests.conftest import VirtualClock
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client import Cancelled, Deadline, DeadlineExceeded, Limiter, Window


def ample(clock: VirtualClock) -> Deadline:
    """A deadline that no test here reaches."""
    return Deadline.after(1_000_000, clock=clock)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 1), st.floats(0, 2)), min_size=62, max_size=90))
def test_no_window_at_the_server_ever_overflows(steps: list[tuple[float, float, float]]) -> None:
    """However long calls take and wherever in between the server counts them, both limits hold there."""
    clock, limiter, arrivals = VirtualClock(), Limiter(), list[float]()
    for idle, share, latency in steps:
        clock.time += idle
        with limiter.place(ample(clock)):
            arrivals.append(clock.time + share * latency)
            clock.time += latency
    for calls, seconds in ((5, 1.0), (60, 60.0)):
        spans = [late - early for early, late in zip(arrivals, arrivals[calls:], strict=False)]
        assert all(span >= seconds for span in spans)


@pytest.mark.parametrize(("limiter", "waits"), [(Limiter(), [pytest.approx(1.0, abs=0.01)]), (Limiter(()), [])])
def test_only_a_call_beyond_the_limits_waits(limiter: Limiter, waits: list[float]) -> None:
    clock = VirtualClock()
    for _ in range(6):
        with limiter.place(ample(clock)):
            pass
    assert waits == clock.sleeps


@pytest.mark.parametrize("answered", [True, False], ids=["taken", "under way"])
def test_a_wait_beyond_the_deadline_is_refused(answered: bool) -> None:
    clock, limiter = VirtualClock(), Limiter((Window(1, 60.0),))
    with ExitStack() as calls:
        calls.enter_context(limiter.place(ample(clock)))
        if answered:
            calls.close()
        late = limiter.place(Deadline.after(0.2, clock=clock))
        with pytest.raises(DeadlineExceeded, match="request limits"), late:
            pass
    assert answered is (clock.sleeps == [])


def test_a_cancelled_wait_takes_no_place() -> None:
    clock, limiter, cancel = VirtualClock(), Limiter((Window(1, 1.0),)), threading.Event()
    cancel.set()
    with pytest.raises(Cancelled), limiter.place(replace(ample(clock), cancel=cancel)):
        pass
    with limiter.place(ample(clock)):
        pass
    assert not clock.sleeps


@pytest.mark.parametrize("window", [Window(0, 1.0), Window(1, 0.0)])
def test_a_window_that_allows_nothing_is_refused(window: Window) -> None:
    with pytest.raises(ValueError, match="at least 1 call"):
        Limiter((window,))
