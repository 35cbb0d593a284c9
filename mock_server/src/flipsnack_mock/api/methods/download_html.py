"""collection.downloadHTML: the first call starts the package of a collection, later ones report it."""

import msgspec

from flipsnack_mock.api import resource_urls
from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.errors import ApiError, Code
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.magic import PREFIX, magic, magic_collection


def run(call: Call) -> Tree:
    """The state of the job, with a new resource URL when it is COMPLETE."""
    account, behaviour, now = call.account, call.behaviour, call.now
    collection = _own_collection(account, call.params["collectionHash"])
    schedule, schedule_text = collection.job_schedule(behaviour), collection.schedule_text(behaviour)
    job = collection.job.polled(schedule, now, schedule_text=schedule_text, restart_failed=behaviour.restart_failed)
    if job is not collection.job:
        collection = msgspec.structs.replace(collection, job=job)
    state = collection.state(behaviour, now)
    if state is State.FAILED:
        collection = msgspec.structs.replace(collection, job=job.failure_reported())
    account.collections[collection.hash] = collection
    if state is State.PROCESSING:
        _magic_error(collection.hash)
    if state is State.COMPLETE:
        url = resource_urls.make(account, collection, origin=call.request.origin, now=now)
        return {"status": state.value, "resourceUrl": url}
    return {"status": state.value}


def _magic_error(collection_hash: str) -> None:
    # Raised after the call was counted: an error that passes does so after some calls, or some time after the first.
    meant = magic(collection_hash)
    if meant is not None and meant.error is not None:
        # No rule of the vendor leads to this answer: the caller asked for it.
        raise ApiError(meant.error, f"the hash {collection_hash!r} asks for it", rule="")


def _own_collection(account: Account, collection_hash: str) -> Collection:
    collection = account.collections.get(collection_hash) or magic_collection(collection_hash)
    if collection is None:
        hint = "; /__admin/magic lists the magic ones" if collection_hash.startswith(PREFIX) else ""
        raise ApiError(
            Code.FORBIDDEN, f"the account has no collection {collection_hash[:60]!r}{hint}", rule="code.43-unknown"
        )
    if collection.deleted:
        raise ApiError(Code.FORBIDDEN, f"the collection {collection_hash!r} is deleted")
    return collection
