"""Routes for the journal: list, count, show, wait, verify, export, clear."""

import heapq
from collections import deque
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.long_poll import Wait
from flipsnack_mock.admin.routes import Context, parse_query, route
from flipsnack_mock.inspect.har import har
from flipsnack_mock.inspect.matching import Matcher, NearMiss, nearest
from flipsnack_mock.inspect.ndjson import trace
from flipsnack_mock.inspect.records import records_of
from flipsnack_mock.inspect.verification import Expectation, verify
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.journal import NOBODY, Entry

MAX_WAIT_SECONDS = 300
_LOOKED_AT = 1000


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
def list_requests(context: Context) -> dict[str, Any]:
    """Matching entries, oldest first: the latest `limit`, or with `since` the first `limit` after that entry."""
    matcher = parse_query(context.query, ListQuery)
    found = _found(context, matcher)
    kept = found[: matcher.limit] if matcher.since else found[max(0, len(found) - matcher.limit) :]
    return {
        "requests": records_of(context.world, kept),
        "matched": len(found),
        "dropped": context.world.journal.dropped(matcher.key),
        "nearest": [] if found else _near(context, matcher),
    }


@route("GET", "/__admin/requests/count", "count the entries that match; filters as in the list", query=Matcher)
def count_requests(context: Context) -> dict[str, int]:
    """How many entries match, and how many of the key (or of all keys) were dropped."""
    matcher = parse_query(context.query, Matcher)
    return {"count": len(_found(context, matcher)), "dropped": context.world.journal.dropped(matcher.key)}


@route(
    "GET",
    "/__admin/requests/wait",
    "wait until `count` entries match, at most `timeout` seconds; filters as above",
    query=WaitQuery,
)
def wait_for_requests(context: Context) -> dict[str, Any] | Wait:
    """Matching entries as soon as there are enough; `complete` is false after a timeout."""
    matcher = parse_query(context.query, WaitQuery)
    found = _found(context, matcher)
    missing = matcher.count - len(found)
    if missing > 0 and matcher.timeout and not context.waited:
        return Wait(context.world, matcher, missing, matcher.timeout)
    return {
        "complete": missing <= 0,
        "count": len(found),
        "requests": records_of(context.world, found[-matcher.count :]),
        "nearest": _near(context, matcher) if missing > 0 else [],
    }


@route("POST", "/__admin/requests/verify", "verify expectations about the requests", body=Expectations)
def verify_requests(context: Context) -> dict[str, Any]:
    """For each expectation: whether it holds, the counted entries, and near misses if there were too few."""
    entries = tuple(context.world.journal.entries())
    findings = [verify(expectation, entries) for expectation in context.body(Expectations).expectations]
    shown = [
        {
            "ok": finding.ok,
            "sentence": finding.sentence,
            "found": len(finding.found),
            "requests": [entry.id for entry in finding.found],
            "nearest": [_shown_miss(miss) for miss in finding.nearest],
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
def export_ndjson(context: Context) -> HttpResponse:
    """A header, then a line for each request; secrets and signatures are masked."""
    return _file(trace(context.world, parse_query(context.query, TraceQuery).key), "application/x-ndjson")


@route("GET", "/__admin/requests.har", "export the journal as HAR 1.2; filters as in the list", query=Matcher)
def export_har(context: Context) -> HttpResponse:
    """An HTTP archive. Secrets and signatures are masked."""
    matcher = parse_query(context.query, Matcher)
    return _file(har(records_of(context.world, _found(context, matcher))), "application/json")


@route("GET", "/__admin/requests/<id>", "show one entry of the journal")
def show_request(context: Context) -> Any:
    """The record of one request."""
    return records_of(context.world, [entry_of(context)])[0]


@route("DELETE", "/__admin/requests", "empty the journal; the accounts stay as they are", status=204)
def delete_requests(context: Context) -> None:
    """Clear the journal of every account."""
    context.world.journal.clear()


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


def _found(context: Context, matcher: Matcher) -> list[Entry]:
    journal = context.world.journal
    if matcher.key is None:
        entries = journal.entries()
    else:
        # Requests with an unknown key are in a shared ring.
        entries = heapq.merge(journal.entries(matcher.key), journal.entries(NOBODY), key=lambda entry: entry.number)
    return [entry for entry in entries if matcher.matches(entry)]


def _near(context: Context, matcher: Matcher) -> list[Mapping[str, Any]]:
    latest = deque(context.world.journal.entries(), maxlen=_LOOKED_AT)
    return [_shown_miss(miss) for miss in nearest(matcher, latest)]


def _shown_miss(miss: NearMiss) -> Mapping[str, Any]:
    return {"id": miss.entry.id, "differs": miss.differs, "sentence": "; ".join(str(one) for one in miss.differs)}


def _file(text: str, content_type: str) -> HttpResponse:
    return HttpResponse(text.encode(), 200, content_type=f"{content_type}; charset=utf-8")
