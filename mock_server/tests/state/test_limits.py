from contextlib import suppress
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import MINUTE, SECOND, START

from flipsnack_mock.protocol.errors import ApiError
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.limits import admit

STEPS = st.lists(st.sampled_from([0, 1, 199_999, 200_000, SECOND - 1, SECOND, 10 * SECOND, MINUTE - 1]), max_size=150)


def code(counted: list[int], now: int, behaviour: Behaviour) -> int:
    try:
        admit(counted, now, behaviour)
    except ApiError as refusal:
        return refusal.code
    return 20


@given(
    steps=STEPS,
    per_second=st.integers(0, 6),
    per_minute=st.integers(0, 70),
    style=st.sampled_from(["sliding", "fixed"]),
    counts_refused=st.booleans(),
)
def test_a_request_is_refused_exactly_when_a_window_is_full(
    steps: list[int], per_second: int, per_minute: int, style: Literal["sliding", "fixed"], counts_refused: bool
) -> None:
    """Counted naively: the second is looked at first, 0 is off, and a window ends with the request."""
    behaviour = Behaviour(
        requests_per_second=per_second,
        requests_per_minute=per_minute,
        limit_window=style,
        limit_counts_refused=counts_refused,
    )
    now, seen, counted = START, list[int](), list[int]()
    for step in steps:
        now += step
        second, minute = (
            sum(one // window == now // window if style == "fixed" else now - window < one for one in seen)
            for window in (SECOND, MINUTE)
        )
        expected = 31 if second >= per_second > 0 else 32 if minute >= per_minute > 0 else 20
        assert expected == code(counted, now, behaviour)
        if expected == 20 or counts_refused:
            seen.append(now)


@pytest.mark.parametrize(("later", "used", "seconds"), [(0, 1, 1), (SECOND, 1, 60)])
def test_a_refusal_names_window_and_limit(later: int, used: int, seconds: int) -> None:
    behaviour = Behaviour(requests_per_second=1, requests_per_minute=1)
    with pytest.raises(ApiError, match=f"{used} requests in {seconds} s, the limit is 1"):
        admit([START], START + later, behaviour)


@given(times=st.lists(st.integers(START, START + 3 * SECOND), max_size=40))
def test_requests_that_threads_deliver_out_of_order_keep_the_log_sorted(times: list[int]) -> None:
    counted: list[int] = []
    for now in times:
        with suppress(ApiError):
            admit(counted, now, Behaviour(limit_counts_refused=True))
    assert all(earlier <= later for earlier, later in pairwise(counted))


def test_the_log_of_a_key_is_bounded() -> None:
    counted: list[int] = []
    for number in range(500):
        admit(counted, START + number * 2 * SECOND, Behaviour())
    assert 30 == len(counted)
    # The second's limit is off, so that the minute's is the one that refuses.
    behaviour = Behaviour(limit_counts_refused=True, requests_per_second=0)
    for _ in range(500):
        with suppress(ApiError):
            admit(counted, START + 2000 * SECOND, behaviour)
    assert behaviour.requests_per_minute == len(counted)
