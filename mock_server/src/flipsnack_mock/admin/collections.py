"""Routes for the collections of an account and their jobs: list, create, show, delete, force."""

from typing import Any

import msgspec

from flipsnack_mock.admin.routes import Context, conflict, not_found, route
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.identifiers import Hash
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.jobs import IllegalMove, State, legal_targets
from flipsnack_mock.state.magic import PREFIX as MAGIC_PREFIX
from flipsnack_mock.state.magic import magic_collection
from flipsnack_mock.state.seeds import SeedCollection


class NewCollection(SeedCollection, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The body that creates a collection; the default hash is the next free one."""

    hash: Hash | None = None  # type: ignore[assignment]  # a seed must name it, a request need not


class ForcedState(msgspec.Struct, forbid_unknown_fields=True):
    """The body that forces a job into a state."""

    state: State


@route("GET", "/__admin/accounts/<key>/collections", "list the collections of an account")
def list_collections(context: Context) -> dict[str, Any]:
    """All collections of the account, including deleted ones and magic ones that were used."""
    return {"collections": [shown(context, item) for item in context.account.collections.values()]}


@route(
    "POST", "/__admin/accounts/<key>/collections", "create a collection in an account", body=NewCollection, status=201
)
def create_collection(context: Context) -> dict[str, Any]:
    """Create a collection; 409 if the account already has one with this hash."""
    wanted = context.body(NewCollection)
    known = context.account.collections
    collection_hash = wanted.hash or _free_hash(known)
    if collection_hash in known:
        raise conflict(f"the account already has a collection {collection_hash!r}; choose another hash")
    if collection_hash.startswith(MAGIC_PREFIX):
        message = f"hashes that begin with {MAGIC_PREFIX!r} are magic and always exist"
        raise Refused(400, "bad_request", message, path="$.hash", expected="another hash")
    fields = msgspec.structs.asdict(wanted) | {"hash": collection_hash}
    known[collection_hash] = Collection(**fields)
    return shown(context, known[collection_hash])


@route("GET", "/__admin/accounts/<key>/collections/<hash>", "show a collection")
def show_collection(context: Context) -> dict[str, Any]:
    """One collection."""
    return shown(context, _collection(context))


@route("DELETE", "/__admin/accounts/<key>/collections/<hash>", "mark a collection as deleted")
def delete_collection(context: Context) -> dict[str, Any]:
    """Mark the collection as deleted: calls get code 43; its resource URLs live out their minute."""
    return _put(context, msgspec.structs.replace(_collection(context), deleted=True))


@route("GET", "/__admin/accounts/<key>/jobs", "list the jobs of an account")
def list_jobs(context: Context) -> dict[str, Any]:
    """The jobs of all collections of the account."""
    return {"jobs": [shown_job(context, item) for item in context.account.collections.values()]}


@route("GET", "/__admin/accounts/<key>/jobs/<hash>", "show the job of a collection")
def show_job(context: Context) -> dict[str, Any]:
    """One job."""
    return shown_job(context, _collection(context))


@route("PUT", "/__admin/accounts/<key>/jobs/<hash>", "force a job into a state", body=ForcedState)
def force_job(context: Context) -> dict[str, Any]:
    """Force the job; 409 with the legal states if it cannot change from its current state to this one."""
    collection, behaviour = _collection(context), context.account.behaviour
    try:
        schedule, schedule_text = collection.job_schedule(behaviour), collection.schedule_text(behaviour)
        job = collection.job.force(context.body(ForcedState).state, schedule, context.now, schedule_text=schedule_text)
    except IllegalMove as refusal:
        raise conflict(str(refusal), legal=refusal.legal) from None
    _put(context, msgspec.structs.replace(collection, job=job))
    return shown_job(context, _collection(context))


def shown(context: Context, collection: Collection) -> dict[str, Any]:
    """The JSON representation of a collection."""
    fields = msgspec.structs.asdict(collection)
    fields["schedule"] = collection.schedule_text(context.account.behaviour)
    return fields | {"job": shown_job(context, collection)}


def shown_job(context: Context, collection: Collection) -> dict[str, Any]:
    """The JSON representation of a job; `legal` lists the states it can be forced into."""
    behaviour, job = context.account.behaviour, collection.job
    state = collection.state(behaviour, context.now)
    return {
        "hash": collection.hash,
        "state": state,
        "polls": job.calls,
        "started_at": None if job.started_at is None else to_text(job.started_at),
        "schedule": job.schedule or collection.schedule_text(behaviour),
        "legal": legal_targets(state),
    }


def _collection(context: Context) -> Collection:
    known, wanted = context.account.collections, context.args["hash"]
    collection = known.get(wanted) or magic_collection(wanted)
    if collection is None:
        raise not_found("collection", wanted, known)
    return collection


def _put(context: Context, collection: Collection) -> dict[str, Any]:
    context.account.collections[collection.hash] = collection
    return shown(context, collection)


def _free_hash(known: dict[str, Collection]) -> str:
    # Seven characters that begin with f, like the vendor's.
    number = len(known) + 1
    while (candidate := f"f{number:06d}") in known:
        number += 1
    return candidate
