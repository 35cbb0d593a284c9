"""How programs and sheets write a date."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from flipsnack_mock.doctor.steps.draft import RARE, UNLIKELY
from flipsnack_mock.doctor.steps.spellings import Change

_DAYS = (
    *("{0}", "{0.month}/{0.day}/{0.year}", "{0:%m/%d/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d/%m/%Y}"),
    *("{0:%d.%m.%Y}", "{0.day}.{0.month}.{0.year}", "{0:%d-%m-%Y}", "{0:%m-%d-%Y}", "{0:%Y/%m/%d}", "{0:%Y.%m.%d}"),
    *(
        "{0:%Y%m%d}",
        "{0.year}-{0.month}-{0.day}",
        "{0:%b} {0.day}, {0.year}",
        "{0:%B} {0.day}, {0.year}",
        "{0:%d %b %Y}",
    ),
    *("{before}", "{after}"),
)
_TIMES = (
    *(
        "",
        "T00:00:00Z",
        "T00:00:00.000Z",
        "T00:00:00",
        " 00:00:00",
        " 12:00:00 AM",
        "T00:00:00+00:00",
        "T00:00",
        " 00:00",
    ),
    *(" 00:00:00 UTC", " 00:00:00 +0000 UTC", "T00:00:00.0000000", "T00:00:00+01:00", "T00:00:00+02:00"),
)
_OTHERWISE = (
    "{0:%a %b %d} 00:00:00 UTC {0.year}",
    "{0:%a %b %d %Y} 00:00:00 GMT+0000 (Coordinated Universal Time)",
    "{0:%a, %d %b %Y} 00:00:00 GMT",
    "datetime.date({0.year}, {0.month}, {0.day})",
    *("{serial}", "{seconds}", "{seconds}000"),
    # Midnight of Europe in the time of Greenwich.
    *("{before}T22:00:00.000Z", "{before}T23:00:00.000Z", "{before}T22:00:00Z", "{before}T23:00:00Z"),
)


def dates() -> Iterator[tuple[str, Change, int]]:
    """Ways to write a date: in words, the function, how likely."""
    for day, time in product(_DAYS, _TIMES):
        yield _way(day + time, UNLIKELY if "" in (day, time) or day == "{0}" else RARE)
    for form in _OTHERWISE:
        yield _way(form, UNLIKELY)


def _way(form: str, cost: int) -> tuple[str, Change, int]:
    change = _date(form)
    return f"with dates as {change('2026-07-01')!r}, where '2026-07-01' is sent", change, cost


def is_date(text: str) -> bool:
    """Whether a value may be a date."""
    return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


def _date(form: str) -> Change:
    def change(text: str) -> str:
        try:
            day = date.fromisoformat(text) if is_date(text) else None
            return text if day is None else form.format(day, **_near(day))
        except (ValueError, OverflowError):
            return text

    return change


def _near(day: date) -> dict[str, object]:
    # The days of a sheet begin on 30 December 1899, the seconds of Unix on 1 January 1970.
    numbers = {"serial": day.toordinal() - 693_594, "seconds": (day.toordinal() - 719_163) * 86_400}
    return {**numbers, "before": day - timedelta(1), "after": day + timedelta(1)}
