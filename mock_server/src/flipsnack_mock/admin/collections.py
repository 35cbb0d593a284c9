"""Routes for the collections of an account: list, create, show, delete; their statistics."""

import datetime
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.jobs import collection_of, shown_conversion, shown_job
from flipsnack_mock.admin.listing import listed
from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.routes import Context, bad_request, conflict, route
from flipsnack_mock.protocol.identifiers import Hash
from flipsnack_mock.protocol.instants import Counted, Day
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.magic import PREFIX as MAGIC_PREFIX
from flipsnack_mock.state.seeds import SeedCollection
from flipsnack_mock.state.statistics import DayStatistics, PagesOfDay

Statistics = tuple[DayStatistics, ...]


class NewCollection(SeedCollection, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """The body that creates a collection; the default hash is the next free one."""

    hash: Hash | None = None  # type: ignore[assignment]  # a seed must name it, a request need not


class DayFigures(msgspec.Struct, forbid_unknown_fields=True):
    """The body that sets the statistics of one day."""

    impressions: Counted = 0
    views: Counted = 0
    time_spent: Counted = 0
    downloads: Counted = 0
    pages: PagesOfDay | UnsetType = UNSET


@route("GET", "/__admin/accounts/<key>/collections", "list the collections of an account")
def list_collections(context: Context) -> HttpResponse | Work:
    """All collections of the account, including deleted ones and magic ones that were used."""
    items = list(context.account.collections.values())
    return listed(context.world, "collections", items, lambda item: shown(context, item))


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
        raise bad_request(message, "$.hash", expected="another hash")
    fields = msgspec.structs.asdict(wanted) | {"hash": collection_hash}
    return shown(context, context.account.keep(Collection(**fields)))


@route("GET", "/__admin/accounts/<key>/collections/<hash>", "show a collection")
def show_collection(context: Context) -> dict[str, Any]:
    """One collection."""
    return shown(context, collection_of(context))


@route("DELETE", "/__admin/accounts/<key>/collections/<hash>", "mark a collection as deleted")
def delete_collection(context: Context) -> dict[str, Any]:
    """Mark the collection as deleted: calls get code 43; its resource URLs live out their minute."""
    return shown(context, _changed(context, deleted=True))


@route("GET", "/__admin/accounts/<key>/collections/<hash>/statistics", "show the statistics of a collection")
def show_statistics(context: Context) -> Statistics:
    """The days that have any, each with its `date` and `pages`."""
    return collection_of(context).statistics


@route(
    "PUT",
    "/__admin/accounts/<key>/collections/<hash>/statistics",
    "replace the statistics of a collection: a list of days, each with its `date` and `pages`",
    body=Statistics,
)
def replace_statistics(context: Context) -> Statistics:
    """Replace all of them; days with the same `date` are summed."""
    return _changed(context, statistics=context.body(Statistics)).statistics


@route(
    "PUT",
    "/__admin/accounts/<key>/collections/<hash>/statistics/<date>",
    "set the statistics of one day; without `pages` those of its pages stay",
    body=DayFigures,
)
def set_day(context: Context) -> Statistics:
    """Set what happened on that day (YYYY-MM-DD), and keep all other days."""
    figures, date, known = context.body(DayFigures), _date(context), collection_of(context).statistics
    pages = tuple(page for day in known if day.date == date for page in day.pages)
    given = msgspec.structs.asdict(figures) | ({"pages": pages} if figures.pages is UNSET else {})
    return _with_days(context, [*_other_days(known, date), DayStatistics(date=date, **given)])


@route(
    "DELETE",
    "/__admin/accounts/<key>/collections/<hash>/statistics/<date>",
    "forget the statistics of one day",
)
def forget_day(context: Context) -> Statistics:
    """Forget what happened on that day (YYYY-MM-DD), and keep all other days."""
    return _with_days(context, _other_days(collection_of(context).statistics, _date(context)))


def _date(context: Context) -> datetime.date:
    text = context.args["date"]
    try:
        return msgspec.convert(text, Day)
    except msgspec.ValidationError:
        raise bad_request(f"{text[:40]!r} is not a date", "$.date", expected="YYYY-MM-DD") from None


def _other_days(days: Statistics, date: datetime.date) -> list[DayStatistics]:
    return [day for day in days if day.date != date]


def _with_days(context: Context, days: list[DayStatistics]) -> Statistics:
    ordered = tuple(sorted(days, key=lambda day: day.date))
    return _changed(context, statistics=ordered).statistics


def _changed(context: Context, **changes: Any) -> Collection:
    return context.account.keep(msgspec.structs.replace(collection_of(context), **changes))


def shown(context: Context, collection: Collection) -> dict[str, Any]:
    """The JSON representation of a collection."""
    fields = {name: getattr(collection, name) for name in (*SeedCollection.__struct_fields__, "deleted", "document")}
    fields["schedule"] = collection.schedule_text(context.account.behaviour)
    jobs = {"conversion": shown_conversion(context, collection), "job": shown_job(context, collection)}
    return fields | jobs


def _free_hash(known: dict[str, Collection]) -> str:
    # Seven characters that begin with f, like the vendor's.
    number = len(known) + 1
    while (candidate := f"f{number:06d}") in known:
        number += 1
    return candidate
