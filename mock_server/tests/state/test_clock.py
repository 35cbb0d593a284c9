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
def test_it_runs_with_real_time_and_frozen_it_stands_still_until_it_is_resumed_from_there(
    ahead: int, passed: int
) -> None:
    clock = VirtualClock().set(START + ahead, START)
    frozen = clock.freeze(START)
    assert (START + ahead + passed, START + ahead) == (clock.now(START + passed), frozen.now(START + passed))
    assert START + ahead + 1 == frozen.resume(START + passed).now(START + passed + 1)
    assert START + ahead + 7 == frozen.set(START + ahead + 7, START).now(START + passed)


def test_an_instant_of_its_past_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the clock shows 2026-09-21T14:13:20\.000000Z and never goes back"):
        VirtualClock().set(START - 1, START)


def test_it_ends_with_the_calendar() -> None:
    last = VirtualClock().set(LAST_INSTANT, START)
    assert LAST_INSTANT == last.now(START + SECOND)
    with pytest.raises(ValueError, match="the clock ends at 9999-12-31"):
        VirtualClock().set(LAST_INSTANT + 1, START)
