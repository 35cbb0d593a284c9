"""Routes of the page at /__admin/ui. Its buttons are forms, so it works without JavaScript; each calls another route.

Errors are answered in HTML: with the same page, which shows the message.
"""

import re
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
from flipsnack_mock.protocol.addresses import origin_of
from flipsnack_mock.protocol.errors import Refused

PATH = "/__admin/ui"
_MOST_FIELDS = 100
_PORT = re.compile("[0-9]{1,5}")
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
    "convert": Action("PUT", f"{_ACCOUNT}/collections/<hash>/conversion", "The conversion was forced."),
    "delete-collection": Action("DELETE", f"{_ACCOUNT}/collections/<hash>", "The collection is deleted: code 43."),
    "set-day": Action("PUT", f"{_ACCOUNT}/collections/<hash>/statistics/<date>", "The day was saved."),
    "forget-day": Action("DELETE", f"{_ACCOUNT}/collections/<hash>/statistics/<date>", "The day was removed."),
    "set-uploads": Action("PUT", f"{_ACCOUNT}/uploads", "The month's uploads were set."),
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
    try:
        return _acted(context, _form(context.raw_body))
    except Refused as refusal:
        if not _is_signed_in(context):
            return _html(sign_in(wrong=refusal.message), refusal.http_status)
        return _page(context, wrong=refusal.message, status=refusal.http_status)


def _acted(context: Context, form: dict[str, str]) -> HttpResponse:
    wanted = form.pop("do", "")
    if wanted == "sign-in":
        return _sign_in(context, form.get("token", ""))
    if not _is_signed_in(context):
        return _html(sign_in(wrong="Sign in first."), 401)
    if wanted == "sign-out":
        return _with_pass(_see_other("?"), "")
    _carry_out(context, wanted, form)
    return _see_other("?" + urlencode({**context.query, "did": wanted}))


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Refused(400, "bad_request", f"the form has more than {_MOST_FIELDS} fields") from None


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
    return Guard(context.worlds.settings).is_signed_in(flask.request.cookies.get(_cookie(), ""))


def _sign_in(context: Context, token: str) -> HttpResponse:
    guard = Guard(context.worlds.settings)
    if not guard.is_token(token.encode()):
        return _html(sign_in(wrong="This is not the admin token of this fake."), 401)
    return _with_pass(_see_other("?" + urlencode(context.query)), guard.pass_for_page())


def _cookie() -> str:
    """The name of the cookie: a browser has one jar for all ports of a host (RFC 6265, 8.5)."""
    environ = flask.request.environ
    port = environ.get("HTTP_HOST", "").rpartition(":")[2]
    return f"{COOKIE}_{port if _PORT.fullmatch(port) else environ['SERVER_PORT']}"


def _with_pass(answer: HttpResponse, value: str) -> HttpResponse:
    answer.set_cookie(
        _cookie(),
        value,
        max_age=None if value else 0,
        # The browser takes the path that it knows: the page may be below a mount point or a proxy's prefix.
        path=None,
        secure=flask.request.environ["wsgi.url_scheme"] == "https",
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
    if missing := [name for name in re.findall(r"<([a-z]+)>", entry.path) if name not in parts]:
        raise Refused(400, "bad_request", f"the form has no field {missing[0]!r}, which the button {wanted!r} needs")
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
        into = nested.setdefault(outer, {}) if outer else nested
        if not isinstance(into, dict):
            raise Refused(400, "bad_request", f"the form has the fields {outer!r} and {name!r}; expected one of them")
        into[inner] = value
    if "key" not in entry.body.__struct_fields__:
        # Every form contains the key of its account.
        nested.pop("key", None)
    try:
        return msgspec.json.encode(msgspec.convert(nested, entry.body, strict=False))
    except msgspec.ValidationError as refusal:
        raise Refused(400, "bad_request", f"the form is not what this button takes: {refusal}") from None
