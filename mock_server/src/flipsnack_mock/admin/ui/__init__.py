"""The page at /__admin/ui: renders a view as HTML."""

import functools
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import jinja2

from flipsnack_mock.admin.ui.timeline import format_duration
from flipsnack_mock.admin.ui.view import PageQuery, PageView

ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "calls.js": "text/javascript; charset=utf-8",
}
"""The static files of the page, with their content types."""


def page(view: PageView, *, said: str = "", wrong: str = "", guarded: bool = False) -> str:
    """The page as HTML. `said` is a status message, `wrong` an error message; `guarded` says whether a token is set."""
    return _templates().get_template("page.html").render(view=view, said=said, wrong=wrong, guarded=guarded)


def sign_in(*, wrong: str = "") -> str:
    """The sign-in form as HTML; `wrong` is the error message of the last attempt."""
    return _templates().get_template("sign_in.html").render(wrong=wrong)


@functools.cache
def asset(name: str) -> bytes:
    """The content of one of `ASSETS`."""
    return files(__name__).joinpath(name).read_bytes()


@functools.cache
def _templates() -> jinja2.Environment:
    # Everything is escaped: clients choose the text on the page.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flipsnack_mock.admin", "ui"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"format_duration": format_duration, "clock": _clock}
    environment.globals["link"] = _link
    return environment


def _clock(instant: str) -> str:
    """The time of day in an ISO 8601 text, to the millisecond."""
    return instant[11:23]


def _link(query: PageQuery, **changes: Any) -> str:
    """The query string of the page with `changes`."""
    wanted = {"account": query.account, "show": query.show, "request": query.request} | changes
    return "?" + urlencode(
        {name: value for name, value in wanted.items() if value and (name, value) != ("show", "all")}
    )
