"""Ends of days, weeks, months and years, where servers go wrong that count in these; and how a session gets there."""

import calendar
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.target.session import Session

BORDERS: Mapping[str, Callable[[datetime], bool]] = {
    "midnight": lambda _day: True,
    "the end of a week": lambda day: day.weekday() == 0,
    "the end of any month": lambda day: day.day == 1,
    "the end of a month of 31 days": lambda day: day.day == 1 and day.month in (2, 4, 6, 9, 11),
    "the end of a month of 30 days": lambda day: day.day == 1 and day.month in (5, 7, 10, 12),
    "the end of a February": lambda day: (day.month, day.day) == (3, 1) and not calendar.isleap(day.year),
    "the beginning of a leap day": lambda day: (day.month, day.day) == (2, 29),
    "the end of a leap day": lambda day: (day.month, day.day) == (3, 1) and calendar.isleap(day.year),
    "the end of a year": lambda day: (day.month, day.day) == (1, 1),
    # Seconds since 1970 need 32 bits without a sign from 19 January 2038 on.
    "more seconds than 31 bits hold": lambda day: day.timestamp() > 2**31,
}
"""Chooses a day, UTC, by its first instant."""
MONTH_ENDS = "the end of any month"
MONTHS = tuple(name for name in BORDERS if name.startswith("the end of") and "week" not in name)
"""The borders that end a month."""

# A clock may refuse to be moved by more than ten years at once.
_LONGEST = 3000 * DAY


def reach(session: Session, border: str, *, short_of: int = 0) -> None:
    """Let time pass until `short_of` microseconds before the next day that the border chooses."""
    left = next_day(session.clock.now + short_of, BORDERS[border]) - session.clock.now - short_of
    while left > 0:
        session.wait(min(left, _LONGEST))
        left -= _LONGEST


def begin_month(session: Session) -> None:
    """Let time pass until a month begins, so that what follows lies in one."""
    reach(session, "the end of a month of 31 days")


def next_day(now: int, chooses: Callable[[datetime], bool]) -> int:
    """The first instant of the next day, UTC, that `chooses` chooses; in microseconds since 1970, as `now`."""
    return int(next(filter(chooses, _days_after(now))).timestamp()) * SECOND


def _days_after(now: int) -> Iterator[datetime]:
    day = datetime.fromtimestamp(now // SECOND, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        day += timedelta(days=1)
        yield day
