import threading

import pytest
from client.tests.conftest import VirtualClock
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client import (
    ApiError,
    Cancelled,
    CertificateRefused,
    ConnectionFailed,
    DeadlineExceeded,
    FlipsnackError,
    HttpError,
    MalformedAnswer,
    RetryPolicy,
)
from flipsnack_client.deadline import deadline_of
from flipsnack_client.retry import Retrier

RETRIED: list[tuple[FlipsnackError, float]] = [
    (ApiError.of(22, "Maintenance mode"), 5.0),
    (ApiError.of(31, "Requests per second limit exceeded"), 1.0),
    (ApiError.of(32, "Requests per minute limit exceeded"), 10.0),
    (ConnectionFailed("x"), 0.0),
    (HttpError(503, host="x"), 0.0),
    (HttpError(429, host="x", retry_after=7.0), 7.0),
    (MalformedAnswer("x", maybe_cut=True), 0.0),
]
FINAL: list[FlipsnackError] = [
    *(ApiError.of(code, "x") for code in (30, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 99)),
    CertificateRefused("x"),
    HttpError(404, host="x"),
    HttpError(301, host="x"),
    MalformedAnswer("x"),
    FlipsnackError("x"),
]


def retrier(clock: VirtualClock, *, seconds: float = 1000, cancel: threading.Event | None = None) -> Retrier:
    return Retrier(RetryPolicy(attempts=3), deadline_of(seconds, cancel, clock=clock))


@pytest.mark.parametrize(("error", "least"), RETRIED, ids=str)
def test_what_may_pass_is_retried_after_its_minimum_pause(error: FlipsnackError, least: float) -> None:
    clock = VirtualClock()
    retrier(clock).pause(error)
    assert [least + 0.25] == clock.sleeps


@pytest.mark.parametrize("error", FINAL, ids=str)
def test_what_would_fail_the_same_way_is_raised_at_once(error: FlipsnackError) -> None:
    clock = VirtualClock()
    with pytest.raises(type(error)) as caught:
        retrier(clock).pause(error)
    assert error is caught.value
    assert not clock.sleeps


def test_after_the_last_attempt_in_a_row_the_error_itself_comes_out() -> None:
    clock = VirtualClock()
    one = retrier(clock)
    for _ in range(10):
        one.pause(ConnectionFailed("a"))
        one.progressed()
    one.pause(ConnectionFailed("a"))
    one.pause(ConnectionFailed("b"))
    with pytest.raises(ConnectionFailed, match="c"):
        one.pause(ConnectionFailed("c"))
    assert 12 == len(clock.sleeps)


def test_a_pause_that_does_not_fit_is_not_begun() -> None:
    clock = VirtualClock()
    with pytest.raises(DeadlineExceeded, match="HTTP 503"):
        retrier(clock, seconds=10).pause(HttpError(503, host="x", retry_after=60.0))
    assert not clock.sleeps


def test_cancel_ends_the_pause() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        retrier(VirtualClock(), cancel=cancel).pause(ConnectionFailed("x"))


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_full_jitter_below_the_cap(failures: int, chance: float) -> None:
    policy = RetryPolicy(first=0.5, factor=2.0, max=20.0)
    step = min(20.0, 0.5 * 2.0 ** min(failures - 1, 64))
    assert step * chance == policy.backoff(failures, chance)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first": -1}, {"factor": 0.5}, {"max": -1}])
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least"):
        RetryPolicy(**wrong)  # type: ignore[arg-type]
