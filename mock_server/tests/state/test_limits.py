from bisect import bisect_right
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import MINUTE, SECOND, START

from flipsnack_mock.protocol.errors import ApiError
from flipsnack_mock.state.limits import admit
from flipsnack_mock.state.settings import Behaviour

STEPS = st.lists(st.sampled_from([0, 1, 199_999, 200_000, SECOND - 1, SECOND, 10 * SECOND, MINUTE - 1]), max_size=150)


def admitted(times: list[int], behaviour: Behaviour) -> list[int]:
    counted: list[int] = []
    through = []
    for now in times:
        try:
            admit(counted, now, behaviour)
        except ApiError:
            continue
        through.append(now)
    return through


def instants(steps: list[int]) -> list[int]:
    times = [START]
    for step in steps:
        times.append(times[-1] + step)
    return times


def most_in_a_window(times: list[int], window: int) -> int:
    """The largest number of `times` in any half-open window of this length."""
    return max((bisect_right(times, start + window - 1) - index for index, start in enumerate(times)), default=0)


@given(steps=STEPS, per_second=st.integers(1, 6), per_minute=st.integers(1, 70))
def test_no_window_ever_holds_more_than_the_limit(steps: list[int], per_second: int, per_minute: int) -> None:
    through = admitted(instants(steps), Behaviour(requests_per_second=per_second, requests_per_minute=per_minute))
    assert most_in_a_window(through, SECOND) <= per_second
    assert most_in_a_window(through, MINUTE) <= per_minute


@given(steps=STEPS)
def test_a_client_that_keeps_the_limits_is_never_refused(steps: list[int]) -> None:
    kept = admitted(instants(steps), Behaviour())
    assert kept == admitted(kept, Behaviour())


@given(steps=STEPS)
def test_every_refusal_has_a_full_window_behind_it(steps: list[int]) -> None:
    times, behaviour = instants(steps), Behaviour()
    through = admitted(times, behaviour)
    for now in set(times) - set(through):
        second = [one for one in through if now - SECOND < one <= now]
        minute = [one for one in through if now - MINUTE < one <= now]
        assert len(second) == 5 or len(minute) == 60


@pytest.mark.parametrize(("later", "accepted"), [(0, 5), (SECOND - 1, 5), (SECOND, 6)])
def test_a_request_counts_for_exactly_a_second(later: int, accepted: int) -> None:
    assert accepted == len(admitted([START] * 5 + [START + later], Behaviour()))


@pytest.mark.parametrize(("later", "accepted"), [(MINUTE - 1, 60), (MINUTE, 61)])
def test_a_request_counts_for_exactly_a_minute(later: int, accepted: int) -> None:
    paced = [START + number * 200_001 for number in range(60)]
    assert accepted == len(admitted([*paced, START + later], Behaviour()))


def test_the_second_is_looked_at_before_the_minute() -> None:
    counted: list[int] = []
    behaviour = Behaviour(requests_per_second=1, requests_per_minute=1)
    admit(counted, START, behaviour)
    with pytest.raises(ApiError, match="1 requests in 1 s, the limit is 1") as second:
        admit(counted, START, behaviour)
    with pytest.raises(ApiError, match="1 requests in 60 s, the limit is 1") as minute:
        admit(counted, START + SECOND, behaviour)
    assert (31, 32) == (second.value.code, minute.value.code)


@pytest.mark.parametrize(("counts", "accepted"), [(False, 2), (True, 1)])
def test_refused_requests_count_only_where_a_setting_says_so(counts: bool, accepted: int) -> None:
    times = [START, START + SECOND // 2, START + SECOND]
    assert accepted == len(admitted(times, Behaviour(requests_per_second=1, limit_counts_refused=counts)))


@pytest.mark.parametrize(("window", "accepted"), [("sliding", 5), ("fixed", 10)])
def test_a_fixed_window_begins_anew_with_the_calendar_second(window: str, accepted: int) -> None:
    times = [START + SECOND - 1] * 5 + [START + SECOND] * 5
    assert accepted == len(admitted(times, Behaviour(limit_window=window)))  # type: ignore[arg-type]


@given(steps=STEPS)
def test_a_fixed_window_holds_the_limit_in_every_calendar_second(steps: list[int]) -> None:
    through = admitted(instants(steps), Behaviour(limit_window="fixed"))
    for second in {now // SECOND for now in through}:
        assert sum(now // SECOND == second for now in through) <= 5


@pytest.mark.parametrize(
    ("behaviour", "accepted"),
    [
        (Behaviour(requests_per_second=0, requests_per_minute=0), 100),
        (Behaviour(requests_per_second=0), 60),
        (Behaviour(requests_per_minute=0), 5),
    ],
    ids=["both off", "only the minute", "only the second"],
)
def test_each_limit_can_be_off(behaviour: Behaviour, accepted: int) -> None:
    assert accepted == len(admitted([START] * 100, behaviour))


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
