"""What is asked for of each method that shows something: every pair of values of its parameters."""

from collections.abc import Sequence

from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.library import Parameters


def _every_pair(**columns: Sequence[str | None]) -> list[Parameters]:
    """Parameters with every pair of these values; None leaves one out."""
    return [{name: value for name, value in row.items() if value is not None} for row in covering(columns)]


LISTS = [
    asked
    for asked in _every_pair(
        collectionStatus=(None, "unlisted", "public", "editable"),
        query=(None, "spring", "E", "a", "none", "", "R"),
        orderBy=(None, "name", "date"),
        orderMode=(None, "asc", "desc"),
        **{"from": (None, "0", "1", "3"), "to": (None, "0", "2", "99", "5")},
    )
    if int(asked.get("from", "0")) <= int(asked.get("to", "99"))
]
EMBEDS = _every_pair(
    https=(None, "true", "0"),
    responsive=(None, "true", "false", "1", "0", "TRUE", "False"),
    startPage=(None, "1", "2", "12", "9999", "02"),
    startBook=(None, "2"),
    width=(None, "200", "640"),
    height=(None, "300"),
)
_DATES = (None, "1999-07-01", "2023-12-30", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02")
STATISTICS = [
    asked
    for asked in _every_pair(
        startDate=_DATES, endDate=_DATES, includePageStats=("true", None, "false", "1", "0", "True")
    )
    if asked.get("startDate", "") <= asked.get("endDate", "9")
]
