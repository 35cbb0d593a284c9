from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.checks.strategies import gaps
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.oracle import LimitModel
from flipsnack_contract.target.rate_pacer import RatePacer


@dataclass
class Clock:
    now: int = 0

    def pass_by(self, micros: int) -> None:
        """Move on at once."""
        self.now += micros


@given(pauses=st.lists(gaps, max_size=90))
def test_a_paced_caller_is_never_refused(pauses: list[int]) -> None:
    """Whatever it does between its calls, both limits are kept."""
    clock = Clock()
    pace, limits = RatePacer(clock), LimitModel()
    for pause in pauses:
        clock.pass_by(pause)
        pace.call()
        assert 20 == limits.ask(clock.now)


@given(pauses=st.lists(gaps, max_size=90))
def test_it_waits_no_longer_than_it_must(pauses: list[int]) -> None:
    """A microsecond earlier the call would have been refused."""
    clock = Clock()
    pace, limits = RatePacer(clock), LimitModel()
    for pause in pauses:
        clock.pass_by(pause)
        before = clock.now
        pace.call()
        if clock.now > before:
            assert 20 != LimitModel(counted=list(limits.counted)).ask(clock.now - 1)
        limits.ask(clock.now)


def test_a_margin_is_added_to_each_wait() -> None:
    """Two real clocks never agree to the microsecond."""
    clock = Clock()
    pace = RatePacer(clock, margin=100)
    for _ in range(6):
        pace.call()
    assert SECOND + 100 == clock.now


def test_pacing_can_be_switched_off() -> None:
    """A target that is known to have no limits is not waited for."""
    clock = Clock()
    pace = RatePacer(clock, per_minute=0)
    for _ in range(200):
        pace.call()
    assert 0 == clock.now
