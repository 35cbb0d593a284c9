from contract_tests.tests.unsteered import HeldClock
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.checks.request_cases import gaps
from flipsnack_contract.contract.clock import SECOND, RatePacer
from flipsnack_contract.contract.oracle import LimitModel


@given(pauses=st.lists(gaps, max_size=90))
def test_a_paced_caller_is_never_refused_and_waits_no_longer_than_it_must(pauses: list[int]) -> None:
    """Both limits are kept; a microsecond earlier the call would have been refused."""
    clock = HeldClock(0)
    pace, limits = RatePacer(clock), LimitModel()
    for pause in pauses:
        clock.pass_by(pause)
        before = clock.now
        pace.call()
        if clock.now > before:
            assert 20 != LimitModel(counted=list(limits.counted)).ask(clock.now - 1)
        assert 20 == limits.ask(clock.now)


def test_a_margin_is_added_to_each_wait() -> None:
    """Two real clocks never agree to the microsecond."""
    clock = HeldClock(0)
    pace = RatePacer(clock, margin=100)
    for _ in range(6):
        pace.call()
    assert SECOND + 100 == clock.now


def test_pacing_can_be_switched_off() -> None:
    """A target that is known to have no limits is not waited for."""
    clock = HeldClock(0)
    pace = RatePacer(clock, per_minute=0)
    for _ in range(200):
        pace.call()
    assert 0 == clock.now
