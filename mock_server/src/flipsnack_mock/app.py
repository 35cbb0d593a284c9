"""The Flask application: converts a WSGI request, calls the door, converts the answer. It decides nothing itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import flask
from werkzeug.exceptions import (
    BadHost,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestedRangeNotSatisfiable,
)
from werkzeug.wrappers import Response as HttpResponse
from werkzeug.wsgi import wrap_file

from flipsnack_mock import api, resource_urls
from flipsnack_mock.clock import RealTime, Sleep, real_sleep, real_time
from flipsnack_mock.control import control_plane
from flipsnack_mock.delivery import CONNECTION, EFFECT, slow_down
from flipsnack_mock.errors import Refused
from flipsnack_mock.exchange import Request, Response, Sent
from flipsnack_mock.faults.effects import Body, Effect
from flipsnack_mock.journal import NOBODY, Entry
from flipsnack_mock.namespaces import namespace_of, without_namespace
from flipsnack_mock.origin import origin_of
from flipsnack_mock.packages import Package
from flipsnack_mock.params import MAX_BODY_BYTES, MAX_QUERY_BYTES
from flipsnack_mock.settings import Setting, Settings, load_settings
from flipsnack_mock.world import World, Worlds

__all__ = ["REQUEST_ID_HEADER", "create_app"]


REQUEST_ID_HEADER = "X-Flipsnack-Mock-Request"
ADMIN_PREFIX = "/__admin"
_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ONE_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})")
_PIECE_BYTES = 128 * 1024

OnExchange = Callable[[Entry], None]


def create_app(
    settings: Settings | None = None,
    *,
    now: RealTime | None = None,
    sleep: Sleep = real_sleep,
    on_exchange: OnExchange | None = None,
    sources: Mapping[str, Setting] | None = None,
    authority_pem: bytes = b"",
) -> flask.Flask:
    """A plain, thread-safe WSGI application with a fake of its own.

    `now` gives real time in microseconds, `sleep` waits (where the server is not ours), `on_exchange` is told of every
    answered request, `sources` says where each setting came from (for `/__admin/settings`).
    """
    if settings is None:
        settings, sources = load_settings(flags={}, environment={}, file=None)
    app = flask.Flask("flipsnack_mock", static_folder=None)
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider's, and it is the default
    worlds, clock = Worlds(settings), now or real_time()
    vendor = _Vendor(worlds, clock, sleep, on_exchange)
    for rule in ("/v1", "/v1/", "/v1/<path:rest>", f"{resource_urls.PREFIX}<path:rest>"):
        app.add_url_rule(rule, f"vendor {rule}", vendor.view, provide_automatic_options=False, methods=_VERBS)
    app.register_error_handler(HTTPException, vendor.unrouted)
    app.register_error_handler(Refused, refused)
    app.register_blueprint(control_plane(worlds, clock, sources or {}, authority_pem=authority_pem))
    app.wsgi_app = without_namespace(app.wsgi_app)  # type: ignore[assignment, method-assign]  # as Flask says to
    return app


class _Vendor:
    """The vendor's surface of all worlds."""

    def __init__(self, worlds: Worlds, now: RealTime, sleep: Sleep, on_exchange: OnExchange | None) -> None:
        self._worlds = worlds
        self._now = now
        self._sleep = sleep
        self._on_exchange = on_exchange

    def view(self, **_path_parts: str) -> HttpResponse:
        """Answer the request that is being served."""
        environ = flask.request.environ
        namespace, at = namespace_of(environ), self._now()
        world = self._worlds.world(namespace)
        origin = origin_of(environ, base_url=self._worlds.settings.base_url, namespace=namespace)
        response = api.handle(_request(environ, at, origin), world)
        answer = _http_response(response, environ)
        if response.effect is not None:
            answer = self._with_effect(response, response.effect, answer, world)
        response.entry.duration = self._now() - at
        if self._on_exchange is not None:
            self._on_exchange(response.entry)
        return answer

    def _with_effect(self, response: Response, effect: Effect, answer: HttpResponse, world: World) -> HttpResponse:
        """`answer`, to be sent with `effect`; or the refusal that says why that cannot be done."""
        environ = flask.request.environ
        ours = CONNECTION in environ
        obstacle = effect.obstacle(_served(answer, environ["REQUEST_METHOD"]))
        if not obstacle and effect.needs_connection and not ours:
            obstacle = "it needs the connection, which only flipsnack-mock's own server has, not another WSGI server"
        if obstacle:
            return _http_response(api.could_not_act(response.entry, obstacle, world), environ)
        if ours:
            environ[EFFECT] = effect
        else:
            slow_down(answer, effect, self._sleep)
        return answer

    def unrouted(self, error: HTTPException) -> HttpResponse:
        """What no route took: a strange verb or path of the vendor's surface goes to the door, the rest is refused."""
        path = flask.request.environ["PATH_INFO"]
        if isinstance(error, _UNROUTED) and (path == "/v1" or path.startswith(("/v1/", resource_urls.PREFIX))):
            return self.view()
        code = error.code or 500
        refusal = Refused(code, _KINDS.get(code, "bad_request"), _explanation(error, path[:200]))
        if self._on_exchange is not None:
            # Somebody with a wrong address must see in the log that it was the address.
            self._on_exchange(_stray(flask.request.environ, refusal, self._now()))
        return refused(refusal)


_UNROUTED = (NotFound, MethodNotAllowed, BadHost)


def _stray(environ: Mapping[str, Any], refusal: Refused, at: int) -> Entry:
    """What a log says of a request that was for nothing here; it has no number, for no journal keeps it."""
    request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], b"", at, "")
    sent = Sent(refusal.http_status, "application/json", b"")
    return Entry(0, request, at, NOBODY, {}, detail=refusal.message, sent=sent)


def _explanation(error: HTTPException, path: str) -> str:
    request = f"{flask.request.method[:20]} {path}"
    if isinstance(error, NotFound):
        return f"nothing is served at {path}: the API is at /v1/, the control plane at {ADMIN_PREFIX}"
    if isinstance(error, MethodNotAllowed):
        return f"{request} is no route; allowed here: {', '.join(sorted(error.valid_methods or ()))}"
    return f"{request}: {error.description}"


_KINDS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "broken"}


def refused(refusal: Refused) -> HttpResponse:
    """A refusal of the fake itself, in the control plane's shape."""
    return flask.make_response(flask.jsonify(refusal.body()), refusal.http_status)


def _request(environ: Mapping[str, Any], at: int, origin: str) -> Request:
    method = environ["REQUEST_METHOD"]
    body = b""
    if method == "POST":
        body = environ["wsgi.input"].read(_body_length(environ))
    return Request(
        method=method,
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        # As of the body, enough to see that it is too long.
        query=environ.get("QUERY_STRING", "")[: MAX_QUERY_BYTES + 1].encode("latin-1"),
        at=at,
        origin=origin,
        content_type=environ.get("CONTENT_TYPE", ""),
        body=body,
        range=environ.get("HTTP_RANGE", ""),
    )


def _body_length(environ: Mapping[str, Any]) -> int:
    """How much of the body to read: one byte more than is allowed is enough to see that it is too much."""
    announced = environ.get("CONTENT_LENGTH", "")
    if announced.isascii() and announced.isdecimal():
        return min(int(announced), MAX_BODY_BYTES + 1)
    # Without a length only a server that says so ends the input by itself; another would wait for ever.
    return MAX_BODY_BYTES + 1 if environ.get("wsgi.input_terminated") else 0


def _http_response(response: Response, environ: dict[str, Any]) -> HttpResponse:
    headers = [*response.headers, (REQUEST_ID_HEADER, response.entry.id)]
    if isinstance(response.body, Package):
        return _package_response(response.body, response.content_type, headers, environ)
    return HttpResponse(response.body, response.http_status, headers, content_type=response.content_type)


def _heeded_range(text: str, size: int) -> str:
    """What of a Range header is heeded for a body of `size` bytes, in Werkzeug's words; nothing: all of it is sent."""
    match = _ONE_RANGE.fullmatch(text)
    if match is None or (match[1] and match[2] and int(match[2]) < int(match[1])):
        # Several ranges may be ignored, other units and nonsense must be (RFC 9110, 14.2).
        return ""
    if not match[1] and int(match[2]) > size:
        # The last n bytes of something shorter are all of it (RFC 9110, 14.1.2); Werkzeug calls that unsatisfiable.
        return "bytes=0-"
    return text


def _served(answer: HttpResponse, method: str) -> Body:
    if method == "HEAD" or answer.status_code in (204, 304):
        return Body(0, 0)
    if answer.status_code == 206:
        return Body(answer.content_range.start or 0, answer.content_range.stop or 0)
    return Body(0, answer.content_length or 0)


def _package_response(
    package: Package, content_type: str, headers: list[tuple[str, str]], environ: dict[str, Any]
) -> HttpResponse:
    heeded = _heeded_range(environ.get("HTTP_RANGE", ""), package.size)
    environ = {name: value for name, value in environ.items() if name != "HTTP_RANGE"}
    if heeded:
        environ["HTTP_RANGE"] = heeded
    body = wrap_file({}, package.open(), _PIECE_BYTES)
    response = HttpResponse(body, 200, headers, content_type=content_type, direct_passthrough=True)
    response.content_length = package.size
    response.set_etag(package.etag.strip('"'))
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=package.size)
    except RequestedRangeNotSatisfiable:
        headers.append(("Content-Range", f"bytes */{package.size}"))
        return HttpResponse(resource_urls.INVALID_RANGE, 416, headers, content_type="application/xml")
    # The engine dates every answer.
    del response.headers["Date"]
    return response
