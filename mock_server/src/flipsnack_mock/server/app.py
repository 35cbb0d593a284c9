"""The Flask application: converts a WSGI request, calls the door, converts the answer. It decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import flask
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock import api
from flipsnack_mock.admin import control_plane
from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX
from flipsnack_mock.protocol.byte_ranges import CONDITIONS, ByteRange
from flipsnack_mock.protocol.effects import Effect
from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import Body, Request, Response
from flipsnack_mock.protocol.namespaces import namespace_of, without_namespace
from flipsnack_mock.protocol.origin import origin_of
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES, MAX_QUERY_BYTES
from flipsnack_mock.server.clock import Sleep, real_sleep, real_time
from flipsnack_mock.server.delivery import CONNECTION, EFFECT, slow_down
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.settings import Setting, Settings, load_settings
from flipsnack_mock.state.world import Worlds

__all__ = ["REQUEST_ID_HEADER", "create_app"]


REQUEST_ID_HEADER = "X-Flipsnack-Mock-Request"
ADMIN_PREFIX = "/__admin"
_VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_CONDITIONS = tuple((name, "HTTP_" + name.upper().replace("-", "_")) for name in CONDITIONS)
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
    for rule in ("/v1", "/v1/", "/v1/<path:rest>", f"{PACKAGE_PREFIX}<path:rest>"):
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
        response, entry = api.handle(_request(environ, at, origin), world)
        answer = _http_response(response, entry.id)
        if response.effect is not None:
            self._arrange(response.effect, answer, environ)
        entry.duration = self._now() - at
        if self._on_exchange is not None:
            self._on_exchange(entry)
        return answer

    def _arrange(self, effect: Effect, answer: HttpResponse, environ: dict[str, Any]) -> None:
        """Have `effect` happen to `answer`: by our own engine, or, under another server, by the answer itself."""
        if CONNECTION in environ:
            environ[EFFECT] = effect
        else:
            slow_down(answer, effect, self._sleep)

    def unrouted(self, error: HTTPException) -> HttpResponse:
        """What no route took: a strange verb or path of the vendor's surface goes to the door, the rest is refused."""
        path = flask.request.environ["PATH_INFO"]
        if isinstance(error, _UNROUTED) and (path == "/v1" or path.startswith(("/v1/", PACKAGE_PREFIX))):
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
    response = Response(refusal.http_status, "application/json")
    return Entry(0, request, at, NOBODY, {}, detail=refusal.message, response=response)


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
    return flask.make_response(flask.jsonify(refusal.body()), refusal.http_status, [NOSNIFF])


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
        conditions=_conditions(environ),
        cuttable=CONNECTION in environ,
        host=environ.get("HTTP_HOST", ""),
    )


def _conditions(environ: Mapping[str, Any]) -> dict[str, str]:
    if not environ["PATH_INFO"].startswith(PACKAGE_PREFIX):
        # Only packages have an ETag.
        return {}
    return {name: environ[variable] for name, variable in _CONDITIONS if variable in environ}


def _body_length(environ: Mapping[str, Any]) -> int:
    """How much of the body to read: one byte more than is allowed is enough to see that it is too much."""
    announced = environ.get("CONTENT_LENGTH", "")
    if announced.isascii() and announced.isdecimal():
        return min(int(announced), MAX_BODY_BYTES + 1)
    # Without a length only a server that says so ends the input by itself; another would wait for ever.
    return MAX_BODY_BYTES + 1 if environ.get("wsgi.input_terminated") else 0


def _http_response(response: Response, entry_id: str) -> HttpResponse:
    headers = [*response.headers, (REQUEST_ID_HEADER, entry_id)]
    if not isinstance(response.body, bytes):
        return _package_response(response, response.body, headers)
    return HttpResponse(response.body, response.http_status, headers, content_type=response.content_type)


def _package_response(response: Response, package: Body, headers: list[tuple[str, str]]) -> HttpResponse:
    # What a HEAD is told the length of is what a GET would be sent.
    part = response.range or ByteRange(0, package.size)
    headers.append(("Content-Length", str(part.length)))
    pieces = _pieces(package, part)
    return HttpResponse(pieces, response.http_status, headers, content_type=response.content_type)


def _pieces(package: Body, part: ByteRange) -> Iterator[bytes]:
    with package.open() as file:
        file.seek(part.start)
        for left in range(part.length, 0, -_PIECE_BYTES):
            yield file.read(min(left, _PIECE_BYTES))
