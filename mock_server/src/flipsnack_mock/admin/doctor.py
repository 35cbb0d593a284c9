"""The signature doctor: the diagnosis of a request in the journal, and of any URL or parameters.

What is diagnosed is taken out of the world first; the search itself holds nobody up.
"""

from __future__ import annotations

from typing import Any

import msgspec

from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.requests import entry_of
from flipsnack_mock.admin.routes import Context, route
from flipsnack_mock.doctor import diagnose
from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.cases import case_of_entry, case_of_params, case_of_url
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.inspect.provenance import passed_checks
from flipsnack_mock.inspect.records import API, kind_of, records_of
from flipsnack_mock.protocol.checks import STEPS
from flipsnack_mock.protocol.errors import BadRequest, Refused
from flipsnack_mock.state.journal import Entry


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """The body that asks about a request: its `url`, or its `params` as pairs or as an object.

    `key` and `secret` are those of the account, if not those that this server knows for the `apiKey` in it.
    """

    url: str | None = None
    params: list[tuple[str, str]] | dict[str, str] | None = None
    key: str | None = None
    secret: str | None = None


@route(
    "GET", "/__admin/requests/<id>/diagnosis", "say why a request was answered as it was, and why a signature is wrong"
)
def diagnose_request(context: Context) -> dict[str, Any] | Work:
    """The checks with their outcome, the rule that decided with its text, and the finding on the signature."""
    entry = entry_of(context)
    told = {
        "request": records_of(context.world, [entry])[0],
        "checks": _checks(entry),
        "rule": next((rule for rule in ledger()["rule"] if rule["id"] == entry.rule), None),
        "signature": None,
    }
    case = _case_of(context, entry)
    return told if case is None else Work(lambda: told | {"signature": diagnose(case)})


@route("POST", "/__admin/explain", "diagnose the signature of any URL or parameters", body=Question)
def explain(context: Context) -> Work:
    """The finding on the signature; 400 when the API could not read the request at all."""
    asked = context.body(Question)
    if (asked.url is None) == (asked.params is None):
        message = "the body names a url or params, one of the two"
        raise Refused(400, "bad_request", message, path="$.url", expected="one of url and params")
    try:
        case = _case(context, asked)
    except BadRequest as refusal:
        path = "$.params" if asked.url is None else "$.url"
        message = f"the API would answer code 40, Bad request: {refusal.detail}"
        raise Refused(
            400, "bad_request", message, path=path, expected="readable parameters", rule=refusal.rule
        ) from None
    return Work(lambda: diagnose(case))


def _case(context: Context, asked: Question) -> Case:
    if asked.url is not None:
        return case_of_url(context.world, asked.url, key=asked.key, secret=asked.secret)
    pairs = asked.params.items() if isinstance(asked.params, dict) else asked.params or ()
    return case_of_params(context.world, pairs, key=asked.key, secret=asked.secret)


def _checks(entry: Entry) -> list[dict[str, str]]:
    passed = passed_checks(entry)
    if kind_of(entry) != API:
        return [{"name": "resource-url", "outcome": "passed" if passed else "failed"}]
    outcomes = dict.fromkeys(passed, "passed") | ({entry.failed: "failed"} if entry.failed else {})
    return [{"name": name, "outcome": outcomes.get(name, "not reached")} for name in STEPS]


def _case_of(context: Context, entry: Entry) -> Case | None:
    """Nothing for a download, and for a request that could not be read or is not kept whole."""
    if kind_of(entry) != API or not entry.params or entry.cut:
        return None
    return case_of_entry(context.world, entry)
