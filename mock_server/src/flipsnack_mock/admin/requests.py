"""Routes for the journal: list, count, show, wait, verify, export, clear."""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.listing import json_list, pieces
from flipsnack_mock.admin.long_poll import Wait, length_of, let_go, work
from flipsnack_mock.admin.routes import Context, bad_request, parse_query, route
from flipsnack_mock.inspect.har import har
from flipsnack_mock.inspect.masking import mask_of
from flipsnack_mock.inspect.matching import Matcher, NearMiss, nearest
from flipsnack_mock.inspect.ndjson import trace
from flipsnack_mock.inspect.records import records_of
from flipsnack_mock.inspect.verification import Expectation, verify
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.world import World

MAX_WAIT_SECONDS = 300
MAX_COMPARISONS = 1_000_000
"""How many expectations times requests one verification may compare."""

_LOOKED_AT = 1000
_MOST_EXPLAINED = 20


class ListQuery(Matcher, frozen=True, kw_only=True):
    """The query of a list: a matcher, and the maximum number of entries."""

    limit: Annotated[int, Meta(ge=0, le=1_000_000)] = 100


class TraceQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The query of a trace: the key of one account, or none for all."""

    key: str | None = None


class WaitQuery(Matcher, frozen=True, kw_only=True):
    """The query of a wait: a matcher, the number of entries, and the timeout in real seconds."""

    count: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    timeout: Annotated[float, Meta(ge=0, le=MAX_WAIT_SECONDS)] = 30


class Expectations(msgspec.Struct, forbid_unknown_fields=True):
    """The expectations to verify; all must hold."""

    expectations: Annotated[list[Expectation], Meta(min_length=1, max_length=1000)]


@route(
    "GET",
    "/__admin/requests",
    "list the journal: filters key, kind, action, hash, code, status, fault, since, …",
    query=ListQuery,
)
def list_requests(context: Context) -> Any:
    """Matching entries, oldest first: the latest `limit`, or with `since` the first `limit` after that entry."""
    matcher = parse_query(context.query, ListQuery)
    world, entries, latest = context.world, _entries(context, matcher.key), _latest(context)
    dropped = world.journal.dropped(matcher.key)

    def answer() -> HttpResponse:
        found = list(filter(matcher.matches, entries))
        kept = found[: matcher.limit] if matcher.since else found[max(0, len(found) - matcher.limit) :]
        near = [] if found else _near(world, matcher, latest)
        return json_list("requests", records_of(world, kept), matched=len(found), dropped=dropped, nearest=near)

    return work(answer, size=length_of(entries))


@route("GET", "/__admin/requests/count", "count the entries that match; filters as in the list", query=Matcher)
def count_requests(context: Context) -> Any:
    """How many entries match, and how many of the key (or of all keys) were dropped."""
    matcher = parse_query(context.query, Matcher)
    entries, dropped = _entries(context, matcher.key), context.world.journal.dropped(matcher.key)
    return work(lambda: {"count": sum(map(matcher.matches, entries)), "dropped": dropped}, size=length_of(entries))


@route(
    "GET",
    "/__admin/requests/wait",
    "wait until `count` entries match, at most `timeout` seconds; filters as above",
    query=WaitQuery,
)
def wait_for_requests(context: Context) -> Any:
    """Matching entries as soon as there are enough; `complete` is false after a timeout."""
    matcher = parse_query(context.query, WaitQuery)
    world, entries = context.world, _entries(context, matcher.key)
    if matcher.timeout and not context.waited:
        return Wait(world, matcher, entries, count=matcher.count, seconds=matcher.timeout)
    latest = _latest(context)

    def answer() -> HttpResponse:
        found = list(filter(matcher.matches, entries))
        is_complete = len(found) >= matcher.count
        near = [] if is_complete else _near(world, matcher, latest)
        records = records_of(world, found[-matcher.count :])
        return json_list("requests", records, complete=is_complete, count=len(found), nearest=near)

    return work(answer, size=length_of(entries))


@route("POST", "/__admin/requests/verify", "verify expectations about the requests", body=Expectations)
def verify_requests(context: Context) -> Any:
    """For each expectation: whether it holds, the counted entries, and near misses if there were too few."""
    expectations, world = context.body(Expectations).expectations, context.world
    entries = tuple(world.journal.entries())
    size = len(expectations) * len(entries)
    if size > MAX_COMPARISONS:
        message = f"{len(expectations)} expectations about {len(entries)} requests are too many at once"
        expected = f"at most {MAX_COMPARISONS // len(entries)}; or clear the journal first"
        raise bad_request(message, "$.expectations", expected=expected)
    return work(lambda: _verified(world, expectations, entries), size=max(size, length_of(entries)))


def _verified(world: World, expectations: list[Expectation], entries: tuple[Entry, ...]) -> dict[str, Any]:
    # Each is compared many times.
    entries = tuple(entry.expanded() for entry in entries)
    findings = [verify(expectation, entries) for expectation in expectations]
    unmet = {id(finding) for finding in [one for one in findings if one.is_short][:_MOST_EXPLAINED]}
    shown = [
        {
            "ok": finding.ok,
            "sentence": finding.sentence,
            "found": len(finding.found),
            "requests": [entry.id for entry in finding.found],
            "nearest": [_shown_miss(world, miss) for miss in finding.nearest()] if id(finding) in unmet else [],
        }
        for finding in findings
    ]
    return {"ok": all(finding.ok for finding in findings), "expectations": shown}


@route(
    "GET",
    "/__admin/requests.ndjson",
    "export the journal as lines of JSON; of one account with ?key=",
    query=TraceQuery,
)
def export_ndjson(context: Context) -> Any:
    """A header, then a line for each request; secrets and signatures are masked."""
    key, world = parse_query(context.query, TraceQuery).key, context.world
    entries, dropped = list(world.journal.entries(key)), world.journal.dropped(key)
    return work(lambda: _file(trace(world, entries, key, dropped), "application/x-ndjson"), size=length_of(entries))


@route("GET", "/__admin/requests.har", "export the journal as HAR 1.2; filters as in the list", query=Matcher)
def export_har(context: Context) -> Any:
    """An HTTP archive. Secrets and signatures are masked."""
    matcher, world = parse_query(context.query, Matcher), context.world
    entries = _entries(context, matcher.key)
    found = filter(matcher.matches, entries)
    return work(lambda: _file(har(records_of(world, found)), "application/json"), size=length_of(entries))


@route("GET", "/__admin/requests/<id>", "show one entry of the journal")
def show_request(context: Context) -> Any:
    """The record of one request."""
    return next(records_of(context.world, [entry_of(context)]))


@route("DELETE", "/__admin/requests", "empty the journal; the accounts stay as they are", status=204)
def delete_requests(context: Context) -> Any:
    """Clear the journal of every account."""
    removed = context.world.journal.clear()
    return work(lambda: let_go([removed]), size=len(removed))


@route("DELETE", "/__admin/accounts/<key>/requests", "empty the journal of one account", status=204)
def delete_account_requests(context: Context) -> None:
    """Clear the journal of this account."""
    context.world.journal.forget(context.account.key)


def entry_of(context: Context) -> Entry:
    """The entry named in the path; raises `Refused` (404) if there is none."""
    entry = context.world.journal.find(context.args["id"])
    if entry is None:
        message = f"the journal has no entry {context.args['id'][:40]!r}; it may have been dropped"
        raise Refused(404, "not_found", message, dropped=context.world.journal.dropped())
    return entry


def _entries(context: Context, key: str | None) -> list[Entry]:
    """The entries among which those of a matcher of `key` are."""
    journal = context.world.journal
    if key is None:
        return list(journal.entries())
    # Requests with an unknown key are in a shared ring.
    return list(heapq.merge(journal.entries(key), journal.entries(NOBODY), key=lambda entry: entry.number))


def _latest(context: Context) -> list[Entry]:
    return list(deque(context.world.journal.entries(), maxlen=_LOOKED_AT))


def _near(world: World, matcher: Matcher, latest: list[Entry]) -> list[Mapping[str, Any]]:
    return [_shown_miss(world, miss) for miss in nearest(matcher, latest)]


def _shown_miss(world: World, miss: NearMiss) -> Mapping[str, Any]:
    mask = mask_of(world, miss.entry)
    differs = [
        msgspec.structs.replace(one, got=mask.whole(one.got)) if isinstance(one.got, str) else one
        for one in miss.differs
    ]
    return {"id": miss.entry.id, "differs": differs, "sentence": "; ".join(map(str, differs))}


def _file(lines: Iterable[bytes], content_type: str) -> HttpResponse:
    return HttpResponse([*pieces(lines)], 200, content_type=f"{content_type}; charset=utf-8")
