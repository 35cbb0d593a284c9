"""What is asked for of each method that shows something: parameters, alone and together."""

from flipsnack_contract.checks.methods.uploaded import every_choice
from flipsnack_contract.contract.library import Parameters

LISTS = [
    asked
    for asked in every_choice(
        collectionStatus=(None, "unlisted", "public", "editable"),
        query=(None, "spring", "SPRING", "leaves", "none", "", "r"),
        orderBy=(None, "name", "date"),
        orderMode=(None, "asc", "desc"),
        **{"from": (None, "0", "1", "3"), "to": (None, "0", "2", "99")},
    )
    if int(asked.get("from", "0")) <= int(asked.get("to", "99"))
]
EMBEDS = every_choice(
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
    for asked in every_choice(
        startDate=_DATES, endDate=_DATES, includePageStats=(None, "true", "false", "1", "0", "True")
    )
    if asked.get("startDate", "") <= asked.get("endDate", "9")
]
# Of a large table every seventh row and its like: no neighbours, and every value of every parameter with each other.
FEW = 120


def spread(rows: list[Parameters]) -> list[Parameters]:
    """About `FEW` of the rows of a table."""
    step = max(1, len(rows) // FEW) | 1
    return rows[::step]
