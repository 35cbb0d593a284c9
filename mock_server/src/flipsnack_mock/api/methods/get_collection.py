"""collection.getCollection: the collection, and how far its conversion is."""

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.collection_object import collection_object
from flipsnack_mock.protocol.envelope import Tree


def run(call: Call) -> Tree:
    """The collection object; the call counts as a poll of the conversion."""
    return collection_object(call, call.account.keep(call.collection.conversion_polled(call.now)))
