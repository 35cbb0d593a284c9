from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.contract.near_misses import NEAR, near_misses


@given(text=st.text(min_size=1))
def test_a_near_miss_is_another_text_each_time(text: str) -> None:
    """None is the text itself or empty, and none is there twice."""
    found = near_misses(text)
    assert not {text, ""} & {*found}
    assert len(found) == len({*found})


def test_every_way_makes_another_text_of_a_word() -> None:
    """`abC` is changed by each way."""
    assert [] == [way for way, make in NEAR.items() if make("abC") == "abC"]
