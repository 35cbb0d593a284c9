"""Answers of the fake itself, in the control plane's shape: refusals, and what no route takes."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.state.journal import NOBODY, Entry

ADMIN_PREFIX = "/__admin"
_KINDS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "broken"}


def refused(refusal: Refused) -> HttpResponse:
    """The HTTP answer that says why the fake refuses."""
    body = json.dumps(refusal.body(), separators=(",", ":")) + "\n"
    answer = HttpResponse(body, refusal.http_status, content_type="application/json")
    answer.headers.add(*NOSNIFF)
    return answer


def refusal_of(error: HTTPException, method: str, path: str) -> Refused:
    """What Flask's `error` for a request means, as a refusal that says what was expected."""
    code = error.code or 500
    return Refused(code, _KINDS.get(code, "bad_request"), _explanation(error, method[:20], path[:200]))


def _explanation(error: HTTPException, method: str, path: str) -> str:
    if isinstance(error, NotFound):
        return f"nothing is served at {path}: the API is at /v1/, the control plane at {ADMIN_PREFIX}"
    if isinstance(error, MethodNotAllowed):
        return f"{method} {path} is no route; allowed here: {', '.join(sorted(error.valid_methods or ()))}"
    return f"{method} {path}: {error.description}"


def entry_of_unrouted(environ: Mapping[str, Any], refusal: Refused, at: int) -> Entry:
    """What the request log says of a request that no route takes; its number is 0, because no journal keeps it."""
    request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], b"", at, "")
    response = Response(refusal.http_status, "application/json")
    return Entry(0, request, at, NOBODY, {}, detail=refusal.message, response=response)
