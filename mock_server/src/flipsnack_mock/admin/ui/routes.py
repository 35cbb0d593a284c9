"""Routes of the page at /__admin/ui. Its buttons are forms, so it works without JavaScript; each calls another route.

Errors are answered in HTML: with the same page, which shows the message.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import flask
import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.guard import COOKIE, Guard
from flipsnack_mock.admin.routes import ROUTES, Context, Route, route
from flipsnack_mock.admin.ui import ASSETS, asset, page, sign_in
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.view import FILTERS, PageQuery, view_of
from flipsnack_mock.protocol.addresses import namespace_of, origin_of
from flipsnack_mock.protocol.errors import Refused

PATH = "/__admin/ui"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` forms are sent with the origin `null`, as from another site.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Action(NamedTuple):
    """The action of a button: the route that it calls, and the status message afterwards."""

    method: str
    path: str
    said: str


_ACCOUNT = "/__admin/accounts/<key>"
ACTIONS = {
    "advance": Action("POST", f"{_ACCOUNT}/clock/advance", "The clock was advanced."),
    "freeze": Action("POST", f"{_ACCOUNT}/clock/freeze", "The clock is frozen."),
    "resume": Action("POST", f"{_ACCOUNT}/clock/resume", "The clock is running."),
    "maintenance": Action("PUT", f"{_ACCOUNT}/maintenance", "Maintenance was switched for this account."),
    "maintenance-everywhere": Action("PUT", "/__admin/maintenance", "Maintenance was switched for all accounts."),
    "create-collection": Action("POST", f"{_ACCOUNT}/collections", "The collection was created."),
    "force": Action("PUT", f"{_ACCOUNT}/jobs/<hash>", "The job was forced."),
    "add-fault": Action("POST", f"{_ACCOUNT}/faults", "The fault was added."),
    "remove-fault": Action("DELETE", f"{_ACCOUNT}/faults/<id>", "The fault was removed."),
    "clear-faults": Action("DELETE", f"{_ACCOUNT}/faults", "All faults were removed."),
    "clear-requests": Action("DELETE", f"{_ACCOUNT}/requests", "The journal is empty."),
    "create-account": Action("POST", "/__admin/accounts", "The account was created."),
    "reset": Action("POST", f"{_ACCOUNT}/reset", "The account was reset."),
}


@route("GET", PATH, "show the page for people (account, show, request)", access="page")
def show_page(context: Context) -> HttpResponse:
    """The page, or the form that asks for the token."""
    if not _is_signed_in(context):
        return _html(sign_in(), 401)
    action = ACTIONS.get(context.query.get("did", ""))
    return _page(context, said=action.said if action else "")


@route("POST", PATH, "carry out a form of the page, then show the page", access="page")
def act(context: Context) -> HttpResponse:
    """Redirect to the page, or show it with the error message."""
    form = dict(parse_qsl(context.raw_body.decode("utf-8", "replace"), keep_blank_values=True))
    wanted = form.pop("do", "")
    if wanted == "sign-in":
        return _sign_in(context, form.get("token", ""))
    if not _is_signed_in(context):
        return _html(sign_in(wrong="Sign in first."), 401)
    if wanted == "sign-out":
        return _with_pass(_see_other("?"), "")
    try:
        _carry_out(context, wanted, form)
    except Refused as refusal:
        return _page(context, wrong=refusal.message, status=refusal.http_status)
    return _see_other("?" + urlencode({**context.query, "did": wanted}))


@route("GET", f"{PATH}/<file>", "show a file that the page loads", access="page")
def show_asset(context: Context) -> HttpResponse:
    """The script or the style sheet; available without a token."""
    name = context.args["file"]
    if name not in ASSETS:
        raise Refused(404, "not_found", f"the page has no file {name[:40]!r}; there are {', '.join(ASSETS)}")
    return HttpResponse(asset(name), headers=_HEADERS | {"Cache-Control": "no-cache"}, content_type=ASSETS[name])


def _page(context: Context, *, said: str = "", wrong: str = "", status: int = 200) -> HttpResponse:
    show = context.query.get("show", "all")
    query = PageQuery(
        context.query.get("account", ""), context.query.get("request", ""), show if show in FILTERS else "all"
    )
    settings = context.worlds.settings
    origin = origin_of(flask.request.environ, base_url=settings.base_url, namespace=context.world.name)
    cache = flask.current_app.extensions.setdefault("flipsnack_mock.page", PageCache())
    cache.begin()
    view = view_of(context.world, query, at=context.at, base_url=f"{origin}/v1/", cache=cache)
    return _html(page(view, said=said, wrong=wrong, guarded=Guard(settings).wants_token), status)


def _html(text: str, status: int = 200) -> HttpResponse:
    headers = _HEADERS | {"Cache-Control": "no-store"}
    return HttpResponse(text, status, headers, content_type="text/html; charset=utf-8")


def _see_other(query: str) -> HttpResponse:
    # Relative, so that it works below a namespace and behind a proxy.
    return HttpResponse(status=303, headers=_HEADERS | {"Location": f"ui{query}"})


# --- the token -------------------------------------------------------------------------------------------------------


def _is_signed_in(context: Context) -> bool:
    return Guard(context.worlds.settings).is_signed_in(flask.request.cookies.get(COOKIE, ""))


def _sign_in(context: Context, token: str) -> HttpResponse:
    guard = Guard(context.worlds.settings)
    if not guard.is_token(token.encode()):
        return _html(sign_in(wrong="This is not the admin token of this fake."), 401)
    return _with_pass(_see_other("?" + urlencode(context.query)), guard.pass_for_page())


def _with_pass(answer: HttpResponse, value: str) -> HttpResponse:
    environ = flask.request.environ
    namespace = namespace_of(environ)
    answer.set_cookie(
        COOKIE,
        value,
        max_age=None if value else 0,
        path=f"/t/{namespace}{PATH}" if namespace else PATH,
        secure=environ["wsgi.url_scheme"] == "https",
        httponly=True,
        samesite="Strict",
    )
    return answer


# --- the buttons -----------------------------------------------------------------------------------------------------


def _carry_out(context: Context, wanted: str, form: Mapping[str, str]) -> None:
    action = ACTIONS.get(wanted)
    if action is None:
        raise Refused(400, "bad_request", f"the page has no button {wanted[:40]!r}")
    entry = next(one for one in ROUTES if (one.method, one.path) == (action.method, action.path))
    parts = {name: value for name, value in form.items() if f"<{name}>" in entry.path}
    body = _body(entry, {name: value for name, value in form.items() if name not in parts and value})
    inner = context._replace(args=parts, query={}, raw_body=body)
    entry.handler(inner)


def _body(entry: Route, fields: Mapping[str, str]) -> bytes:
    """The form fields as the JSON body of the route; `a.b` is the field `b` of the object `a`."""
    if entry.body is None:
        return b""
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        outer, _, inner = name.rpartition(".")
        (nested.setdefault(outer, {}) if outer else nested)[inner] = value
    if "key" not in entry.body.__struct_fields__:
        # Every form contains the key of its account.
        nested.pop("key", None)
    try:
        return msgspec.json.encode(msgspec.convert(nested, entry.body, strict=False))
    except msgspec.ValidationError as refusal:
        raise Refused(400, "bad_request", f"the form is not what this button takes: {refusal}") from None
