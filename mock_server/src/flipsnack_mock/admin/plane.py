"""The blueprint that serves the routes: token, lock, JSON in and out."""

from collections.abc import Callable, Mapping
from typing import Any

import flask
import msgspec
from werkzeug.wrappers import Response as HttpResponse

# Importing these modules fills the table of routes.
from flipsnack_mock.admin import (  # noqa: F401
    accounts,
    clocks,
    collections,
    doctor,
    faults,
    jobs,
    lint,
    requests,
    server,
    snapshots,
)
from flipsnack_mock.admin.guard import Guard
from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, WAITED, Reading, Wait, Work
from flipsnack_mock.admin.openapi import document  # noqa: F401
from flipsnack_mock.admin.routes import ROUTES, USUAL_BODY_BYTES, Context, Route
from flipsnack_mock.admin.ui import routes  # noqa: F401
from flipsnack_mock.protocol.addresses import namespace_of
from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.state.documents import Documents
from flipsnack_mock.state.settings import Setting
from flipsnack_mock.state.world import World, Worlds

ReadBody = Callable[[dict[str, Any]], bytes]

_MOST_VALUES = 500_000
"""The most values, by the commas between them, of a long body: so many are read in some tens of milliseconds."""

_READ_AT_ONCE = 64 * 1024
"""A body of so many bytes is read in a few milliseconds, whatever it holds."""


def control_plane(
    worlds: Worlds,
    now: RealTime,
    read_body: ReadBody,
    sources: Mapping[str, Setting],
    documents: Documents,
    *,
    authority_pem: bytes = b"",
) -> flask.Blueprint:
    """The control plane of all worlds; `read_body` gives the body of a WSGI request, or its first `MAX_BODY_BYTES` + 1.

    With the setting `admin` off, only the routes with `open` access exist.
    """

    def context_of(request: flask.Request, world: World, args: Mapping[str, str], raw: bytes) -> Context:
        waited = WAITED in request.environ
        return Context(world, now(), args, request.args, raw, worlds, sources, documents, authority_pem, waited)

    guard = Guard(worlds.settings)
    blueprint = flask.Blueprint("control plane", __name__)
    blueprint.after_request(unsniffed)
    blueprint.after_request(_challenged)
    for entry in ROUTES:
        if not worlds.settings.admin and entry.access != "open":
            continue
        name = f"{entry.method} {entry.path}".replace(".", "-")
        view = _view(entry, guard, worlds, read_body, context_of)
        blueprint.add_url_rule(entry.path, name, view, methods=[entry.method], provide_automatic_options=False)
    return blueprint


def unsniffed(answer: HttpResponse) -> HttpResponse:
    """`answer`, which no browser may take for something else: many answers repeat text chosen by a client."""
    name, value = NOSNIFF
    answer.headers[name] = value
    return answer


def _challenged(answer: HttpResponse) -> HttpResponse:
    """`answer`, which says how to prove who asks, if nobody did (RFC 9110, 15.5.2)."""
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _view(
    entry: Route, guard: Guard, worlds: Worlds, read_body: ReadBody, context_of: Callable[..., Context]
) -> Callable[..., HttpResponse]:
    def view(**args: str) -> HttpResponse:
        # Each look through Flask's proxy costs as much as a function.
        request: flask.Request = flask.request._get_current_object()  # type: ignore[attr-defined]
        environ = request.environ
        _admit(entry, guard, environ)
        done = environ.get(WAIT)
        if isinstance(done, Work) and not isinstance(done, Reading):
            answered: HttpResponse = done.answer
            return answered
        world = worlds.world(namespace_of(environ))
        has_body = entry.body is not None or entry.access == "page"
        raw = _bounded(read_body(environ), entry.most_bytes) if has_body else b""
        context = context_of(request, world, args, raw)
        if isinstance(done, Reading):
            context = context._replace(read=(entry.body, done.answer))
        elif entry.body is not None and len(raw) > _READ_AT_ONCE:
            return _later(environ, Reading(lambda: context.body(entry.body)), lambda: view(**args))
        with world.lock:
            try:
                answer = entry.handler(context)
            finally:
                world.save()
        if isinstance(answer, Work):
            # What is long takes long to write, too.
            answer = answer.then(lambda value: _json(value, entry.status))
        if isinstance(answer, Wait | Work):
            return _later(environ, answer, lambda: view(**args))
        return _json(answer, entry.status)

    return view


def _later(environ: dict[str, Any], wait: Wait | Work, again: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer after `wait`; a server that can await calls the application again itself."""
    environ[WAITED], environ[WAIT] = True, wait
    if CAN_AWAIT in environ:
        return HttpResponse(status=204)
    wait.block()
    return again()


def _bounded(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise Refused(413, "too_large", f"the body is longer than {most:,} bytes")
    if len(body) > USUAL_BODY_BYTES and body.count(b",") > _MOST_VALUES:
        raise Refused(413, "too_large", f"the body holds more than {_MOST_VALUES:,} values")
    return body


def _admit(entry: Route, guard: Guard, environ: Mapping[str, Any]) -> None:
    """Raise `Refused` if the request is not allowed; the page asks for the token itself."""
    if entry.path.startswith("/__admin"):
        guard.check_sender(environ, visitors=entry.access == "page")
    if entry.access == "token":
        guard.check_token(environ.get("HTTP_AUTHORIZATION", ""))


def _json(answer: Any, status: int) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    body = b"" if status == 204 else msgspec.json.encode(answer) + b"\n"
    return HttpResponse(body, status, content_type="application/json")
