"""The statistics of a collection: what happened on each day, and on each page of it."""

import datetime
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.instants import Counted, Day

MAX_PAGES = 1_000
MAX_FIGURES = 50_000
"""The most days and pages of days that the statistics of one account have: so many are summed in some milliseconds."""

_TOTALS = ("impressions", "views", "time_spent", "downloads")
_OF_A_PAGE = ("time_spent", "clicks", "views")


class PageStatistics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened on the page with the number `page`, from 1; `time_spent` in seconds."""

    page: Annotated[int, Meta(ge=1, le=MAX_PAGES)]
    time_spent: Counted = 0
    clicks: Counted = 0
    views: Counted = 0


PagesOfDay = Annotated[tuple[PageStatistics, ...], Meta(max_length=MAX_PAGES)]


class DayStatistics(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened on one day (UTC), all together and by page: the one need not be the sum of the other."""

    date: Day
    impressions: Counted = 0
    views: Counted = 0
    time_spent: Counted = 0
    downloads: Counted = 0
    pages: PagesOfDay = ()


Days = Iterable[DayStatistics]


def figures(days: Days) -> int:
    """How many days and pages of days there are."""
    return sum([1 + len(one.pages) for one in days])


def between(days: Days, first: datetime.date | None, last: datetime.date | None) -> list[DayStatistics]:
    """The days from `first` to `last`, both included; None leaves that side open."""
    return [one for one in days if (first is None or first <= one.date) and (last is None or one.date <= last)]


def totals(days: Days) -> dict[str, int]:
    """The sums of the days."""
    listed = list(days)
    return {name: sum(getattr(one, name) for one in listed) for name in _TOTALS}


def page_totals(days: Days, pages: int) -> list[dict[str, int]]:
    """The sums of the days for each of the pages from 1 to `pages`."""
    sums = {number: {"page": number} | dict.fromkeys(_OF_A_PAGE, 0) for number in range(1, pages + 1)}
    for one in (one for day in days for one in day.pages if one.page in sums):
        for name in _OF_A_PAGE:
            sums[one.page][name] += getattr(one, name)
    return list(sums.values())
