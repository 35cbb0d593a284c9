"""Routes of the page at /__admin/ui. Its buttons are forms, so it works without JavaScript; each calls another route.

Errors are answered in HTML: with the same page, which shows the message. The view is read with the lock of its world,
computed and rendered without it.
"""

import gzip
import re
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import flask
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.guard import COOKIE, Guard
from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.routes import ROUTES, Context, route
from flipsnack_mock.admin.ui import ASSETS, asset, page, sign_in
from flipsnack_mock.admin.ui.buttons import ACTIONS, NOT_REFUSED, RefusedForm, carry_out, refused_form
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.query import link, query_of
from flipsnack_mock.admin.ui.view import view_of
from flipsnack_mock.doctor.diagnosis import Diagnosis
from flipsnack_mock.protocol.addresses import PAGE_PATH, origin_of
from flipsnack_mock.protocol.errors import Refused

_MOST_FIELDS = 100
# So much is read in some milliseconds, whatever is escaped in it.
_FORM_BYTES = 100_000
_PORT = re.compile("[0-9]{1,5}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    # With `no-referrer` forms are sent with the origin `null`, as from another site.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Download(NamedTuple):
    """A file that the page offers: the route that answers with it, and the route's parameters that name the account."""

    path: str
    account: str = ""


DOWNLOADS = {
    "requests.har": Download("/__admin/requests.har", "key"),
    "requests.ndjson": Download("/__admin/requests.ndjson", "key"),
    "snapshot.json": Download("/__admin/accounts/<key>/snapshot"),
    "accounts.toml": Download("/__admin/export"),
}
"""The files by name. They are below the page, because its cookie is not valid for the routes of programs."""


@route(
    "GET",
    PAGE_PATH,
    "show the page for people (account, request, text, hash, code, fault, since, to, …)",
    access="page",
)
def show_page(context: Context) -> HttpResponse | Work:
    """The page, or the form that asks for the token."""
    if not _is_signed_in(context):
        return _html(sign_in(), 401)
    action = ACTIONS.get(context.query.get("did", ""))
    return _page(context, said=action.said if action else "")


@route(
    "POST",
    PAGE_PATH,
    "carry out a form of the page, then show the page",
    access="page",
    most_bytes=_FORM_BYTES,
)
def submit(context: Context) -> HttpResponse | Work:
    """Redirect to the page, or show it with the error message or the diagnosis."""
    form: dict[str, str] = {}
    try:
        form = _form(context.raw_body)
        return _acted(context, dict(form))
    except Refused as refusal:
        if not _is_signed_in(context):
            return _html(sign_in(wrong=refusal.message), refusal.http_status)
        return _page(context, refused=refused_form(form, refusal), status=refusal.http_status)


def _acted(context: Context, form: dict[str, str]) -> HttpResponse | Work:
    wanted = form.pop("do", "")
    if wanted == "sign-in":
        return _sign_in(context, form.get("token", ""))
    if not _is_signed_in(context):
        return _html(sign_in(wrong="Sign in first."), 401)
    if wanted == "sign-out":
        return _with_pass(_see_other("?"), "")
    answer = carry_out(context, wanted, form)
    if isinstance(answer, Work):
        return _page(context, refused=RefusedForm({"do": wanted, **form}), explained=answer)
    query = query_of(context.query)
    # A new account is shown at once.
    made = answer["key"] if wanted in ("create-account", "fork") else query.account
    did = urlencode({"did": wanted})
    return _see_other(f"{link(query, account=made, seen=query.seen)}&{did}".replace("?&", "?"))


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(400, "bad_request", f"the form has more than {_MOST_FIELDS} fields") from None
    # Browsers send every line break of a text area as two characters.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


@route("GET", f"{PAGE_PATH}/<file>", "show a file that the page loads", access="page")
def show_asset(context: Context) -> HttpResponse:
    """The script or the style sheet; available without a token."""
    name = context.args["file"]
    if name not in ASSETS:
        raise Refused(404, "not_found", f"the page has no file {name[:40]!r}; there are {', '.join(ASSETS)}")
    return HttpResponse(asset(name), headers=_HEADERS | {"Cache-Control": "no-cache"}, content_type=ASSETS[name])


@route("GET", f"{PAGE_PATH}/download/<file>", "download a file that the page offers, of ?account=", access="page")
def download(context: Context) -> HttpResponse | Work:
    """The journal, a snapshot or the accounts: what the routes for programs answer."""
    name, key = context.args["file"], context.query.get("account", "")
    if not _is_signed_in(context):
        return _html(sign_in(), 401)
    if name not in DOWNLOADS:
        raise Refused(404, "not_found", f"the page offers no file {name[:40]!r}; there are {', '.join(DOWNLOADS)}")
    wanted = DOWNLOADS[name]
    entry = next(one for one in ROUTES if (one.method, one.path) == ("GET", wanted.path))
    query = {wanted.account: key} if wanted.account else {}
    answer: HttpResponse | Work = entry.handler(context._replace(args={"key": key}, query=query))
    return answer


def _page(
    context: Context,
    *,
    said: str = "",
    refused: RefusedForm = NOT_REFUSED,
    status: int = 200,
    explained: Work | None = None,
) -> Work:
    settings = context.worlds.settings
    origin = origin_of(flask.request.environ, base_url=settings.base_url, namespace=context.world.name)
    cache = flask.current_app.extensions.setdefault("flipsnack_mock.page", PageCache())
    view = view_of(context.world, query_of(context.query), at=context.at, base_url=f"{origin}/v1/", cache=cache)
    guarded, is_packed = Guard(settings).wants_token, "gzip" in flask.request.headers.get("Accept-Encoding", "")

    def shown() -> HttpResponse:
        text = page(view(), said=said, refused=refused, guarded=guarded, diagnosis=_diagnosis(explained))
        return _packed(_html(text, status)) if is_packed else _html(text, status)

    return Work(shown)


def _diagnosis(explained: Work | None) -> Diagnosis | None:
    if explained is None:
        return None
    explained.block()
    found: Diagnosis = explained.answer
    return found


def _packed(answer: HttpResponse) -> HttpResponse:
    # The page is sent every second: what is repeated in it is most of it.
    answer.data = gzip.compress(answer.data, compresslevel=1, mtime=0)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


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
