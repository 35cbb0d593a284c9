"""The door: every request to the vendor's surface goes through `handle`, and nothing else answers one.

No Flask, clock, chance, file or environment in here or below. A request changes the state of one account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flipsnack_mock.api import resource_urls
from flipsnack_mock.api.fault_injection import STEP as FAULT
from flipsnack_mock.api.fault_injection import Arranged, Disturbance, Diverted, refusal_response
from flipsnack_mock.api.operations import OPERATIONS, UNBUILT
from flipsnack_mock.documents.archive import build_package
from flipsnack_mock.faults import PACKAGE_ACTION, FaultTarget
from flipsnack_mock.protocol.byte_ranges import package_response
from flipsnack_mock.protocol.envelope import FORMATS, NOSNIFF, Answer, Tree, is_callback, render
from flipsnack_mock.protocol.errors import (
    ApiError,
    BadRequest,
    InvalidAction,
    InvalidCredentials,
    InvalidSignature,
    Maintenance,
    MissingParameter,
    NotBuilt,
    Refused,
)
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.protocol.parameters import parse_body, parse_query
from flipsnack_mock.protocol.signature import verify
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.limits import admit
from flipsnack_mock.state.magic import magic_fault
from flipsnack_mock.state.world import World

__all__ = ["CHECKS", "Check", "handle"]

PATHS = frozenset({"/v1", "/v1/"})
VERBS = frozenset({"GET", "POST"})
DOWNLOAD_VERBS = frozenset({"GET", "HEAD"})
REQUIRED = ("apiKey", "signature", "action")


def handle(request: Request, world: World) -> Response:
    """Answer `request`: a call of the API, or the download of a package from its resource URL."""
    with world.lock:
        call = _Call(request, world)
        deliver = _package if request.path.startswith(resource_urls.PREFIX) else _answer
        try:
            response = deliver(call)
        except Diverted as diversion:
            response = diversion.response
        except Refused as refusal:
            call.entry.detail = refusal.message
            response = refusal_response(refusal, call.entry)
        if call.disturbance is not None:
            response = call.disturbance.disturbed(response)
        call.entry.sent = response.sent
        world.journal.append(call.entry)
        return response


class _Call:
    """One request on its way: what is known of it so far."""

    __slots__ = ("account", "behaviour", "disturbance", "entry", "now", "params", "request", "world")

    def __init__(self, request: Request, world: World) -> None:
        self.request = request
        self.world = world
        self.params: dict[str, str] = {}
        self.account: Account | None = None
        self.disturbance: Disturbance | None = None
        self.behaviour = world.behaviour
        self.now = request.at
        self.entry = Entry(world.journal.next_number(), request, request.at, NOBODY, self.params)

    def belongs_to(self, account: Account, action: str, collection_hash: str) -> None:
        """From here on the request is one of `account`, on its clock, with its settings and faults."""
        self.account, self.behaviour = account, account.behaviour
        self.now = account.now(self.request.at)
        self.entry.key, self.entry.now = account.key, self.now
        if account.faults or magic_fault(collection_hash) is not None:
            seen = FaultTarget(action, collection_hash, self.params, has_body=self.request.method != "HEAD")
            self.disturbance = Disturbance(account, seen, self.entry)
            self.disturbance.meet("request")


# --- calls of the API ------------------------------------------------------------------------------------------------


def _answer(call: _Call) -> Response:
    entry = call.entry
    try:
        answer = Answer(20, "OK", _carry_out(call))
        entry.data = answer.data
    except ApiError as refusal:
        answer = Answer(refusal.code, refusal.message)
        entry.failed = FAULT if isinstance(refusal, Arranged) else STEPS[entry.passed]
        entry.detail, entry.rule = refusal.detail, refusal.rule
    entry.code = answer.code
    return Response(
        call.behaviour.http_statuses.get(answer.code, 200),
        FORMATS[entry.fmt].content_type,
        render(answer, entry.fmt, call.params.get("callback", "")),
        entry,
        (NOSNIFF,) if entry.fmt == "jsonp" else (),
    )


def _carry_out(call: _Call) -> Tree:
    for check in CHECKS:
        check.run(call)
        call.entry.passed += 1
    assert call.account is not None  # the check "key" saw to it
    operation = OPERATIONS[call.params["action"]]
    data = operation.run(call.account, call.params, call.now, call.request.origin)
    return data if call.disturbance is None else call.disturbance.link(data)


def _well_formed(call: _Call) -> None:
    request = call.request
    params = parse_query(request.query)
    if request.method == "POST":
        fields = parse_body(request.body, request.content_type)
        if twice := params.keys() & fields.keys():
            raise BadRequest(f"{min(twice)[:60]!r} is in the query and in the body", rule="request.duplicate-parameter")
        params |= fields
    call.params = call.entry.params = params
    call.entry.fmt = _renderable(params)
    if request.path not in PATHS:
        raise BadRequest(f"the path is {request.path[:80]!r}, the API is at /v1", rule="request.path")
    if request.method not in VERBS:
        raise BadRequest(f"the API knows GET and POST, not {request.method[:20]}", rule="request.other-verbs")


def _renderable(params: dict[str, str]) -> str:
    """The format an answer can have before `format` and `callback` are judged: what cannot be had becomes JSON."""
    fmt = params.get("format") or "json"
    if fmt not in FORMATS or (fmt == "jsonp" and not is_callback(params.get("callback", ""))):
        return "json"
    return fmt


def _format(call: _Call) -> None:
    fmt = call.params.get("format") or "json"
    if fmt not in FORMATS:
        raise BadRequest(f"the format is {fmt[:40]!r}, expected json, jsonp or xml", rule="format.unknown")
    if fmt != "jsonp":
        return
    callback = call.params.get("callback")
    if not callback:
        raise MissingParameter("format=jsonp needs the parameter callback", rule="callback.required")
    if not is_callback(callback):
        raise BadRequest(f"{callback[:60]!r} is no path of JavaScript identifiers", rule="callback.identifier")


def _open(call: _Call) -> None:
    # Maintenance comes before the key is judged, but the key says whether it is one account's maintenance.
    key = call.params.get("apiKey")
    account = call.world.find(key) if key else None
    if account is not None:
        call.belongs_to(account, call.params.get("action", ""), call.params.get("collectionHash", ""))
    if call.world.maintenance or (account is not None and account.maintenance):
        raise Maintenance("maintenance is switched on")


def _complete(call: _Call) -> None:
    _require(call.params, REQUIRED)


def _require(params: dict[str, str], names: tuple[str, ...]) -> None:
    for name in names:
        if not params.get(name):
            if name in params:
                raise MissingParameter(f"the parameter {name} is empty", rule="request.empty-is-missing")
            raise MissingParameter(f"the parameter {name} is absent")


def _key(call: _Call) -> None:
    if call.account is None:
        raise InvalidCredentials("no account has this API key")


def _limits(call: _Call) -> None:
    assert call.account is not None  # the check "key" saw to it
    admit(call.account.counted, call.now, call.behaviour)


def _action(call: _Call) -> None:
    action = call.params["action"]
    if action in UNBUILT:
        raise NotBuilt(action)
    if action not in OPERATIONS:
        raise InvalidAction(f"{action[:60]!r} is no method of the API")


def _verb(call: _Call) -> None:
    if call.request.method == "POST" and not call.behaviour.lenient_post:
        raise BadRequest("this method uploads no file and is called by GET", rule="request.get-for-reads")


def _signature(call: _Call) -> None:
    assert call.account is not None  # the check "key" saw to it
    params, uppercase = call.params, call.behaviour.uppercase_signatures
    if not verify(call.account.secret, params, params["signature"], uppercase=uppercase):
        raise InvalidSignature("the signature does not match the parameters")


def _parameters(call: _Call) -> None:
    _require(call.params, OPERATIONS[call.params["action"]].required)


class Check(NamedTuple):
    """One thing that is looked at before a request is carried out; it raises the error that belongs to it."""

    name: str
    run: Callable[[_Call], None]


# The order is a rule of its own: `order.checks` in the ledger. Each operation looks at its collection itself, last.
CHECKS = (
    Check("well-formed", _well_formed),
    Check("format", _format),
    Check("maintenance", _open),
    Check("required", _complete),
    Check("key", _key),
    Check("limits", _limits),
    Check("action", _action),
    Check("verb", _verb),
    Check("signature", _signature),
    Check("parameters", _parameters),
)
STEPS = (*(check.name for check in CHECKS), "collection")


# --- downloads from a resource URL -----------------------------------------------------------------------------------


def _package(call: _Call) -> Response:
    request, entry = call.request, call.entry
    entry.fmt = "zip"
    try:
        if request.method not in DOWNLOAD_VERBS:
            raise resource_urls.Denied("a package is fetched by GET or HEAD", rule="url.ranges")
        target = resource_urls.locate(request.path)
        account = call.world.find_by_id(target.account_id)
        if account is None:
            raise resource_urls.Denied("no account has this id")
        call.belongs_to(account, PACKAGE_ACTION, target.collection_hash)
        resource_urls.verify(account, request.path, origin=request.origin, query=request.query, now=call.now)
        collection = account.collections.get(target.collection_hash)
        if collection is None or collection.deleted:
            raise resource_urls.Denied("the collection is gone", rule="code.43")
        if collection.state(account.behaviour, call.now) is not State.COMPLETE:
            raise resource_urls.Denied("the package is not built: the account was reset")
    except resource_urls.Denied as denial:
        entry.failed, entry.detail, entry.rule = "resource-url", str(denial), denial.rule
        return Response(403, "application/xml", resource_urls.ACCESS_DENIED, entry)
    if call.disturbance is not None:
        call.disturbance.meet("zip")
    package = build_package(collection.hash, collection.title, collection.pages, collection.package_bytes)
    return package_response(package, entry)
