"""collection.deleteCollection: the collection is gone for every method from then on."""

import msgspec

from flipsnack_mock.api.call import Call


def run(call: Call) -> None:
    """The answer has no data; the collection's statistics stay in the sums of the account."""
    call.account.keep(msgspec.structs.replace(call.collection, deleted=True))
