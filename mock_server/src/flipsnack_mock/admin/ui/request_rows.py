"""The requests on the page: each with its reason, what to do about it, and the details of the open one."""

from collections.abc import Mapping, Sequence

import msgspec

from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.faults import fault_label
from flipsnack_mock.admin.ui.query import PageQuery
from flipsnack_mock.admin.ui.remediation import remediation
from flipsnack_mock.admin.ui.repeat import repeat_of
from flipsnack_mock.admin.ui.request_list import Listing, listing
from flipsnack_mock.admin.ui.snippets import Snippet, snippets
from flipsnack_mock.doctor.diagnosis import Diagnosis
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World


class RequestRow(msgspec.Struct, frozen=True):
    """A request: why it was refused, what to do about it, and its details if it is `open`."""

    record: Record
    refused: bool
    why: str
    todo: str
    fault: str = ""
    open: bool = False
    diagnosis: Diagnosis | None = None
    snippets: Sequence[Snippet] = ()


class RequestRows(msgspec.Struct, frozen=True):
    """The rows of one page of the list.

    `apart` is the open request where the list does not hold it. `missing` says why the asked request cannot be shown,
    `elsewhere` is the key of the account that it belongs to.
    """

    listing: Listing
    rows: Sequence[RequestRow]
    apart: RequestRow | None = None
    missing: str = ""
    elsewhere: str = ""


def request_rows(
    world: World,
    account: Account,
    entries: Sequence[Entry],
    query: PageQuery,
    *,
    labels: Mapping[str, str],
    base_url: str,
    cache: PageCache,
) -> RequestRows:
    """The rows that `query` asks for among `entries`; `labels` has the shown names of faults by id."""
    part = listing(entries, query, labels)
    asked = next((entry for entry in entries if entry.id == query.request), None)
    is_listed = asked is None or asked in part.entries
    shown = list(part.entries) if asked is None or is_listed else [asked, *part.entries]
    wrong = [entry for entry in shown if entry.failed == "signature"]
    found = cache.diagnoses(world, wrong, query.request)
    rows = [
        _row(entry, record, found.get(entry.number), fault_label(record.fault, labels))
        for entry, record in zip(shown, records_of(world, shown), strict=True)
    ]
    rows = [_opened(row, account, base_url) if row.record.id == query.request else row for row in rows]
    missing, elsewhere = ("", "") if asked or not query.request else _missing(world, query.request)
    apart = None if is_listed else rows[0]
    return RequestRows(part, rows if apart is None else rows[1:], apart, missing, elsewhere)


def _row(entry: Entry, record: Record, found: Diagnosis | None, fault: str) -> RequestRow:
    why = found.summary if found else record.detail
    refused = bool(entry.failed or entry.detail)
    return RequestRow(record, refused, why, _doctor_fix(found) or remediation(record), fault, diagnosis=found)


def _opened(row: RequestRow, account: Account, base_url: str) -> RequestRow:
    secret = account.secret if row.record.key == account.key else None
    call = repeat_of(row.record, secret=secret, base_url=base_url)
    return msgspec.structs.replace(row, open=True, snippets=snippets(call) if call else ())


def _missing(world: World, asked: str) -> tuple[str, str]:
    """Why the asked request is not among those of the account, and the account that it belongs to."""
    entry = world.journal.find(asked)
    if entry is not None and entry.key:
        return f"The request {entry.id} belongs to the account {entry.key}.", entry.key
    return f"The journal has no request {asked[:20]}: it was dropped or cleared, or there never was one.", ""


def _doctor_fix(found: Diagnosis | None) -> str:
    """The fix for the likeliest cause."""
    return " ".join(made.fix for made in found.causes[0].mistakes) if found and found.causes else ""
