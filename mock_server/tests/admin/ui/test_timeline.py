import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import make_door
from mock_server.tests.faults.conftest import account

from flipsnack_mock.admin.ui.query import SPANS
from flipsnack_mock.admin.ui.timeline import (
    Bar,
    Dot,
    Window,
    account_line,
    entries_by_hash,
    format_duration,
    timeline_row,
    window_of,
)
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.jobs import Job, State
from flipsnack_mock.state.schedules import parse_schedule

SECOND = 1_000_000
START = 1_790_000_000 * SECOND
BEHAVIOUR = Behaviour()
WORDS = ("immediate", "after-5s", "after-0.5s", "after-3-polls", "half-way", "half-way-90s", "manual", "never")
SCHEDULES = st.sampled_from([*WORDS, *(f"failed-{words}" for words in WORDS)])
INSTANTS = st.integers(0, 40 * 24 * 3600 * SECOND)


def collection(
    schedule: str, *, started: int | None = START, calls: int = 1, forced: State | None = None
) -> Collection:
    return Collection(hash="h", schedule=schedule, job=Job(started, calls if started else 0, forced, schedule))


def words(schedule: str, *, after: float = 1, calls: int = 1, forced: State | None = None) -> str:
    """What is said of a job some seconds after its start."""
    item = collection(schedule, calls=calls, forced=forced)
    now = START + round(after * SECOND)
    return timeline_row(item, BEHAVIOUR, window_of(now, 60)).words


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("started 1 s ago, COMPLETE in 4 s", words("after-5s")),
        ("started 7.5 s ago, COMPLETE for 2.5 s", words("after-5s", after=7.5)),
        ("started 1 s ago, FAILED in 1 h 1 min", words("failed-after-3661s")),
        ("started 1 s ago, COMPLETE for 1 s", words("immediate")),
        ("started 1 s ago, COMPLETE after 3 more calls", words("after-3-polls")),
        ("started 1 s ago, FAILED at the next call", words("failed-after-3-polls", calls=3)),
        ("started 1 s ago, COMPLETE in 1.5 s", words("half-way", calls=2)),
        ("started 1 s ago, PROCESSING until you force it", words("manual")),
        ("started 1 s ago, PROCESSING forever", words("never")),
        ("started 1 s ago, forced to FAILED", words("after-5s", forced=State.FAILED)),
    ],
)
def test_each_schedule_is_told_in_words(expected: str, said: str) -> None:
    assert expected == said


def test_a_job_that_was_not_asked_for_waits() -> None:
    for forced, said in ((None, "waiting for the first call"), (State.COMPLETE, "forced to COMPLETE")):
        item = collection("after-5s", started=None, forced=forced)
        line = timeline_row(item, BEHAVIOUR, window_of(START, 60))
        assert (said, ()) == (line.words, line.bars)


@given(schedule=SCHEDULES, elapsed=INSTANTS, calls=st.integers(1, 12), past=st.sampled_from([*SPANS]))
def test_a_line_stays_in_its_window_and_in_order(schedule: str, elapsed: int, calls: int, past: int) -> None:
    item = collection(schedule, calls=calls)
    window = window_of(START + elapsed, past)
    bars = timeline_row(item, BEHAVIOUR, window).bars
    assert all(0 <= bar.left and bar.left + bar.width <= 100.01 and bar.width > 0 for bar in bars)
    assert [bar.left for bar in bars] == sorted(bar.left for bar in bars)
    assert window.place(window.now) == pytest.approx(200 / 3, abs=0.01)


@given(schedule=SCHEDULES, elapsed=INSTANTS, calls=st.integers(1, 12))
def test_the_computed_end_is_the_end(schedule: str, elapsed: int, calls: int) -> None:
    timetable = parse_schedule(schedule)
    end = timetable.ends_after(calls)
    if end is not None:
        assert (elapsed >= end) == timetable.is_over(elapsed, calls)
    else:
        assert timetable.is_over(0, calls) == timetable.is_over(elapsed, calls)


def test_calls_links_and_faults_are_on_the_line() -> None:
    """A dot for each call, the life of the latest link, the time of a fault, and maintenance from now on."""
    door = make_door()
    door.call()
    door.now += 10 * SECOND
    door.code(collectionHash="nosuch")
    account(door).faults["f1"] = FaultRule(id="f1", fault=PRESETS["slow"].fault, made_at=door.now, ttl=15)
    door.call()
    door.now += 10 * SECOND
    entries = tuple(door.world.journal.entries())
    window = window_of(door.now, 60)
    last = window.place(door.now - 10 * SECOND)
    line = account_line(entries, account(door).faults.values(), window, maintenance=True)
    assert (Dot("fine", 44.5), Dot("refused", 55.5), Dot("faulted", 55.5)) == line.dots
    assert (Bar("fault-on", last, 16.66), Bar("maintenance", 66.67, 33.33)) == line.bars
    account(door).maintenance = True
    door.call()
    met = account_line(tuple(door.world.journal.entries()), (), window_of(door.now + 5 * SECOND, 60), maintenance=False)
    assert () == met.bars
    door.now += 5 * SECOND
    door.call()
    for is_on, bar in ((False, Bar("maintenance", 61.11, 5.56)), (True, Bar("maintenance", 61.11, 38.89))):
        line = account_line(tuple(door.world.journal.entries()), (), window_of(door.now, 60), maintenance=is_on)
        assert (bar,) == line.bars
    door.now -= 5 * SECOND
    asked = entries_by_hash(account(door), entries)
    assert {"mock-complete": 2, "nosuch": 1} == {name: len(found) for name, found in asked.items()}
    row = timeline_row(account(door).collections["mock-complete"], BEHAVIOUR, window, asked["mock-complete"])
    assert (Bar("link", last, 44.44), "link expires in 50 s") == (row.link, row.link_words)
    past = timeline_row(
        account(door).collections["mock-complete"],
        BEHAVIOUR,
        window_of(door.now + 70 * SECOND, 60),
        asked["mock-complete"],
    )
    assert "link expired 20 s ago" == past.link_words


def test_what_is_outside_of_the_window_is_at_its_border() -> None:
    window = Window(100, 150, 200)
    assert [0, 0, 50, 100, 100] == [window.place(instant) for instant in (0, 100, 150, 200, 300)]


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [
        ("0 s", 0),
        ("0.4 s", 0.4),
        ("59.9 s", 59.9),
        ("1 min", 60),
        ("2 min 5 s", 125),
        ("1 h", 3600),
        ("3 d 1 h", 262_800),
    ],
)
def test_a_duration_is_spelt_in_two_units(expected: str, seconds: float) -> None:
    assert expected == format_duration(round(seconds * SECOND))
