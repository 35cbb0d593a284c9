"""Whether a call is about to upload a document that the server must fetch."""

from flipsnack_mock.protocol.errors import BadRequest, Refused
from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.protocol.parameters import parameters_of
from flipsnack_mock.protocol.signature import verify
from flipsnack_mock.state.world import World

_METHOD = "collection.create"


def url_to_fetch(request: Request, world: World) -> str:
    """The `fileUrl` of a call whose signature is right and that has no file; empty for any other request.

    Nothing is counted, and no fault is met: the call itself comes afterwards.
    """
    try:
        params = parameters_of(request)
        with world.lock:
            account = world.find(params.get("apiKey", ""))
    except (BadRequest, Refused):
        return ""
    if account is None or params.get("action") != _METHOD or any(file.size for file in request.files):
        return ""
    uppercase = account.behaviour.uppercase_signatures
    is_signed = verify(account.secret, params, params.get("signature", ""), uppercase=uppercase)
    return params.get("fileUrl", "") if is_signed else ""
