import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.faults.randomness import Draw, lognormal

SEEDS = st.integers()
NUMBERS = st.integers(min_value=1)


@given(SEEDS, NUMBERS, st.text())
def test_a_fraction_is_between_0_and_1_and_always_the_same(seed: int, number: int, purpose: str) -> None:
    drawn = Draw(seed, number).fraction(purpose)
    assert 0 < drawn < 1
    assert drawn == Draw(seed, number).fraction(purpose)


def test_a_fraction_is_the_same_on_every_machine() -> None:
    """The number of a seed never changes, so that a red build can be repeated elsewhere."""
    # `printf 7:1:share | sha256sum`: its first 13 digits behind the point, in hexadecimal.
    assert int("750799d381150", 16) / 16**13 == pytest.approx(Draw(7, 1).fraction("share"), abs=1e-15)


def test_fractions_fill_the_range_evenly() -> None:
    tenths = [0] * 10
    for number in range(10_000):
        tenths[int(Draw(1, number).fraction("share") * 10)] += 1
    assert all(900 < count < 1_100 for count in tenths)


def test_half_of_all_lognormal_draws_are_below_the_median() -> None:
    assert 0.2 == pytest.approx(lognormal(0.5, 0.2, 3))
    assert lognormal(0.4, 0.2, 3) < 0.2 < lognormal(0.6, 0.2, 3)
    # The least and the most chance there is give a number.
    assert all(0 < lognormal(chance, 1, 1) < 1_000_000 for chance in (2**-53, 1 - 2**-53))


@given(SEEDS, NUMBERS, st.integers(min_value=1, max_value=300))
def test_noise_has_its_length_and_begins_no_status_line(seed: int, number: int, length: int) -> None:
    garbage = Draw(seed, number).noise(length)
    assert length == len(garbage)
    assert garbage[0] >= 0x80
