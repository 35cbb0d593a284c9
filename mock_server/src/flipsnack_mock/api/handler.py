"""The door: `handle` answers every request to the vendor's surface. A request changes the state of one account."""

import msgspec

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.checks import CHECKS
from flipsnack_mock.api.downloads import download
from flipsnack_mock.api.fault_injection import FaultResponse, refusal_response
from flipsnack_mock.api.methods import RUN
from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX
from flipsnack_mock.protocol.checks import METHOD, STEPS
from flipsnack_mock.protocol.envelope import FORMATS, NOSNIFF, Envelope, Tree, renamed, render
from flipsnack_mock.protocol.errors import CATALOGUE, ApiError, Refused
from flipsnack_mock.protocol.messages import BODILESS, Request, Response
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World


def handle(request: Request, world: World) -> tuple[Response, Entry]:
    """The response to a call of the API or to the download of a package; the journal of `world` keeps the entry."""
    with world.lock:
        call = Call(request, world)
        respond = download if request.path.startswith(PACKAGE_PREFIX) else _answer
        try:
            response = respond(call)
        except FaultResponse as fault:
            response = fault.response
        except Refused as refusal:
            call.entry.detail = refusal.message
            response = refusal_response(refusal)
        if request.method == "HEAD":
            response = msgspec.structs.replace(response, head=True)
        if call.injection is not None:
            response = call.injection.applied(response)
        return _recorded(call, response), call.entry


def refuse(request: Request, world: World, refusal: Refused) -> tuple[Response, Entry]:
    """The response to a request that cannot be read, because of `refusal`; the journal keeps what is known of it."""
    with world.lock:
        call = Call(request, world)
        call.entry.detail = refusal.message
        return _recorded(call, refusal_response(refusal)), call.entry


def _recorded(call: Call, response: Response) -> Response:
    """What the call is answered with: `response`, or a refusal when what it changed could not be kept."""
    entry = call.entry
    try:
        call.world.save()
    except Refused as refusal:
        response = msgspec.structs.replace(refusal_response(refusal), head=response.head)
        entry.code, entry.given, entry.detail = None, None, refusal.message
    entry.response = response
    call.world.journal.append(entry)
    return response


def _answer(call: Call) -> Response:
    entry = call.entry
    try:
        data, names = _carry_out(call), call.behaviour.invented_names
        entry.given = renamed(data, names) if data and names else data
        answer = Envelope(20, "OK", entry.given)
    except ApiError as refusal:
        answer = Envelope(refusal.code, _message(refusal, call))
        # A fault that answers has named itself.
        entry.failed = entry.failed or (*STEPS, METHOD)[entry.passed]
        entry.detail, entry.rule = refusal.detail, refusal.rule
    entry.code = answer.code
    status = call.behaviour.http_statuses.get(answer.code, 200)
    return Response(
        status,
        FORMATS[entry.fmt].content_type,
        b"" if status in BODILESS else render(answer, entry.fmt, call.params.get("callback", "")),
        (NOSNIFF,) if entry.fmt == "jsonp" else (),
    )


def _message(refusal: ApiError, call: Call) -> str:
    if refusal.message is not None:
        return refusal.message
    return call.behaviour.code_messages.get(refusal.code) or CATALOGUE[refusal.code].message


def _carry_out(call: Call) -> Tree | None:
    entry = call.entry
    for check in CHECKS:
        check(call)
        entry.passed += 1
    data = RUN[call.params["action"]](call)
    return data if data is None or call.injection is None else call.injection.with_resource_url(data)
