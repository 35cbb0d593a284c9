from datetime import UTC, datetime

import pytest

from flipsnack_contract.checks.borders import BORDERS, next_day
from flipsnack_contract.contract.clock import SECOND


@pytest.mark.parametrize(
    ("border", "day"),
    [
        ("midnight", "2026-11-29"),
        ("the end of a week", "2026-11-30"),
        ("the end of a month of 31 days", "2027-02-01"),
        ("the end of a month of 30 days", "2026-12-01"),
        ("the end of a February", "2027-03-01"),
        ("the beginning of a leap day", "2028-02-29"),
        ("the end of a leap day", "2028-03-01"),
        ("the end of a year", "2027-01-01"),
        ("more seconds than 31 bits hold", "2038-01-20"),
    ],
)
def test_the_next_day_of_each_border(border: str, day: str) -> None:
    """Seen from a Saturday in November 2026."""
    now = int(datetime(2026, 11, 28, 12, 30, tzinfo=UTC).timestamp()) * SECOND
    found = datetime.fromtimestamp(next_day(now, BORDERS[border]) // SECOND, UTC)
    assert (day, 0) == (f"{found:%Y-%m-%d}", found.hour)
