"""Expectations about a client's requests, as data: how many match, before or after which others."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.inspect.matching import Matcher, NearMiss, nearest
from flipsnack_mock.state.journal import Entry

_LOOKED_AT = 1_000
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The expected number of entries that `match`: `exactly`, or `at_least` and `at_most`; at least one by default.

    `after` counts only entries later than the first one that it matches (none if there is no such entry), `before` only
    entries earlier than the first one that it matches (all if there is no such entry).
    """

    match: Matcher = Matcher()
    exactly: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None
    after: Matcher | None = None
    before: Matcher | None = None

    def __post_init__(self) -> None:
        if self.exactly is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("`exactly` cannot be combined with `at_least` or `at_most`")
        if self.least > self.most:
            raise ValueError(f"`at_least` {self.at_least} is more than `at_most` {self.at_most}")

    @property
    def least(self) -> int:
        """The smallest accepted number."""
        if self.exactly is not None:
            return self.exactly
        return self.at_least if self.at_least is not None else int(self.at_most is None)

    @property
    def most(self) -> float:
        """The largest accepted number."""
        if self.exactly is not None:
            return self.exactly
        return float("inf") if self.at_most is None else self.at_most

    def __str__(self) -> str:
        if self.exactly is not None:
            return f"exactly {self.exactly}"
        words = [f"at least {self.least}"] if self.least or self.at_most is None else []
        return " and ".join(words + ([f"at most {self.at_most}"] if self.at_most is not None else []))


class Verification(msgspec.Struct, frozen=True):
    """The result of an expectation: whether it holds, and the counted entries of the `window` that it is about."""

    ok: bool
    expectation: Expectation
    found: list[Entry]
    window: Sequence[Entry]

    @property
    def is_short(self) -> bool:
        """Whether there were too few."""
        return len(self.found) < self.expectation.least

    def nearest(self) -> list[NearMiss]:
        """Near misses among the latest entries, if there were too few."""
        return nearest(self.expectation.match, self.window[-_LOOKED_AT:]) if self.is_short else []

    @property
    def sentence(self) -> str:
        """The result as a sentence."""
        said = f"expected {self.expectation}, found {len(self.found)}"
        return f"{said}: {', '.join(entry.id for entry in self.found[:20])}" if self.found else said


def verify(expectation: Expectation, entries: Sequence[Entry]) -> Verification:
    """Check `expectation` against `entries`, oldest first."""
    window = _window(expectation, entries)
    found = [entry for entry in window if expectation.match.matches(entry)]
    ok = expectation.least <= len(found) <= expectation.most
    return Verification(ok, expectation, found, window or entries)


def _window(expectation: Expectation, entries: Sequence[Entry]) -> Sequence[Entry]:
    start, stop = 0, len(entries)
    if expectation.after is not None:
        first = _first(expectation.after, entries)
        start = stop if first is None else first + 1
    if expectation.before is not None:
        first = _first(expectation.before, entries)
        stop = stop if first is None else first
    return entries[start:stop]


def _first(matcher: Matcher, entries: Sequence[Entry]) -> int | None:
    return next((index for index, entry in enumerate(entries) if matcher.matches(entry)), None)
