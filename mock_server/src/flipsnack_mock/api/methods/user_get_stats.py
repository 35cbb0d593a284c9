"""user.getStats: the statistics of all collections together, and the uploads that are left."""

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.state.statistics import totals


def run(call: Call) -> Tree:
    """The sums, to which deleted collections contribute too."""
    days = [day for collection in call.account.collections.values() for day in collection.statistics]
    return {**totals(days), "api_uploads_left": call.account.uploads_left(call.now)}
