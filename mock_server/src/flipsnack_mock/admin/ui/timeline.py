"""Jobs on a timeline in the account's virtual time: start, current state, and end if no further call is made."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.jobs import State

PAST_SHARE = 2
"""The timeline shows this many times more past than future, so that now has a fixed position."""

_STEPS = tuple(seconds * SECOND for seconds in (30, 60, 120, 300, 600, 1_800, 3_600))
"""Possible lengths of the future; beyond an hour, a job of a few seconds would be invisible."""

_UNITS = ((86_400 * SECOND, "d"), (3_600 * SECOND, "h"), (60 * SECOND, "min"), (SECOND, "s"))


class Span(msgspec.Struct, frozen=True):
    """Start and end of a job in microseconds; the end may be in the future, or None if the schedule does not set it."""

    start: int
    end: int | None


class Window(msgspec.Struct, frozen=True):
    """The visible period, in microseconds."""

    start: int
    now: int
    end: int

    def place(self, instant: int) -> float:
        """The position of `instant`, from 0 (left) to 100 (right)."""
        return round(100 * (min(max(instant, self.start), self.end) - self.start) / (self.end - self.start), 2)


class Bar(msgspec.Struct, frozen=True):
    """A part of a row: its kind, and its position and width in hundredths of the window."""

    kind: Literal["past", "ahead", "complete", "failed"]
    left: float
    width: float


class TimelineRow(msgspec.Struct, frozen=True):
    """A job on the timeline: its state, its bars, and a description."""

    state: State
    bars: tuple[Bar, ...]
    words: str


def format_duration(duration: int) -> str:
    """A duration in microseconds as text, in its two largest units."""
    if duration < 60 * SECOND:
        return f"{duration / SECOND:.1f}".removesuffix(".0") + " s"
    (size, unit), (smaller, small_unit) = next(pair for pair in pairwise(_UNITS) if duration >= pair[0][0])
    rest = duration % size // smaller
    return f"{duration // size} {unit}" + (f" {rest} {small_unit}" if rest else "")


def window_of(collections: Iterable[Collection], behaviour: Behaviour, now: int) -> Window:
    """The window around `now`, long enough for the running jobs, up to the longest step."""
    needed = 0
    for item in collections:
        span = _span(item, behaviour)
        if span is not None and item.state(behaviour, now) is State.PROCESSING:
            needed = max(needed, (now - span.start) // PAST_SHARE, (span.end or now) - now)
    step = next((step for step in _STEPS if step >= needed), _STEPS[-1])
    return Window(now - PAST_SHARE * step, now, now + step)


def timeline_row(collection: Collection, behaviour: Behaviour, window: Window) -> TimelineRow:
    """The row of `collection` on the timeline."""
    state = collection.state(behaviour, window.now)
    span = _span(collection, behaviour)
    bars = () if span is None else tuple(bar for bar in _bars(state, span, window) if bar.width > 0)
    return TimelineRow(state, bars, _words(collection, behaviour, span, window.now))


def _span(collection: Collection, behaviour: Behaviour) -> Span | None:
    job = collection.job
    if job.started_at is None:
        return None
    after = None if job.forced else collection.job_schedule(behaviour).ends_after(job.calls)
    return Span(job.started_at, None if after is None else job.started_at + after)


def _bars(state: State, span: Span, window: Window) -> Sequence[Bar]:
    now = window.now
    if state is State.PROCESSING:
        # A job without a known end is drawn to the edge.
        end = window.end if span.end is None else span.end
        return (_bar("past", span.start, now, window), _bar("ahead", now, end, window))
    kind: Literal["complete", "failed"] = "failed" if state is State.FAILED else "complete"
    end = span.start if span.end is None else span.end
    return (_bar("past", span.start, end, window), _bar(kind, end, now, window))


def _bar(kind: Literal["past", "ahead", "complete", "failed"], start: int, end: int, window: Window) -> Bar:
    left = window.place(start)
    return Bar(kind, left, round(window.place(end) - left, 2))


def _words(collection: Collection, behaviour: Behaviour, span: Span | None, now: int) -> str:
    state = collection.state(behaviour, now)
    if span is None:
        return f"forced to {state}" if collection.job.forced else "waiting for the first call"
    started = f"started {format_duration(now - span.start)} ago"
    if collection.job.forced:
        return f"{started}, forced to {state}"
    if state is not State.PROCESSING:
        return f"{started}, {state}" + ("" if span.end is None else f" for {format_duration(now - span.end)}")
    return f"{started}, {_outlook(collection, behaviour, span, now)}"


def _outlook(collection: Collection, behaviour: Behaviour, span: Span, now: int) -> str:
    schedule = collection.job_schedule(behaviour)
    end = State.FAILED if schedule.failed else State.COMPLETE
    if span.end is not None:
        return f"{end} in {format_duration(span.end - now)}"
    if schedule.kind == "polls":
        more = schedule.amount + 1 - collection.job.calls
        return f"{end} at the next call" if more == 1 else f"{end} after {more} more calls"
    return "PROCESSING until you force it" if schedule.kind == "manual" else "PROCESSING forever"
