"""collection.getStats and user.getStats: sums of days, days chosen by date, pages."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.borders import begin_month, reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import CREATE, STATS, USER, method_named, uploaded
from flipsnack_contract.contract.assertions import expect, expect_code
from flipsnack_contract.target.session import Session

NAMES = ("impressions", "views", "time_spent", "downloads")
PAGE_NAMES = ("time_spent", "clicks", "views")
OF_STATS: Mapping[str, Any] = {"methods": method_named(STATS)}


def _day(date: str, number: int) -> dict[str, object]:
    """A day on which everything has another value."""
    values = dict(zip(NAMES, (number, 10 * number, 100 * number, 1_000 * number), strict=True))
    pages = [{"page": page, "time_spent": number, "clicks": page, "views": number * page} for page in (1, 2)]
    return {"date": date, **values, "pages": pages}


# Neighbours of the borders of months and years, and a leap day.
DATES = ("2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-01-01")
DAYS = tuple(_day(date, 2**number) for number, date in enumerate(DATES))


def _sums(days: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    chosen = list(days)
    return {name: sum(int(day[name]) for day in chosen) for name in NAMES}


def _page_sums(days: Iterable[Mapping[str, Any]]) -> list[dict[str, int]]:
    chosen = [page for day in days for page in day["pages"]]
    return [
        {"page": number, **{name: sum(page[name] for page in chosen if page["page"] == number) for name in PAGE_NAMES}}
        for number in (1, 2)
    ]


def _collection(session: Session) -> str:
    made = session.collection(pages=2)
    session.trace.add(f"statistics of {made} on {', '.join(DATES)}")
    session.steer.statistics(made, DAYS)
    return made


def _stats(session: Session, collection: str, **parameters: str) -> dict[str, Any]:
    answer = session.ask(session.draft(collection, **parameters))
    expect_code(20, answer, f"getStats with {parameters}")
    return dict(answer.data or {})


def _totals(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data.get(name) for name in NAMES}


@check("stats.fields", **OF_STATS, needs=CONTROL)
def nothing_happened_is_zero(session: Session) -> None:
    """The statistics of a new collection are four zeros, while it is converted too."""
    for collection in (session.collection(), uploaded(session)):
        expect(dict.fromkeys(NAMES, 0), _totals(_stats(session, collection)), "the statistics of a new collection")


@check("stats.fields", **OF_STATS, needs={"collection"}, calls=1)
def the_four_are_numbers(session: Session) -> None:
    """impressions, views, time_spent and downloads are numbers."""
    data = session.ask(session.draft()).data or {}
    for name in NAMES:
        expect(True, type(data.get(name)) is int, f"{name} is a number, not {data.get(name)!r}")


QUIET: tuple[tuple[Mapping[str, str], int], ...] = (
    ({}, 5),
    ({"startDate": DATES[0]}, 5),
    ({"endDate": DATES[1]}, 5),
    ({"startDate": DATES[1]}, 0),
    ({"startDate": "2023-12-01", "endDate": "2023-12-30"}, 0),
)
"""Dates, and the views that a page had on the first of `DATES` and between these."""


@check("stats.pages", **OF_STATS, needs=CONTROL)
def each_page_has_an_entry(session: Session) -> None:
    """A page on which nothing happened has an entry of zeros, also while the document is converted."""
    collection = session.collection(pages=3)
    session.steer.statistics(collection, [{"date": DATES[0], "pages": [{"page": 2, "views": 5}]}])
    for dates, views in QUIET:
        pages = _stats(session, collection, includePageStats="true", **dates).get("pages", ())
        found = [(one.get("page"), one.get("views")) for one in pages]
        expect([(1, 0), (2, views), (3, 0)], found, f"page and views with {dates}")
    pages = _stats(session, uploaded(session), includePageStats="true").get("pages", ())
    expect([(1, 0)], [(one.get("page"), one.get("views")) for one in pages], "page and views during the conversion")


SPANS: Mapping[str, tuple[str | None, str | None]] = {
    "one day": (DATES[3], DATES[3]),
    "the leap day and the next": (DATES[3], DATES[4]),
    "the end of a year": (DATES[0], DATES[1]),
    "a leap year": ("2024-01-01", "2024-12-31"),
    "the end of a week": ("2023-12-30", "2023-12-31"),
    "from a day on": (DATES[4], None),
    "up to a day": (None, DATES[2]),
    "from before until after all": ("1970-01-01", "9999-12-31"),
    "until long after all": (None, "9999-12-31"),
    "from the first day of all": ("0001-01-01", None),
    "from after all": ("2038-01-20", None),
    "until before all": (None, "2000-02-29"),
    "a month": ("2024-02-01", "2024-02-29"),
    "days without anything": ("2024-04-01", "2024-04-30"),
}
# Around the days on which something happened, and on them.
near_days = st.one_of(
    st.sampled_from(DATES),
    st.dates(datetime.date(2023, 12, 29), datetime.date(2025, 1, 3)).map(datetime.date.isoformat),
)


@check("stats.dates", **OF_STATS, needs=CONTROL, rows={"span": SPANS}, varies={"span": st.tuples(near_days, near_days)})
def dates_choose_the_days(session: Session, span: str | tuple[str, str]) -> None:
    """startDate and endDate choose the days between them, both included; one alone leaves the other side open."""
    first, last = SPANS[span] if isinstance(span, str) else sorted(span)
    dates = {name: day for name, day in (("startDate", first), ("endDate", last)) if day is not None}
    chosen = [day for day in DAYS if (first or "") <= str(day["date"]) <= (last or "9999")]
    data = _stats(session, _collection(session), includePageStats="true", **dates)
    expect(_sums(chosen), _totals(data), f"the sums with {dates}")
    expect(_page_sums(chosen), data.get("pages"), f"the statistics of the pages with {dates}")


BACKWARDS = (
    *(("2024-02-01", "2024-01-31"), ("2024-02-29", "2024-02-28"), ("2024-02-01", "2023-02-01")),
    *(("2025-01-01", "2024-12-31"), ("2024-10-09", "2024-09-10"), ("9999-12-31", "0001-01-01")),
)


@check("stats.date-order", **OF_STATS, needs={"credentials"}, rows={"dates": BACKWARDS}, calls=2)
def an_end_before_the_start_is_40(session: Session, dates: tuple[str, str]) -> None:
    """A startDate after the endDate is 40."""
    expected = 40 if session.accepted == 20 else session.accepted
    start, end = dates
    for more in ({}, {"includePageStats": "true"}):
        answer = session.ask(session.draft(startDate=start, endDate=end, **more))
        expect(True, answer.code in (40, expected), f"the code of a span from {start} to {end} is {answer.code}")


OF_USER: Mapping[str, Any] = {"methods": method_named(USER), "needs": CONTROL}


@check("user.uploads-left", **OF_USER)
def uploads_are_counted_down(session: Session) -> None:
    """Each upload takes one from api_uploads_left, which never falls below 0."""
    begin_month(session)
    session.steer.settings(uploads_per_month=2)
    for left in (2, 1, 0, 0):
        expect(left, session.data(USER).get("api_uploads_left"), "api_uploads_left")
        session.call(CREATE)
    session.steer.settings(uploads_per_month=1)
    expect(0, session.data(USER).get("api_uploads_left"), "api_uploads_left when more were made than are allowed")
    reach(session, "the end of a month of 31 days")
    expect(1, session.data(USER).get("api_uploads_left"), "api_uploads_left when a month begins, before any upload")
