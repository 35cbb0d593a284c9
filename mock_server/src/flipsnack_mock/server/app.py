"""The Flask application: Flask serves the control plane and its page, and the vendor's surface is WSGI around it."""

import json
from collections.abc import Callable, Mapping

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Rule
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.plane import control_plane
from flipsnack_mock.admin.ui.front import front, served_at
from flipsnack_mock.inspect.masking import Mask
from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.server.body import read_body
from flipsnack_mock.server.clock import Sleep, real_sleep
from flipsnack_mock.server.fake import FAILURE, Fake
from flipsnack_mock.server.player import player
from flipsnack_mock.server.vendor import OnExchange
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.settings import Setting, Settings, load_settings
from flipsnack_mock.state.world import Worlds

FAKE = "flipsnack_mock.fake"
"""Where the extensions of the Flask application have its `Fake`."""

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
    fake = Fake(settings, now=now, sleep=sleep, on_exchange=on_exchange, sources=sources, authority_pem=authority_pem)
    app = control_app(fake)
    # Flask's documented place for WSGI around it: its test client, `run` and any WSGI server call `wsgi_app`.
    app.wsgi_app = fake.around(app.wsgi_app)  # type: ignore[method-assign, assignment]  # as Flask says to
    return app


def control_app(fake: Fake) -> flask.Flask:
    """What Flask serves of `fake`, which is at `FAKE` of the extensions: all but the vendor's surface."""
    app = flask.Flask("flipsnack_mock", static_folder=None)
    app.url_rule_class = _Route
    app.url_map.merge_slashes = False
    app.extensions[FAKE] = fake
    app.before_request(_raise_failure)
    app.register_error_handler(HTTPException, _unrouted(fake.worlds, fake.now, fake.on_exchange))
    app.register_error_handler(Refused, _answered)
    spool, pem = fake.uploads.spool, fake.authority_pem
    app.register_blueprint(control_plane(fake.worlds, fake.now, read_body, fake.sources, spool, authority_pem=pem))
    app.register_blueprint(front(fake.settings))
    app.register_blueprint(player(fake.worlds, fake.now, fake.uploads.flipbooks))
    return app


class _Route(Rule):
    """A rule that compiles what builds its URL when one is built, which Werkzeug does at once for all rules.

    Nothing of the fake builds a URL from a rule, and this is nine tenths of the time in which an application is made.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        return lambda rule, **values: compiled(append_unknown)(rule, **values)


def _raise_failure() -> None:
    """Let a failure of the vendor's surface become what Flask makes of one in a view: a defect is logged, HTTP 500."""
    if failure := flask.request.environ.pop(FAILURE, None):
        raise failure


def _unrouted(worlds: Worlds, now: RealTime, on_exchange: OnExchange | None) -> Callable[[HTTPException], HttpResponse]:
    """What answers a request that no route takes."""

    def answer(error: HTTPException) -> HttpResponse:
        method, path = flask.request.method, flask.request.environ["PATH_INFO"]
        refusal = _refusal_of(error, method, path, served_at(flask.request.environ, worlds.settings))
        if on_exchange is not None:
            # Somebody with a wrong address must see in the log that it was the address. No journal numbers the entry.
            mask = Mask(None, worlds.main.secrets)
            request = Request(mask.text(method), path, b"", now(), "")
            response = Response(refusal.http_status, "application/json")
            detail = mask.text(refusal.message)
            on_exchange(Entry(0, request, request.at, NOBODY, {}, detail=detail, response=response))
        answered = _answered(refusal)
        if isinstance(error, MethodNotAllowed):
            answered.allow.update(error.valid_methods or ())  # RFC 9110, 15.5.6
        return answered

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
