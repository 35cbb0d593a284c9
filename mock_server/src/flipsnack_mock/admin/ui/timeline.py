"""The timeline in the account's virtual time: jobs, calls, the life of links, faults and maintenance."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Literal
from urllib.parse import parse_qs

import msgspec

from flipsnack_mock.faults.rules import FaultRule, microseconds
from flipsnack_mock.inspect.records import collection_hash
from flipsnack_mock.protocol.addresses import url_parts
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.journal import Entry

PAST_SHARE = 2
"""The timeline shows this many times more past than future, so that now has a fixed position."""

_MAINTENANCE = "maintenance"  # the check that refused a request

_UNITS = ((86_400 * SECOND, "d"), (3_600 * SECOND, "h"), (60 * SECOND, "min"), (SECOND, "s"))

BarKind = Literal["past", "ahead", "complete", "failed", "link", "fault-on", "maintenance"]
DotKind = Literal["fine", "refused", "faulted"]


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

    kind: BarKind
    left: float
    width: float


class Dot(msgspec.Struct, frozen=True):
    """A request on a row: its outcome, and its position in hundredths of the window."""

    kind: DotKind
    left: float


class TimelineRow(msgspec.Struct, frozen=True):
    """A job on the timeline: its state, its bars, the calls for it, and a description.

    `link` is the life of the latest resource URL, and `link_words` says when it ends (empty: there is no URL).
    """

    state: State
    bars: tuple[Bar, ...]
    words: str
    dots: tuple[Dot, ...] = ()
    link: Bar | None = None
    link_words: str = ""


class AccountLine(msgspec.Struct, frozen=True):
    """The row of the account: all its requests, and when faults and maintenance are on."""

    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]


def format_duration(duration: int) -> str:
    """A duration in microseconds as text, in its two largest units."""
    if duration < 60 * SECOND:
        return f"{duration / SECOND:.1f}".removesuffix(".0") + " s"
    (size, unit), (smaller, small_unit) = next(pair for pair in pairwise(_UNITS) if duration >= pair[0][0])
    rest = duration % size // smaller
    return f"{duration // size} {unit}" + (f" {rest} {small_unit}" if rest else "")


def window_of(now: int, past: int) -> Window:
    """The window around `now` with so many seconds of the past."""
    return Window(now - past * SECOND, now, now + past * SECOND // PAST_SHARE)


def entries_by_hash(account: Account, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The requests for each collection, by the hash that it has now."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if asked := collection_hash(entry):
            found.setdefault(account.final_hash(asked), []).append(entry)
    return found


def timeline_row(
    collection: Collection, behaviour: Behaviour, window: Window, entries: Sequence[Entry] = ()
) -> TimelineRow:
    """The row of `collection` on the timeline; `entries` are the requests for it."""
    state = collection.state(behaviour, window.now)
    span = _span(collection, behaviour)
    bars = () if span is None else _visible(_bars(state, span, window))
    link, link_words = _link(entries, window)
    return TimelineRow(
        state, bars, _words(collection, behaviour, span, window.now), dots(entries, window), link, link_words
    )


def account_line(
    entries: Sequence[Entry], rules: Iterable[FaultRule], window: Window, *, maintenance: bool
) -> AccountLine:
    """The row of the account."""
    faults = [_bar("fault-on", *_life(rule, window), window) for rule in rules if rule.is_active(window.now)]
    breaks = [_bar("maintenance", *span, window) for span in _maintenance(entries, window, is_on=maintenance)]
    return AccountLine(_visible([*faults, *breaks]), dots(entries, window))


def dots(entries: Iterable[Entry], window: Window) -> tuple[Dot, ...]:
    """The requests in the window, one for each visible position and outcome."""
    seen = {
        Dot(_outcome(entry), round(2 * window.place(entry.now)) / 2): None
        for entry in entries
        if entry.now >= window.start
    }
    return tuple(seen)


def _outcome(entry: Entry) -> DotKind:
    return "faulted" if entry.fault else "refused" if entry.failed or entry.detail else "fine"


def _life(rule: FaultRule, window: Window) -> tuple[int, int]:
    """From when to when a rule can hit requests, as far as its times say."""
    begins = [rule.made_at]
    ends = [window.end]
    if rule.when.start is not None:
        begins.append(microseconds(rule.when.start))
    if rule.when.until is not None:
        ends.append(microseconds(rule.when.until))
    ends += [rule.made_at + round(seconds * SECOND) for seconds in (rule.ttl, rule.when.seconds) if seconds is not None]
    return max(begins), min(ends)


def _maintenance(entries: Sequence[Entry], window: Window, *, is_on: bool) -> list[tuple[int, int]]:
    """From when to when requests met maintenance; no more is known of the past. What is on now goes on."""
    groups = groupby(entries, lambda entry: entry.failed == _MAINTENANCE)
    met = [[entry.now for entry in group] for is_met, group in groups if is_met]
    spans = [(times[0], times[-1]) for times in met]
    if is_on:
        has_met_it = bool(entries) and entries[-1].failed == _MAINTENANCE
        spans.append((spans.pop()[0] if has_met_it else window.now, window.end))
    return spans


def _link(entries: Sequence[Entry], window: Window) -> tuple[Bar | None, str]:
    """The life of the latest resource URL in the answers to `entries`."""
    for entry in reversed(entries):
        expires = _expiry(entry.data or {})
        if expires is not None:
            bar = _bar("link", entry.now, expires, window)
            left = expires - window.now
            words = (
                f"link expires in {format_duration(left)}" if left > 0 else f"link expired {format_duration(-left)} ago"
            )
            return (bar if bar.width > 0 else None), words
    return None, ""


def _expiry(data: Mapping[str, object]) -> int | None:
    url = data.get("resourceUrl")
    expires = parse_qs(url_parts(url).query).get("Expires", [""])[0] if isinstance(url, str) else ""
    return int(expires) * SECOND if expires.isascii() and expires.isdecimal() else None


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
    kind: BarKind = "failed" if state is State.FAILED else "complete"
    end = span.start if span.end is None else span.end
    return (_bar("past", span.start, end, window), _bar(kind, end, now, window))


def _visible(bars: Iterable[Bar]) -> tuple[Bar, ...]:
    return tuple(bar for bar in bars if bar.width > 0)


def _bar(kind: BarKind, start: int, end: int, window: Window) -> Bar:
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
