from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_contract.adapter.case import TimedAction, Timeline, VirtualTimeline
from flipsnack_contract.target.control import AccountControl, Control
from flipsnack_contract.target.target import WsgiTarget

numbers = count()


def _account(fake: WsgiTarget) -> AccountControl:
    return Control(fake, fake.base_url.removesuffix("v1/")).create_account(f"timeline-{next(numbers)}", "a secret")


def _now(account: AccountControl) -> int:
    return int(account.call("GET", "/clock")["now_us"])


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.integers(0, 100_000), max_size=5))
def test_the_clock_of_the_fake_goes_with_it(fake: WsgiTarget, steps: list[int]) -> None:
    """To the millisecond, from a whole second on."""
    account = _account(fake)
    timeline = VirtualTimeline(account)
    start = timeline.now_ms
    for step in steps:
        timeline.pass_by(step)
        assert _now(account) == timeline.now_ms * 1000
    assert (0, sum(steps)) == (start % 1000, timeline.now_ms - start)


def test_a_clock_that_stands_still_from_the_beginning_is_left_as_it_is(fake: WsgiTarget) -> None:
    control = Control(fake, fake.base_url.removesuffix("v1/"))
    account = control.create_account("still", "a secret", collections=[{"hash": "a"}], frozen_at=1_750_000_000_000_000)
    assert (1_750_000_000_000, 1_750_000_000_000_000) == (VirtualTimeline(account).now_ms, _now(account))
    assert ["a"] == [one["hash"] for one in account.collections()]


@pytest.mark.parametrize("steps", [[10_000], [4_999, 1, 5_000], [5_000, 5_000], [1_000] * 10])
def test_what_is_to_happen_happens_at_its_instant(fake: WsgiTarget, steps: list[int]) -> None:
    """However the sleeps fall, in order, and once."""
    account = _account(fake)
    seen: list[tuple[str, int]] = []

    def turn(name: str, after_ms: int) -> TimedAction:
        return TimedAction(after_ms, lambda account: seen.append((name, _now(account) // 1000)))

    turns = [turn("late", 5_000), turn("first", 0), turn("never", 10_001), turn("early", 1)]
    timeline = VirtualTimeline(account, turns)
    start = timeline.now_ms
    for step in steps:
        timeline.pass_by(step)
    assert [("first", 0), ("early", 1), ("late", 5_000)] == [(name, at - start) for name, at in seen]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([1_000, 2_000], [1_000, 60_000]),
        ([2_000, 2_000], [60_000, 62_000]),
        ([100_000], [100_000]),
        ([0, 1_999, 1], [0, 1_999, 60_000]),
    ],
)
def test_a_sleep_ends_no_sooner_than_the_suspension_in_it(
    fake: WsgiTarget, steps: list[int], expected: list[int]
) -> None:
    """The machine is suspended for 58 s after 2 s: the sleep that it is in lasts until then, the next is as asked."""
    account = _account(fake)
    timeline = VirtualTimeline(account, [TimedAction(2_000, suspend_ms=58_000)])
    start, woken = timeline.now_ms, []
    for step in steps:
        timeline.pass_by(step)
        woken.append(timeline.now_ms - start)
    assert expected == woken
    assert _now(account) == timeline.now_ms * 1000


def test_what_happens_while_the_machine_is_suspended_happens_at_its_instant(fake: WsgiTarget) -> None:
    """The rest of the world goes on; a suspension within another ends no sooner than either."""
    account = _account(fake)
    seen: list[int] = []
    turns = [
        TimedAction(1_000, suspend_ms=10_000),
        TimedAction(5_000, lambda account: seen.append(_now(account) // 1000)),
        TimedAction(8_000, suspend_ms=2_000),
        TimedAction(9_000, suspend_ms=20_000),
    ]
    timeline = VirtualTimeline(account, turns)
    start = timeline.now_ms
    timeline.pass_by(3_000)
    assert ([5_000], 29_000) == ([at - start for at in seen], timeline.now_ms - start)


def test_the_time_of_the_wall_passes_by_itself() -> None:
    """It is never less than what was asked for."""
    timeline = Timeline()
    before = timeline.now_ms
    timeline.pass_by(2)
    assert before + 2 <= timeline.now_ms
