"""The collection that a call names: what it must be, and what becomes of it."""

import re

import msgspec

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.errors import ApiError, Code
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.magic import ERROR_PREFIX, PREFIX, magic, magic_collection

# The shape of every hash of the vendor's that we know of.
_ISSUED = re.compile("[0-9a-z]{7,10}")


def own_collection(call: Call) -> Collection:
    """The collection of the account that `collectionHash` names, or a magic one.

    Raises `ApiError`: code 43 for a deleted, foreign or unknown one, 46 by a setting for what cannot be a hash, and the
    code that a magic hash asks for.
    """
    wanted = _final_hash(call)
    collection = call.account.collections.get(wanted) or magic_collection(wanted)
    if collection is None:
        raise _unknown(call, wanted)
    if collection.deleted:
        raise ApiError(Code.FORBIDDEN, f"the collection {wanted!r} is deleted")
    if wanted.startswith(ERROR_PREFIX):
        _magic_error(call, collection)
    if collection.conversion is None and collection.conversion_schedule is not None:
        return call.account.keep(collection.conversion_begun(call.now))
    return collection


def converted_collection(call: Call) -> Collection:
    """The collection of a call whose conversion is over; raises `ApiError` with code 38 when it is not."""
    collection = call.collection
    if collection.conversion_state(call.now) is State.PROCESSING:
        raise ApiError(Code.STILL_PROCESSING, f"the document of {collection.hash!r} is being converted")
    return collection


def _final_hash(call: Call) -> str:
    wanted, renamed = call.params["collectionHash"], call.account.renamed
    if wanted not in renamed or wanted in call.account.collections:
        return wanted
    if call.behaviour.temporary_hash == "dies":
        detail = f"{wanted!r} was temporary: the collection was published as {renamed[wanted]!r}"
        raise ApiError(Code.FORBIDDEN, detail, rule="update.temporary-hash-dies")
    return call.account.final_hash(wanted)


def _unknown(call: Call, wanted: str) -> ApiError:
    if call.behaviour.invalid_hash == 46 and not _ISSUED.fullmatch(wanted):
        return ApiError(Code.INVALID_HASH, f"{wanted[:60]!r} cannot be a hash")
    hint = "; /__admin/magic lists the magic ones" if wanted.startswith(PREFIX) else ""
    return ApiError(Code.FORBIDDEN, f"the account has no collection {wanted[:60]!r}{hint}", rule="code.43-unknown")


def _magic_error(call: Call, collection: Collection) -> None:
    meant = magic(collection.hash)
    if meant is None or meant.error is None:
        return
    # The call counts first: an error that passes does so after some calls, or some time after the first one.
    collection = polled(call, collection)
    if collection.state(call.behaviour, call.now) is State.PROCESSING:
        # No rule of the vendor leads to this answer: the caller asked for it.
        raise ApiError(meant.error, f"the hash {collection.hash!r} asks for it", rule="")


def polled(call: Call, collection: Collection) -> Collection:
    """`collection`, as the account keeps it, after a call that asked for its package."""
    behaviour = call.behaviour
    job = collection.job.polled(
        collection.job_schedule(behaviour),
        call.now,
        schedule_text=collection.schedule_text(behaviour),
        restart_failed=behaviour.restart_failed,
    )
    return collection if job is collection.job else call.account.keep(msgspec.structs.replace(collection, job=job))
