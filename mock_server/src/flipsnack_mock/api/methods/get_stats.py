"""collection.getStats: the statistics of a collection in a range of days."""

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.envelope import Tree, Value
from flipsnack_mock.state.statistics import between, page_totals, totals


def run(call: Call) -> Tree:
    """The sums of the days, and with `includePageStats` those of each page."""
    first, last = call.arguments.get("startDate"), call.arguments.get("endDate")
    days = between(call.collection.statistics, first, last)
    data: dict[str, Value] = {**totals(days)}
    if call.arguments["includePageStats"] or call.behaviour.stats_pages == "always":
        data["pages"] = page_totals(days, call.collection.pages)
    return data
