"""The checks of a call, in their order."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.addresses import API_PATHS, HOSTS, vendor_host
from flipsnack_mock.protocol.envelope import FORMATS, is_callback
from flipsnack_mock.protocol.errors import (
    BadRequest,
    InvalidAction,
    InvalidCredentials,
    InvalidSignature,
    Maintenance,
    MissingParameter,
    NotBuilt,
)
from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.protocol.parameters import parse_body, parse_query
from flipsnack_mock.protocol.signature import verify
from flipsnack_mock.state.limits import admit

VERBS = frozenset({"GET", "POST"})
REQUIRED = ("apiKey", "signature", "action")
_REQUIRED = {name: [one.name for one in method.parameters if one.required] for name, method in METHODS.items()}


def _well_formed(call: Call) -> None:
    request = call.request
    params = parse_query(request.query)
    if request.method == "POST":
        fields = parse_body(request.body, request.content_type)
        if twice := params.keys() & fields.keys():
            raise BadRequest(f"{min(twice)[:60]!r} is in the query and in the body", rule="request.duplicate-parameter")
        params |= fields
    call.params = call.entry.params = params
    call.entry.fmt = _renderable(params)
    if request.path not in API_PATHS:
        raise BadRequest(f"the path is {request.path[:80]!r}, the API is at /v1", rule="request.path")
    if request.method not in VERBS:
        raise BadRequest(f"the API knows GET and POST, not {request.method[:20]}", rule="request.other-verbs")


def _renderable(params: dict[str, str]) -> str:
    """The format of an answer that is given before `format` and `callback` are checked: JSON when they are wrong."""
    fmt = params.get("format") or "json"
    if fmt not in FORMATS or (fmt == "jsonp" and not is_callback(params.get("callback", ""))):
        return "json"
    return fmt


def _format(call: Call) -> None:
    fmt = call.params.get("format") or "json"
    if fmt not in FORMATS:
        raise BadRequest(f"the format is {fmt[:40]!r}, expected json, jsonp or xml", rule="format.unknown")
    if fmt != "jsonp":
        return
    callback = call.params.get("callback")
    if not callback:
        raise MissingParameter("format=jsonp needs the parameter callback", rule="callback.required")
    if not is_callback(callback):
        raise BadRequest(f"{callback[:60]!r} is not a path of JavaScript identifiers", rule="callback.identifier")


def _open(call: Call) -> None:
    # The account may be in maintenance alone, so it is looked up before the check of the key.
    key = call.params.get("apiKey")
    account = call.world.find(key) if key else None
    if account is not None:
        call.belongs_to(account, call.params.get("action", ""), call.params.get("collectionHash", ""))
    if call.world.maintenance or (account is not None and account.maintenance):
        raise Maintenance("maintenance is switched on")


def _complete(call: Call) -> None:
    _require(call.params, REQUIRED)


def _require(params: dict[str, str], names: Iterable[str]) -> None:
    for name in names:
        if not params.get(name):
            if name in params:
                raise MissingParameter(f"the parameter {name} is empty", rule="request.empty-is-missing")
            raise MissingParameter(f"the parameter {name} is absent")


def _key(call: Call) -> None:
    if call.owner is None:
        raise InvalidCredentials("no account has this API key")


def _limits(call: Call) -> None:
    admit(call.account.counted, call.now, call.behaviour)


def _action(call: Call) -> None:
    action = call.params["action"]
    if action in UNBUILT:
        raise NotBuilt(action)
    if action not in METHODS:
        raise InvalidAction(f"{action[:60]!r} is not a method of the API")


def _verb(call: Call) -> None:
    method, verb = METHODS[call.params["action"]], call.request.method
    host = vendor_host(call.request.host)
    if host not in (None, method.host):
        raise BadRequest(f"{method.name} is served by {HOSTS[method.host]}")
    if verb == "POST" and method.verb == "GET" and not call.behaviour.lenient_post:
        raise BadRequest("this method uploads no file and is called by GET", rule="request.get-for-reads")
    if verb == "GET" and method.verb == "POST":
        raise BadRequest(f"{method.name} is called by POST")


def _signature(call: Call) -> None:
    params, uppercase = call.params, call.behaviour.uppercase_signatures
    if not verify(call.account.secret, params, params["signature"], uppercase=uppercase):
        raise InvalidSignature("the signature does not match the parameters")


def _parameters(call: Call) -> None:
    action = call.params["action"]
    _require(call.params, _REQUIRED[action])
    for one in METHODS[action].parameters:
        if (value := call.params.get(one.name)) and not one.accepts(value):
            raise BadRequest(f"{one.name} is {value[:60]!r}, expected {one.expected}")


class Check(NamedTuple):
    """One check of a call; `run` raises the error that the call is answered with."""

    name: str
    run: Callable[[Call], None]


# The order is the rule `order.checks` of the ledger. Last, each method checks the collection itself.
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
