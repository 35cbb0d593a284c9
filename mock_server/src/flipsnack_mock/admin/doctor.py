"""Routes for the signature doctor: diagnose a request in the journal, a URL, or parameters.

The case is read from the world first, so the search needs no lock and does not delay other requests.
"""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.requests import entry_of
from flipsnack_mock.admin.routes import Context, bad_request, route
from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.cases import case_of_entry, case_of_params, case_of_url
from flipsnack_mock.doctor.diagnosis import diagnose
from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.inspect.provenance import passed_checks
from flipsnack_mock.inspect.records import API, kind_of, records_of
from flipsnack_mock.protocol.checks import STEPS
from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.identifiers import Key, Secret
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES, MAX_PARTS
from flipsnack_mock.state.journal import Entry

Pairs = Annotated[list[tuple[str, str]], Meta(max_length=MAX_PARTS)]
Named = Annotated[dict[str, str], Meta(max_length=MAX_PARTS)]


_QUERY = re.compile("[=?]|://")
_EXPECTED = "the URL of a request, or its query, as action=…&apiKey=…&signature=…"


class ExplainQuery(msgspec.Struct, forbid_unknown_fields=True):
    """The request to diagnose: its `url`, or its `params` as pairs or as an object.

    `key` and `secret` override the account that this server knows for the `apiKey` in the request.
    """

    url: Annotated[str, Meta(max_length=MAX_BODY_BYTES)] | None = None
    params: Pairs | Named | None = None
    key: Key | None = None
    secret: Secret | None = None


@route("GET", "/__admin/requests/<id>/diagnosis", "explain the answer to a request, and why its signature is wrong")
def diagnose_request(context: Context) -> dict[str, Any] | Work:
    """Each check with its outcome, the deciding rule with its text, and the diagnosis of the signature."""
    entry = entry_of(context)
    diagnosis = {
        "request": next(records_of(context.world, [entry])),
        "checks": _checks(entry),
        "rule": rules().get(entry.rule),
        "signature": None,
    }
    case = _case_of(context, entry)
    return diagnosis if case is None else Work(lambda: diagnosis | {"signature": diagnose(case)})


@route("POST", "/__admin/explain", "diagnose the signature of any URL or parameters", body=ExplainQuery)
def explain(context: Context) -> Work:
    """The diagnosis of the signature; 400 if the API could not read the request."""
    query = context.body(ExplainQuery)
    if (query.url is None) == (query.params is None):
        message = "the body must contain either `url` or `params`"
        raise bad_request(message, "$.url", expected="either url or params")
    if query.url is not None and not _QUERY.search(query.url):
        raise bad_request(f"there is no query in it; expected {_EXPECTED}", "$.url", expected=_EXPECTED)
    try:
        case = _case(context, query)
    except BadRequest as refusal:
        path = "$.params" if query.url is None else "$.url"
        message = f"the API would answer code 40, Bad request: {refusal.detail}"
        raise bad_request(message, path, expected="readable parameters", rule=refusal.rule) from None
    return Work(lambda: diagnose(case))


def _case(context: Context, query: ExplainQuery) -> Case:
    if query.url is not None:
        return case_of_url(context.world, query.url, key=query.key, secret=query.secret)
    pairs = query.params.items() if isinstance(query.params, dict) else query.params or ()
    return case_of_params(context.world, pairs, key=query.key, secret=query.secret)


def _checks(entry: Entry) -> list[dict[str, str]]:
    passed = passed_checks(entry)
    if kind_of(entry) != API:
        return [{"name": "resource-url", "outcome": "passed" if passed else "failed"}]
    outcomes = dict.fromkeys(passed, "passed") | ({entry.failed: "failed"} if entry.failed else {})
    return [{"name": name, "outcome": outcomes.get(name, "not reached")} for name in STEPS]


def _case_of(context: Context, entry: Entry) -> Case | None:
    """None for a download, an unreadable request, or one that the journal does not keep completely."""
    if kind_of(entry) != API or not entry.params or entry.cut:
        return None
    return case_of_entry(context.world, entry)
