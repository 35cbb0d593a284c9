"""The checks of a call, in their order."""

from collections.abc import Callable, Iterable

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.collections import own_collection
from flipsnack_mock.protocol.addresses import API_PATHS, HOSTS, vendor_host
from flipsnack_mock.protocol.envelope import FORMATS, is_callback
from flipsnack_mock.protocol.errors import ApiError, BadRequest, Code, Refused
from flipsnack_mock.protocol.methods import METHODS, UNBUILT, Method
from flipsnack_mock.protocol.parameters import parameters_of
from flipsnack_mock.protocol.signature import verify
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.limits import admit

VERBS = frozenset({"GET", "POST"})
_REQUIRED = {name: [one.name for one in method.parameters if one.required] for name, method in METHODS.items()}
_OF_A_COLLECTION = frozenset(name for name, required in _REQUIRED.items() if "collectionHash" in required)


def _well_formed(call: Call) -> None:
    request = call.request
    params = parameters_of(request)
    call.params = call.entry.sent = params
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
        raise ApiError(Code.MISSING_PARAMETER, "format=jsonp needs the parameter callback", rule="callback.required")
    if not is_callback(callback):
        raise BadRequest(f"{callback[:60]!r} is not a path of JavaScript identifiers", rule="callback.identifier")


def _maintenance(call: Call) -> None:
    # The account may be in maintenance alone, so it is looked up before the check of the key.
    key = call.params.get("apiKey")
    account = call.world.find(key) if key else None
    if account is not None:
        call.belongs_to(account, call.params.get("action", ""), call.params.get("collectionHash", ""))
    if call.world.maintenance or (account is not None and account.maintenance):
        raise ApiError(Code.MAINTENANCE, "maintenance is switched on")


def _required(call: Call) -> None:
    _require(call.params, ("apiKey", "signature", "action"))


def _require(params: dict[str, str], names: Iterable[str]) -> None:
    for name in names:
        if name not in params:
            raise ApiError(Code.MISSING_PARAMETER, f"the parameter {name} is absent")
        if not params[name]:
            raise ApiError(Code.MISSING_PARAMETER, f"the parameter {name} is empty", rule="request.empty-is-missing")


def _key(call: Call) -> None:
    if call.owner is None:
        raise ApiError(Code.INVALID_CREDENTIALS, "no account has this API key")


def _limits(call: Call) -> None:
    admit(call.account.counted, call.now, call.behaviour)


_BY_SMALL_LETTERS = {name.lower(): name for name in METHODS}


def _action(call: Call) -> None:
    action = call.params["action"]
    if action in METHODS:
        return
    unbuilt = UNBUILT.get(action)
    if unbuilt is None or (unbuilt.retired and call.behaviour.retired_methods == 42):
        meant = _BY_SMALL_LETTERS.get(action.lower())
        hint = f"; did you mean {meant}? Names are case-sensitive" if meant else ""
        raise ApiError(Code.INVALID_ACTION, f"{action[:60]!r} is not a method of the API{hint}")
    raise Refused(501, "not_built", f"this fake does not imitate {action}: {unbuilt.why}", action=action)


def _verb(call: Call) -> None:
    method, verb = METHODS[call.params["action"]], call.request.method
    host = vendor_host(call.request.host)
    if host not in (None, method.host):
        raise _wrong_host(method, verb, call.behaviour)
    if verb == "POST" and method.verb == "GET" and not call.behaviour.lenient_post:
        raise BadRequest("this method uploads no file and is called by GET", rule="request.get-for-reads")
    if verb == "GET" and method.verb == "POST":
        raise BadRequest(f"{method.name} uploads a file and is called by POST", rule="request.post-for-uploads")


def _wrong_host(method: Method, verb: str, behaviour: Behaviour) -> ApiError:
    is_upload = method.host == "upload" and verb == "POST"
    code = behaviour.upload_on_api_host if is_upload else Code.BAD_REQUEST
    return ApiError(code, f"{method.name} is served by {HOSTS[method.host]}", rule="request.host")


def _signature(call: Call) -> None:
    params, uppercase = call.params, call.behaviour.uppercase_signatures
    if not verify(call.account.secret, params, params["signature"], uppercase=uppercase):
        raise ApiError(Code.INVALID_SIGNATURE, "the signature does not match the parameters")


def _parameters(call: Call) -> None:
    action, names = call.params["action"], call.behaviour.invented_names
    _require(call.params, _REQUIRED[action])
    call.arguments = {}
    for one in METHODS[action].parameters:
        # A parameter that the setting drops has no name, and no request has one either.
        text = call.params.get(names.get(one.name, one.name), one.default)
        if text is None:
            continue
        value = one.argument(text)
        if value is None:
            raise BadRequest(f"{one.name} is {text[:60]!r}, expected {one.expected}", rule="parameter.value")
        call.arguments[one.name] = value
    # Here and not in the method, because wrong values are refused before the collection is looked for.
    first, last = call.arguments.get("startDate"), call.arguments.get("endDate")
    if first is not None and last is not None and last < first:
        raise BadRequest(f"startDate is {first}, after endDate, {last}", rule="stats.date-order")


def _collection(call: Call) -> None:
    if call.params["action"] in _OF_A_COLLECTION:
        call.named = own_collection(call)


CHECKS: tuple[Callable[[Call], None], ...] = (
    _well_formed,
    _format,
    _maintenance,
    _required,
    _key,
    _limits,
    _action,
    _verb,
    _signature,
    _parameters,
    _collection,
)
"""Each raises the error that the call is answered with. Their names and order are those of `protocol.checks.STEPS`."""
