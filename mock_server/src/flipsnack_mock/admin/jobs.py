"""Routes for the jobs of an account's collections: those that build packages, and the conversions of documents."""

from enum import StrEnum
from typing import Any

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.listing import listed
from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.routes import Context, conflict, not_found, route
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.jobs import IllegalMove, Job, State, legal_targets
from flipsnack_mock.state.magic import magic_collection


class ForcedState(msgspec.Struct, forbid_unknown_fields=True):
    """The body that forces the job of a package into a state."""

    state: State


class ConversionState(StrEnum):
    """The states of a conversion, in lower case as the vendor writes them."""

    PROCESSING = "processing"
    COMPLETE = "complete"
    FAILED = "failed"


class ForcedConversion(msgspec.Struct, forbid_unknown_fields=True):
    """The body that forces a conversion into a state."""

    state: ConversionState


@route("GET", "/__admin/accounts/<key>/jobs", "list the jobs of an account")
def list_jobs(context: Context) -> HttpResponse | Work:
    """The jobs of all collections of the account."""
    items = list(context.account.collections.values())
    return listed(context.world, "jobs", items, lambda item: shown_job(context, item))


@route("GET", "/__admin/accounts/<key>/jobs/<hash>", "show the job of a collection")
def show_job(context: Context) -> dict[str, Any]:
    """One job."""
    return shown_job(context, collection_of(context))


@route("PUT", "/__admin/accounts/<key>/jobs/<hash>", "force a job into a state", body=ForcedState)
def force_job(context: Context) -> dict[str, Any]:
    """Force the job; 409 with the legal states if it cannot change from its current state to this one."""
    collection, behaviour = collection_of(context), context.account.behaviour
    try:
        schedule, schedule_text = collection.job_schedule(behaviour), collection.schedule_text(behaviour)
        job = collection.job.force(context.body(ForcedState).state, schedule, context.now, schedule_text=schedule_text)
    except IllegalMove as refusal:
        raise conflict(str(refusal), legal=refusal.legal) from None
    return shown_job(context, context.account.keep(msgspec.structs.replace(collection, job=job)))


@route("GET", "/__admin/accounts/<key>/collections/<hash>/conversion", "show the conversion of a collection")
def show_conversion(context: Context) -> dict[str, Any]:
    """How far the conversion of its document is."""
    return shown_conversion(context, collection_of(context))


@route(
    "PUT",
    "/__admin/accounts/<key>/collections/<hash>/conversion",
    "force the conversion of a collection into a state",
    body=ForcedConversion,
)
def force_conversion(context: Context) -> dict[str, Any]:
    """Force the conversion; 409 with the legal states if it cannot change from its current state to this one."""
    collection, target = collection_of(context), State(context.body(ForcedConversion).state.upper())
    try:
        forced = collection.conversion_forced(target, context.now)
    except IllegalMove as refusal:
        raise conflict(str(refusal).lower(), legal=_in_lower_case(refusal.legal)) from None
    return shown_conversion(context, context.account.keep(forced))


def shown_job(context: Context, collection: Collection) -> dict[str, Any]:
    """The JSON representation of the job of a package; `legal` lists the states it can be forced into."""
    behaviour, job = context.account.behaviour, collection.job
    state = collection.state(behaviour, context.now)
    progress = _progress(job, job.schedule or collection.schedule_text(behaviour))
    return {"hash": collection.hash, "state": state, **progress, "legal": legal_targets(state)}


def shown_conversion(context: Context, collection: Collection) -> dict[str, Any]:
    """The JSON representation of a conversion; one that was never needed is complete and has no schedule."""
    job = collection.conversion or Job()
    state = collection.conversion_state(context.now)
    progress = _progress(job, job.schedule or collection.conversion_schedule)
    return {"state": state.lower(), **progress, "legal": _in_lower_case(legal_targets(state))}


def _progress(job: Job, schedule: str | None) -> dict[str, Any]:
    started_at = None if job.started_at is None else to_text(job.started_at)
    return {"polls": job.calls, "started_at": started_at, "schedule": schedule}


def _in_lower_case(states: list[State]) -> list[str]:
    return [state.lower() for state in states]


def collection_of(context: Context) -> Collection:
    """The collection that the path names, also by a hash that it had before it was published."""
    account, named = context.account, context.args["hash"]
    wanted = account.final_hash(named)
    collection = account.collections.get(wanted) or magic_collection(wanted)
    if collection is None:
        raise not_found("collection", named, account.collections)
    return collection
