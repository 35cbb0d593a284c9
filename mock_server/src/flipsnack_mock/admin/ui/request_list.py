"""The list of requests on the page: which ones are selected, and the part of them that one page shows."""

import datetime
from collections.abc import Callable, Mapping, Sequence

import msgspec

from flipsnack_mock.admin.ui.query import PageQuery
from flipsnack_mock.inspect.records import collection_hash, params_of
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.state.journal import Entry

MOST_REQUESTS = 50

FILTERS: dict[str, Callable[[Entry], bool]] = {
    "all": lambda entry: bool(entry.key),
    "refused": lambda entry: bool(entry.key and (entry.failed or entry.detail)),
    "faulted": lambda entry: bool(entry.fault),
    "unknown key": lambda entry: not entry.key,
}
"""Filters of the list: the account's own requests, or those with an unknown (perhaps mistyped) key."""


class Listing(msgspec.Struct, frozen=True):
    """The entries that one page shows, newest first.

    `found` counts all selected ones, `first` is the place of the first one shown among them (from 1), and `fresh`
    counts those that came after the held list. `newer`, `older` and `oldest` are the values of the query's `older` for
    the neighbouring pages: None where there is none, 0 for the newest page.
    """

    entries: Sequence[Entry]
    found: int
    first: int
    fresh: int = 0
    newer: int | None = None
    older: int | None = None
    oldest: int | None = None


def listing(entries: Sequence[Entry], query: PageQuery, labels: Mapping[str, str]) -> Listing:
    """The part of `entries` (oldest first) that `query` asks for; `labels` has the shown names of faults by id."""
    selected = [entry for entry in reversed(entries) if _is_selected(entry, query, labels)]
    held = [entry for entry in selected if entry.number <= query.seen] if query.seen else selected
    numbers = [entry.number for entry in held]
    start = sum(number >= query.older for number in numbers) if query.older else 0
    stop = start + MOST_REQUESTS
    newer = None if start == 0 else numbers[start - MOST_REQUESTS - 1] if start > MOST_REQUESTS else 0
    return Listing(
        entries=held[start:stop],
        found=len(held),
        first=start + 1,
        fresh=len(selected) - len(held),
        newer=newer,
        older=numbers[stop - 1] if stop < len(numbers) else None,
        oldest=numbers[-MOST_REQUESTS - 1] if stop < len(numbers) else None,
    )


def _is_selected(entry: Entry, query: PageQuery, labels: Mapping[str, str]) -> bool:
    return (
        FILTERS.get(query.show, FILTERS["all"])(entry)
        and query.hash in ("", collection_hash(entry))
        and query.code in ("", _code(entry))
        and (not query.fault or query.fault in _fault_names(entry, labels))
        and _is_between(entry, query)
        and (not query.text or query.text.casefold() in _text(entry, labels))
    )


def _code(entry: Entry) -> str:
    """The code of the API, or the HTTP status of an answer that has none."""
    if entry.code is not None:
        return str(entry.code)
    return str(entry.response.http_status) if entry.response else ""


def _fault_names(entry: Entry, labels: Mapping[str, str]) -> list[str]:
    """The id and the kind of the fault that hit `entry`, and the name that the page shows."""
    return [*entry.fault.split(":"), labels.get(entry.fault.partition(":")[0], "")] if entry.fault else []


def _is_between(entry: Entry, query: PageQuery) -> bool:
    since, to = _instant(query.since), _instant(query.to)
    # The field of a browser has whole seconds: all of the last one belongs to the selection.
    return (since is None or since <= entry.now) and (to is None or entry.now < to + SECOND)


def _instant(text: str) -> int | None:
    """An instant as a browser's field has it, in UTC, or None."""
    try:
        return round(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None


def _text(entry: Entry, labels: Mapping[str, str]) -> str:
    """What is searched: the request, its parameters but for the signature, its answer, and why it was refused."""
    response, request = entry.response, entry.request
    body = response.body if response is not None and isinstance(response.body, bytes) else b""
    params = [f"{name}={value}" for name, value in params_of(entry).items() if name.lower() != "signature"]
    files = [file.file_name for file in request.files]
    parts = (entry.id, request.method, request.path, _code(entry), entry.detail, entry.rule, *params, *files)
    faults = _fault_names(entry, labels)
    return "\n".join((*parts, *faults, body.decode("utf-8", "replace"))).casefold()
