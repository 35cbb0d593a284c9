import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, SECRET, make_door, signed

from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.statistics import DayStatistics, PageStatistics

STATS = "collection.getStats"
FIRST = datetime.date(2024, 2, 28)
DAYS = st.lists(st.integers(0, 9), max_size=4, unique=True)
FIGURES = {"impressions": 1, "views": 2, "time_spent": 30, "downloads": 4}


def day(number: int) -> datetime.date:
    return FIRST + datetime.timedelta(number)


@pytest.mark.parametrize(("asked", "always"), [("true", "asked"), (None, "always"), ("1", "asked")])
def test_the_published_example_answers_as_printed(asked: str | None, always: str) -> None:
    call = signed(
        "123ABCDE-456-7890-FGH",
        action=STATS,
        apiKey="45FD-267-7SG7832",
        collectionHash="fxh4k89",
        includePageStats=asked,
    )
    pages = [
        {"page": 1, "time_spent": 127443, "clicks": 392, "views": 4529},
        {"page": 2, "time_spent": 89382, "clicks": 171, "views": 4130},
    ]
    printed = {"impressions": 723, "views": 1240, "time_spent": 53, "downloads": 4, "pages": pages}
    assert printed == make_door(stats_pages=always).call(call)["data"]


@given(days=DAYS, first=st.none() | st.integers(-1, 10), last=st.none() | st.integers(-1, 10), pages=st.booleans())
def test_the_days_from_the_first_to_the_last_count(
    days: list[int], first: int | None, last: int | None, pages: bool
) -> None:
    page = PageStatistics(page=2, time_spent=7, clicks=8, views=9)
    seeded = tuple(DayStatistics(date=day(number), pages=(page,), **FIGURES) for number in days)
    seed = SeedAccount(KEY, SECRET, (SeedCollection(hash="own", pages=2, statistics=seeded),))
    dates = {name: str(day(number)) for name, number in (("startDate", first), ("endDate", last)) if number is not None}
    answer = make_door(seed=(seed,)).call(
        signed(action=STATS, collectionHash="own", includePageStats=str(pages), **dates)
    )
    if first is not None and last is not None and last < first:
        assert 40 == answer["code"]
        return
    hits = len([number for number in days if (first or -1) <= number <= (10 if last is None else last)])
    sums = [{"page": 1, "time_spent": 0, "clicks": 0, "views": 0}]
    sums.append({"page": 2, "time_spent": 7 * hits, "clicks": 8 * hits, "views": 9 * hits})
    expected = {name: hits * figure for name, figure in FIGURES.items()}
    assert expected | ({"pages": sums} if pages else {}) == answer["data"]
