import threading

import pytest

from flipsnack_client import SystemClock


def test_an_event_that_is_set_ends_the_sleep() -> None:
    """A sleep of an hour returns at once, or this test does not."""
    cancel = threading.Event()
    cancel.set()
    SystemClock().sleep(3600, cancel=cancel)
    assert cancel.is_set()


def test_the_system_clock_draws_sleeps_and_goes_on_while_a_library_freezes_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("time", "monotonic", "perf_counter"):
        monkeypatch.setattr(f"time.{name}", lambda: 7.0)
    clock = SystemClock()
    assert all(0 <= clock.random() < 1 for _ in range(1000))
    before = clock.now()
    clock.sleep(0.01)
    assert clock.now() - before >= 0.01
