"""The Flask application: Flask serves the control plane and its page, and the vendor's surface is WSGI around it."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.plane import control_plane
from flipsnack_mock.admin.ui.front import front, served_at
from flipsnack_mock.inspect.masking import Mask
from flipsnack_mock.protocol.addresses import WsgiApp, is_vendor_path, without_namespace
from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.server.body import read_body
from flipsnack_mock.server.clock import Sleep, real_sleep, real_time
from flipsnack_mock.server.cors import with_cors
from flipsnack_mock.server.player import player
from flipsnack_mock.server.uploads.uploads import UPLOADS, Uploads
from flipsnack_mock.server.vendor import REFUSALS, OnExchange, VendorSurface
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.kept_world import Damaged, kept_worlds
from flipsnack_mock.state.settings import Setting, Settings, SettingsError, load_settings
from flipsnack_mock.state.world import PackageOf, Worlds

if TYPE_CHECKING:
    from flipsnack_mock.server.state_file import StateFile

STATE_FILE = "flipsnack_mock.state_file"
"""Where the extensions of the Flask application have its `StateFile`, or None."""

REPLICA_HEADER = "X-Flipsnack-Mock-Replica"

_KINDS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 500: "broken"}


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

    `now` gives real time in microseconds, `sleep` waits (where the server is not ours), `on_exchange` gets the journal
    entry of every answered request, `sources` says where each setting came from (for `/__admin/settings`). Raises
    `SettingsError` when the file of the setting `state` cannot be used.
    """
    if settings is None:
        settings, sources = load_settings(flags={}, environment={}, file=None)
    app = flask.Flask("flipsnack_mock", static_folder=None)
    app.url_map.merge_slashes = False
    clock = now or real_time()
    state = app.extensions[STATE_FILE] = _state_file(settings)
    uploads = app.extensions[UPLOADS] = _uploads(settings, clock)
    worlds = _worlds(settings, uploads.flipbooks.package, state)
    uploads.spool.in_use = worlds.documents
    app.register_error_handler(HTTPException, _unrouted(worlds, clock, on_exchange))
    app.register_error_handler(Refused, _answered)
    app.register_blueprint(
        control_plane(worlds, clock, read_body, sources or {}, uploads.spool, authority_pem=authority_pem)
    )
    app.register_blueprint(front(settings))
    app.register_blueprint(player(worlds, clock, uploads.flipbooks))
    vendor = VendorSurface(worlds, clock, sleep, on_exchange, uploads)
    app.extensions[REFUSALS] = vendor.refused
    served = without_namespace(_beside(app, with_cors(vendor, settings.cors_origins), uploads))
    # Flask's documented place for WSGI around it: its test client, `run` and any WSGI server call `wsgi_app`.
    app.wsgi_app = _named(served, settings.replica)  # type: ignore[method-assign, assignment]  # as Flask says to
    return app


def _state_file(settings: Settings) -> "StateFile | None":
    if not settings.state:
        return None
    # Imported on first use: most fakes keep nothing, and must start quickly.
    from flipsnack_mock.server.state_file import StateFile

    try:
        return StateFile(Path(settings.state))
    except OSError as trouble:
        raise SettingsError(f"state: {trouble}") from None


def _uploads(settings: Settings, now: RealTime) -> Uploads:
    try:
        return Uploads(settings, now)
    except OSError as trouble:
        raise SettingsError(f"state: the folder beside it cannot be used: {trouble}") from None


def _worlds(settings: Settings, package_of: PackageOf, state: "StateFile | None") -> Worlds:
    if state is None:
        return Worlds(settings, package_of)
    try:
        return kept_worlds(settings, package_of, state)
    except (OSError, Damaged, Refused) as trouble:
        state.close()
        raise SettingsError(f"state: {settings.state}: {trouble}") from None


def _named(app: WsgiApp, replica: str) -> WsgiApp:
    """`app`, each of whose answers says which of several processes it comes from; an empty name leaves it as it is."""
    if not replica:
        return app

    def named(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (REPLICA_HEADER, replica)], *more)

        return app(environ, start)

    return named


def _beside(app: flask.Flask, vendor: WsgiApp, uploads: Uploads) -> WsgiApp:
    """`app` with the paths of the vendor's surface served by `vendor`, past Flask's dispatch.

    Documents that nothing refers to after a change by the control plane are removed from `uploads`.
    """
    control = app.wsgi_app

    def surfaces(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not is_vendor_path(environ["PATH_INFO"]):
            answer = control(environ, start_response)
            if environ["REQUEST_METHOD"] != "GET":
                uploads.spool.changed()
                uploads.tidy(environ)
            return answer
        try:
            return vendor(environ, start_response)
        except Refused as refusal:
            return _answered(refusal)(environ, start_response)
        except Exception as defect:
            # A defect of ours becomes what Flask makes of one in a view: logged, and HTTP 500.
            with app.request_context(environ):
                return app.handle_exception(defect)(environ, start_response)

    return surfaces


def _unrouted(worlds: Worlds, now: RealTime, on_exchange: OnExchange | None) -> Callable[[HTTPException], HttpResponse]:
    """What answers a request that no route takes."""

    def answer(error: HTTPException) -> HttpResponse:
        method, path = flask.request.method, flask.request.environ["PATH_INFO"]
        refusal = _refusal_of(error, method, path, served_at(flask.request.environ, worlds.settings))
        if on_exchange is not None:
            # Somebody with a wrong address must see in the log that it was the address. No journal numbers the entry.
            request = Request(method, path, b"", now(), "")
            response = Response(refusal.http_status, "application/json")
            detail = Mask(None, worlds.main.secrets).text(refusal.message)
            on_exchange(Entry(0, request, request.at, NOBODY, {}, detail=detail, response=response))
        return _answered(refusal)

    return answer


def _answered(refusal: Refused) -> HttpResponse:
    """The HTTP answer that says why the fake refuses."""
    body = json.dumps(refusal.body(), separators=(",", ":")) + "\n"
    answer = HttpResponse(body, refusal.http_status, content_type="application/json")
    answer.headers.add(*NOSNIFF)
    return answer


def _refusal_of(error: HTTPException, method: str, path: str, elsewhere: str) -> Refused:
    """Flask's `error` for a request as a refusal that says what was expected; `elsewhere` says what is served."""
    code = error.code or 500
    return Refused(code, _KINDS.get(code, "bad_request"), _explanation(error, method[:20], path[:200], elsewhere))


def _explanation(error: HTTPException, method: str, path: str, elsewhere: str) -> str:
    if isinstance(error, NotFound):
        return f"nothing is served at {path}: {elsewhere}"
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{method} {path} is no route; allowed here: {allowed}; {elsewhere}"
    return f"{method} {path}: {error.description}"
