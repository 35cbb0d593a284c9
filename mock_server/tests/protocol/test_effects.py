import pytest

from flipsnack_mock.protocol.byte_ranges import ByteRange
from flipsnack_mock.protocol.effects import Break, Cut, Damage, Drip, Effect, Pause

NOTHING = ByteRange(0, 0)
HUNDRED = ByteRange(0, 100)


@pytest.mark.parametrize(
    ("possible", "effect", "part"),
    [
        (True, Pause(1), NOTHING),
        (True, Pause(1, "body"), HUNDRED),
        (True, Drip(99, 1), HUNDRED),
        (True, Cut(99), HUNDRED),
        (True, Cut(0), ByteRange(0, 1)),
        (True, Cut(None), ByteRange(0, 1)),
        (True, Break(), NOTHING),
        (True, Damage(50, 51), HUNDRED),
        (True, Damage(99, 100), ByteRange(60, 100)),
        (False, Pause(1, "body"), NOTHING),
        (False, Drip(100, 1), HUNDRED),
        (False, Cut(100), HUNDRED),
        (False, Cut(None), NOTHING),
        (False, Damage(50, 51), ByteRange(0, 50)),
        (False, Damage(50, 52), ByteRange(51, 100)),
    ],
)
def test_an_effect_without_visible_change_has_an_obstacle(possible: bool, effect: Effect, part: ByteRange) -> None:
    assert possible == (effect.obstacle(part) == "")


@pytest.mark.parametrize(
    ("expected", "effect"),
    [(False, Pause(1)), (False, Drip(1, 1)), (False, Damage(0, 1)), (True, Cut(1)), (True, Break())],
)
def test_only_cuts_and_breaks_need_the_connection(expected: bool, effect: Effect) -> None:
    assert expected == effect.needs_connection


@pytest.mark.parametrize(("kept", "keep", "length"), [(5, None, 10), (5, None, 11), (0, None, 1), (3, 3, 10)])
def test_a_cut_without_a_number_keeps_half(kept: int, keep: int | None, length: int) -> None:
    assert kept == Cut(keep).sent(length)
