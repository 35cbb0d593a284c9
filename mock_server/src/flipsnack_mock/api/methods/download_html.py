"""collection.downloadHTML: the first call starts the package of a collection, later ones report it."""

import msgspec

from flipsnack_mock.api import resource_urls
from flipsnack_mock.api.call import Call
from flipsnack_mock.api.collections import converted_collection, polled
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.state.jobs import State


def run(call: Call) -> Tree:
    """The state of the job, with a new resource URL when it is COMPLETE."""
    collection = converted_collection(call)
    if collection.conversion_state(call.now) is State.FAILED:
        return {"status": State.FAILED.value}
    collection = polled(call, collection)
    state = collection.state(call.behaviour, call.now)
    if state is State.FAILED and not collection.job.reported:
        call.account.keep(msgspec.structs.replace(collection, job=collection.job.failure_reported()))
    if state is State.COMPLETE:
        url = resource_urls.make(call.account, collection, origin=call.request.origin, now=call.now)
        return {"status": state.value, "resourceUrl": url}
    return {"status": state.value}
