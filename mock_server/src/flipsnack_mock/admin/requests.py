"""The journal: list, count, show, wait for, verify, export and empty."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.clocks import Nothing
from flipsnack_mock.admin.long_poll import Wait
from flipsnack_mock.admin.routes import Context, Reply, parse_query, route
from flipsnack_mock.inspect.har import har
from flipsnack_mock.inspect.matching import Matcher, Miss, nearest
from flipsnack_mock.inspect.ndjson import trace
from flipsnack_mock.inspect.records import records_of
from flipsnack_mock.inspect.verification import Expectation, verify
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.journal import NOBODY, Entry

MAX_WAIT_SECONDS = 300
_LOOKED_AT = 1000


class Listing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What else a list takes beside the fields of a matcher: how many entries to show."""

    limit: Annotated[int, Meta(ge=0, le=1_000_000)] = 100


class OneAccount(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an export of a trace takes: the key of one account, or nothing for all."""

    key: str | None = None


class Patience(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What else a wait takes: for how many matching requests, and for how many real seconds at most."""

    count: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    timeout: Annotated[float, Meta(ge=0, le=MAX_WAIT_SECONDS)] = 30


class Expectations(msgspec.Struct, forbid_unknown_fields=True):
    """The body that verifies: all expectations must hold."""

    expectations: Annotated[list[Expectation], Meta(min_length=1, max_length=1000)]


@route(
    "GET",
    "/__admin/requests",
    "list the journal: filters key, kind, action, hash, code, status, fault, since, …",
    query=(Matcher, Listing),
)
def list_requests(context: Context) -> dict[str, Any]:
    """The entries that match, oldest first: the latest `limit`, or with `since` the first `limit` after that one."""
    matcher, listing = _matcher(context, Listing)
    found = _found(context, matcher)
    kept = found[: listing.limit] if matcher.since else found[max(0, len(found) - listing.limit) :]
    return {
        "requests": records_of(context.world, kept),
        "matched": len(found),
        "dropped": context.world.journal.dropped(matcher.key),
        "nearest": [] if found else _near(context, matcher),
    }


@route("GET", "/__admin/requests/count", "count the entries that match; filters as in the list", query=(Matcher,))
def count_requests(context: Context) -> dict[str, int]:
    """How many entries match, and how many of the key (or of all) were dropped for want of room."""
    matcher, _ = _matcher(context)
    return {"count": len(_found(context, matcher)), "dropped": context.world.journal.dropped(matcher.key)}


@route(
    "GET",
    "/__admin/requests/wait",
    "wait until `count` entries match, at most `timeout` seconds; filters as above",
    query=(Matcher, Patience),
)
def wait_for_requests(context: Context) -> dict[str, Any] | Wait:
    """The matching entries as soon as there are enough; `complete` is false when time ran out before."""
    matcher, patience = _matcher(context, Patience)
    found = _found(context, matcher)
    missing = patience.count - len(found)
    if missing > 0 and patience.timeout and not context.waited:
        return Wait(context.world, matcher, missing, patience.timeout)
    return {
        "complete": missing <= 0,
        "count": len(found),
        "requests": records_of(context.world, found[-patience.count :]),
        "nearest": _near(context, matcher) if missing > 0 else [],
    }


@route("POST", "/__admin/requests/verify", "verify expectations of what was sent", body=Expectations)
def verify_requests(context: Context) -> dict[str, Any]:
    """For each expectation whether it holds, what was counted, and near misses when that was too little."""
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
    query=(OneAccount,),
)
def export_ndjson(context: Context) -> HttpResponse:
    """A header, then a line for each request; secrets and signatures are masked."""
    return _file(trace(context.world, parse_query(context.query, OneAccount).key), "application/x-ndjson")


@route("GET", "/__admin/requests.har", "export the journal as HAR 1.2; filters as in the list", query=(Matcher,))
def export_har(context: Context) -> HttpResponse:
    """An HTTP archive for the tools that read such; secrets and signatures are masked."""
    matcher, _ = _matcher(context)
    return _file(har(records_of(context.world, _found(context, matcher))), "application/json")


@route("GET", "/__admin/requests/<id>", "show one entry of the journal")
def show_request(context: Context) -> Any:
    """Everything that is known of one request."""
    return records_of(context.world, [entry_of(context)])[0]


@route("DELETE", "/__admin/requests", "empty the journal; the accounts stay as they are")
def delete_requests(context: Context) -> Reply:
    """The journal of every account is empty."""
    context.world.journal.clear()
    return Reply(204, None)


@route("DELETE", "/__admin/accounts/<key>/requests", "empty the journal of one account")
def delete_account_requests(context: Context) -> Reply:
    """The journal of this account is empty."""
    context.world.journal.forget(context.account.key)
    return Reply(204, None)


def entry_of(context: Context) -> Entry:
    """The entry that the path names; raises `Refused` (404) when there is none."""
    entry = context.world.journal.find(context.args["id"])
    if entry is None:
        message = f"the journal has no entry {context.args['id'][:40]!r}; it may have been dropped"
        raise Refused(404, "not_found", message, dropped=context.world.journal.dropped())
    return entry


def _matcher(context: Context, other: Any = Nothing) -> tuple[Matcher, Any]:
    """The query as a matcher, and the rest of it as `other`."""
    own = {name: value for name, value in context.query.items() if name in other.__struct_fields__}
    rest = {name: value for name, value in context.query.items() if name not in own}
    return parse_query(rest, Matcher), parse_query(own, other)


def _found(context: Context, matcher: Matcher) -> list[Entry]:
    journal = context.world.journal
    if matcher.key is None:
        entries = journal.entries()
    else:
        # A request with a key that nobody has is not in that key's ring.
        entries = heapq.merge(journal.entries(matcher.key), journal.entries(NOBODY), key=lambda entry: entry.number)
    return [entry for entry in entries if matcher.matches(entry)]


def _near(context: Context, matcher: Matcher) -> list[Mapping[str, Any]]:
    latest = deque(context.world.journal.entries(), maxlen=_LOOKED_AT)
    return [_shown_miss(miss) for miss in nearest(matcher, latest)]


def _shown_miss(miss: Miss) -> Mapping[str, Any]:
    return {"id": miss.entry.id, "differs": miss.differs, "sentence": "; ".join(str(one) for one in miss.differs)}


def _file(text: str, content_type: str) -> HttpResponse:
    return HttpResponse(text.encode(), 200, content_type=f"{content_type}; charset=utf-8")
