"""The collections of an account as the page shows them: jobs, conversions, documents, statistics, and calls to make."""

from collections.abc import Mapping, Sequence

import msgspec

from flipsnack_mock.admin.ui.query import first_row
from flipsnack_mock.admin.ui.repeat import download_call, query_text
from flipsnack_mock.admin.ui.timeline import TimelineRow, Window, timeline_row
from flipsnack_mock.api.methods.get_embed import player_path
from flipsnack_mock.protocol.instants import month_of
from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.jobs import State, legal_targets
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.magic import magic
from flipsnack_mock.state.statistics import DayStatistics, totals

MOST_COLLECTIONS = 40
MOST_DAYS = 31
CREATE = "collection.create"


class CollectionRow(msgspec.Struct, frozen=True):
    """A collection with the timeline of its package's job, its conversion, and the states both can be forced into.

    `title` is its own, or for a magic hash what that does. `days` are the latest ones with statistics, and `sums` those
    of all days. `package` is the query of a signed call for its package, `player` the address of its player, both
    relative to the page. `refused` says that a magic hash gives a code in place of the state.
    """

    collection: Collection
    title: str
    magic: bool
    refused: bool
    schedule: str
    line: TimelineRow
    legal: Sequence[State]
    conversion: str
    convertible: Sequence[str]
    days: Sequence[DayStatistics]
    sums: dict[str, int]
    package: str
    player: str


class CollectionList(msgspec.Struct, frozen=True):
    """A part of the `count` collections, beginning with number `first`: the one that was asked for last comes first."""

    rows: Sequence[CollectionRow]
    first: int
    count: int


def collection_list(
    account: Account, window: Window, entries: Mapping[str, Sequence[Entry]], wanted: int
) -> CollectionList:
    """The part with the row `wanted`; `entries` has the requests for each collection by its hash."""
    known = sorted(account.collections.values(), key=lambda item: -_begun(item))
    first = first_row(wanted, len(known), MOST_COLLECTIONS)
    shown = known[first : first + MOST_COLLECTIONS]
    rows = [collection_row(item, account, window, entries.get(item.hash, ())) for item in shown]
    return CollectionList(rows, first, len(known))


def collection_row(item: Collection, account: Account, window: Window, entries: Sequence[Entry]) -> CollectionRow:
    """The row of one collection; `entries` are the requests for it."""
    line = timeline_row(item, account.behaviour, window, entries)
    conversion = item.conversion_state(window.now)
    call = download_call(account.key, item.hash, account.secret, "../v1/")
    meant = magic(item.hash)
    return CollectionRow(
        collection=item,
        title=item.title if meant is None else meant.does,
        magic=meant is not None,
        refused=meant is not None and meant.error is not None and line.state is State.PROCESSING,
        schedule=item.job.schedule or item.schedule_text(account.behaviour),
        line=line,
        legal=[] if item.deleted else legal_targets(line.state),
        conversion=conversion.lower(),
        convertible=[] if item.deleted else [state.lower() for state in legal_targets(conversion)],
        days=sorted(item.statistics, key=lambda day: day.date)[-MOST_DAYS:],
        sums=totals(item.statistics),
        package=f"{call.url}?{query_text(call.signed)}",
        player=f"..{player_path(account.key, item.hash)}",
    )


def _begun(item: Collection) -> int:
    """When the package was first asked for, or the conversion began, whichever was later."""
    jobs = [item.job] if item.conversion is None else [item.job, item.conversion]
    return max(job.started_at or 0 for job in jobs)


class UploadForm(msgspec.Struct, frozen=True):
    """The form that uploads a document to the API itself: its fields beside the file, which no signature covers.

    `made` uploads count in the current month, `left` are still allowed of `limit`.
    """

    fields: dict[str, str]
    made: int
    left: int
    limit: int


def upload_form(account: Account, now: int) -> UploadForm:
    """The form of an account, signed."""
    fields = {"action": CREATE, "apiKey": account.key}
    signed = fields | {"signature": sign(account.secret, fields)}
    made = account.uploads.get(month_of(now), 0)
    return UploadForm(signed, made, account.uploads_left(now), account.behaviour.uploads_per_month)
