"""The checks that follow from the table of methods, on methods that only a table of this test has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.contract.ledger import messages
from flipsnack_contract.contract.methods import Method, Parameter, every_method, methods
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.target import Reply, Request
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest

ORDER = Parameter(name="order", type="string", allowed=("asc", "desc"))
FOLD = Method(
    name="collection.foldPages",
    host="upload",
    verb="POST",
    idempotent=False,
    read_only=False,
    parameters=(
        Parameter(name="pages", type="number", required=True),
        ORDER,
    ),
)
SHELF = Method(
    name="shelf.getList",
    host="api",
    verb="GET",
    idempotent=True,
    read_only=True,
    parameters=(
        ORDER,
        Parameter(name="limit", type="number"),
    ),
)
KEY = Credentials("key-of-fold", "a secret")
ONE_ROW = Plan(examples=1, rows=1)


@dataclass
class TableServer:
    """Answers by the table and nothing else; the checks named in `left_out` are missing from it."""

    methods: Sequence[Method]
    left_out: frozenset[str] = frozenset()
    called: list[str] = field(default_factory=list)
    base_url: str = "http://table.test/v1/"
    over_socket: bool = False

    def send(self, request: Request) -> Reply:
        """The answer of the first check that refuses, else 20."""
        query = request.body.decode() if request.method == "POST" else urlsplit(request.url).query
        sent = dict(parse_qsl(query, keep_blank_values=True))
        self.called.append(sent.get("action", ""))
        code = next((code for name, code in self._checks(request, sent) if name not in self.left_out), 20)
        body = json.dumps({"code": code, "status": messages()[code], **({"data": {}} if code == 20 else {})})
        return Reply(200, {"content-type": "application/json"}, body.encode())

    def _checks(self, request: Request, sent: dict[str, str]) -> list[tuple[str, int]]:
        called = next((one for one in self.methods if one.name == sent.get("action")), None)
        if not all(sent.get(name) for name in ("apiKey", "signature", "action")):
            return [("required", 30)]
        if called is None:
            return [("action", 42)]
        refusals = {
            "verb": (request.method != called.verb, 40),
            "signature": (
                sent["signature"] != sign(KEY.secret, [pair for pair in sent.items() if pair[0] != "signature"]),
                44,
            ),
            "required": (not all(sent.get(name) for name in called.required), 30),
            "value": (any(sent.get(one.name) in one.wrong_values for one in called.parameters), 40),
        }
        return [(name, code) for name, (refuses, code) in refusals.items() if refuses]


def _of(server: TableServer) -> TargetUnderTest:
    return TargetUnderTest(server, credentials=KEY, methods=tuple(server.methods), per_minute=0)


def _check(name: str) -> Check:
    (found,) = [one for one in ALL if one.name == name]
    return found


ALL = server_checks((*methods(), FOLD, SHELF))
GENERIC = {
    "code.30/missing-parameter-is-30": "required",
    "request.empty-is-missing/an-empty-required-parameter-is-30": "required",
    "parameter.value/wrong-value-is-40": "value",
    "request.post-for-uploads/get-of-an-upload-is-40": "verb",
    "code.42/nearly-a-method-is-42": "action",
    "code.44/wrong-signature-is-44": "signature",
    "signature.lower-case/signature-is-compared-exactly": "signature",
    "signature.empty-values/empty-value-is-signed-by-its-name": "signature",
}


ENTRIES = [(one, name) for one in (FOLD, SHELF) for name in GENERIC if (_check(name).methods or every_method)(one)]


@pytest.mark.parametrize(("method", "name"), ENTRIES, ids=str)
def test_a_method_of_the_table_is_checked_without_code(method: Method, name: str) -> None:
    """A generic check passes a server that keeps the table, and calls the method; no code but the entry is needed."""
    server = TableServer([method])
    result = run_check(_check(name), _of(server), ONE_ROW)
    assert (Outcome.PASSED, "") == (result.outcome, result.message)
    assert any(method.name in action for action in server.called)


@pytest.mark.parametrize(("method", "name"), ENTRIES, ids=str)
def test_a_server_that_ignores_an_entry_of_the_table_is_found(method: Method, name: str) -> None:
    """The check fails where the server does not enforce that part of the entry."""
    server = TableServer([method], frozenset({GENERIC[name]}))
    result = run_check(_check(name), _of(server), ONE_ROW)
    assert (Outcome.FAILED, repr(method)) == (result.outcome, result.counterexample["method"])


def test_a_check_for_no_method_of_the_table_is_not_there() -> None:
    """It would be skipped always."""
    left_out = {one.rule.id for one in ALL} - {one.rule.id for one in server_checks((SHELF,))}
    assert {"request.post-for-uploads", "code.34", "conversion.states", "list.count"} <= left_out
