import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import SECOND, START

from flipsnack_mock.protocol.instants import LAST_INSTANT
from flipsnack_mock.state.clock import VirtualClock

MOVES = st.lists(st.tuples(st.sampled_from(["pass", "set", "freeze", "resume"]), st.integers(0, 10**12)), max_size=30)


def moved(clock: VirtualClock, move: str, amount: int, *, real: int) -> VirtualClock:
    if move == "set":
        return clock.set(clock.now(real) + amount, real)
    if move == "freeze":
        return clock.freeze(real)
    return clock.resume(real) if move == "resume" else clock


@given(moves=MOVES)
def test_it_never_goes_back(moves: list[tuple[str, int]]) -> None:
    clock, real, seen = VirtualClock(), START, START
    for move, amount in moves:
        real += amount if move == "pass" else 0
        clock = moved(clock, move, amount, real=real)
        assert seen <= clock.now(real)
        seen = clock.now(real)


@given(ahead=st.integers(0, 10**15), passed=st.integers(0, 10**12))
def test_it_runs_with_real_time(ahead: int, passed: int) -> None:
    clock = VirtualClock().set(START + ahead, START)
    assert START + ahead + passed == clock.now(START + passed)


def test_frozen_it_stands_still_until_it_is_resumed_from_there() -> None:
    frozen = VirtualClock().freeze(START)
    assert START == frozen.now(START + 5 * SECOND)
    assert START + 7 == frozen.set(START + 7, START + SECOND).now(START + 9 * SECOND)
    resumed = frozen.resume(START + 5 * SECOND)
    assert START == resumed.now(START + 5 * SECOND)
    assert START + SECOND == resumed.now(START + 6 * SECOND)


def test_an_instant_of_its_past_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the clock shows 2026-09-21T14:13:20\.000000Z and never goes back"):
        VirtualClock().set(START - 1, START)


def test_it_ends_with_the_calendar() -> None:
    last = VirtualClock().set(LAST_INSTANT, START)
    assert LAST_INSTANT == last.now(START + SECOND)
    with pytest.raises(ValueError, match="the clock ends at 9999-12-31"):
        VirtualClock().set(LAST_INSTANT + 1, START)
