"""Instants: whole microseconds since 1970-01-01T00:00:00Z."""

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

RealTime = Callable[[], int]
"""A source of real time; the server hands it in."""

SECOND = 1_000_000
LAST_INSTANT = 253_402_300_799 * SECOND
"""The last second that ISO 8601 can spell: 9999-12-31T23:59:59Z."""

Microseconds = Annotated[int, Meta(ge=0, le=LAST_INSTANT)]
"""An instant in what is stored or restored."""

# What they are in words and in JSON is said here: the library that says it takes a class which replaces the one of
# Python, as in a test that freezes time, for one that it does not know.
Day = Annotated[
    datetime.date,
    Meta(extra={"expected": "a date as in 2026-11-28"}, extra_json_schema={"type": "string", "format": "date"}),
]
"""A day in a body."""

DateTime = Annotated[
    datetime.datetime,
    Meta(
        tz=True,
        extra={"expected": "an instant as in 2026-11-28T09:30:00Z"},
        extra_json_schema={"type": "string", "format": "date-time"},
    ),
]
"""An instant in a body, with its distance from UTC."""

Counted = Annotated[int, Meta(ge=0, le=2**53)]
"""A number of things that were counted, in what is stored or restored."""

_EPOCH = datetime.datetime(1970, 1, 1)  # in UTC; without saying so it is written twice as fast


def to_text(instant: int) -> str:
    """`instant` as ISO 8601 in UTC, with microseconds; one behind the last that can be spelled as that one."""
    seconds, rest = divmod(min(instant, LAST_INSTANT), SECOND)
    return f"{_second(seconds)}.{rest:06d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    # Each line of the log has an instant, and thousands are in one second.
    return (_EPOCH + datetime.timedelta(seconds=seconds)).isoformat(timespec="seconds")


def month_of(instant: int) -> str:
    """The calendar month of `instant` in UTC, as in 2026-11."""
    return to_text(instant)[:7]
