"""The ways to ask for lists, embed codes and statistics: what is chosen together with what."""

from collections.abc import Mapping
from itertools import product

from flipsnack_contract.checks.methods.uploaded import EMBED, LIST, STATS
from flipsnack_contract.contract.library import Parameters


def _asked(**columns: tuple[str | None, ...]) -> list[Parameters]:
    """Parameters for each combination of the values; None leaves one out."""
    rows = (dict(zip(columns, values, strict=True)) for values in product(*columns.values()))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


LISTS = [
    asked
    for asked in _asked(
        collectionStatus=(None, "unlisted", "public", "editable"),
        query=(None, "spring", "SPRING", "leaves", "none", "", "r"),
        orderBy=(None, "name", "date"),
        orderMode=(None, "asc", "desc"),
        **{"from": (None, "0", "1", "3"), "to": (None, "0", "2", "99")},
    )
    if int(asked.get("from", "0")) <= int(asked.get("to", "99"))
]
EMBEDS = _asked(
    https=(None, "true", "0"),
    responsive=(None, "true", "false", "1", "0", "TRUE", "False"),
    startPage=(None, "1", "2", "12", "9999"),
    startBook=(None, "2"),
    width=(None, "200", "640"),
    height=(None, "300"),
)
_DATES = (None, "1999-07-01", "2023-12-30", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02")
STATISTICS = [
    asked
    for asked in _asked(startDate=_DATES, endDate=_DATES, includePageStats=(None, "true", "false", "1", "0", "True"))
    if asked.get("startDate", "") <= asked.get("endDate", "9")
]
TABLES: Mapping[str, list[Parameters]] = {LIST: LISTS, EMBED: EMBEDS, STATS: STATISTICS}
# Of a large table every seventh row and its like: no neighbours, and every value of every parameter with each other.
FEW = 120


def spread(rows: list[Parameters]) -> list[Parameters]:
    """About `FEW` of the rows of a table."""
    step = max(1, len(rows) // FEW) | 1
    return rows[::step]
