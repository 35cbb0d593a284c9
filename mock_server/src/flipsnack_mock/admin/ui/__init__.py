"""The page at /__admin/ui: what it shows (`view`), and how that becomes HTML."""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import jinja2

from flipsnack_mock.admin.ui.timeline import format_duration
from flipsnack_mock.admin.ui.view import PageQuery, PageView

__all__ = ["ASSETS", "page", "sign_in"]

ASSETS = {"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"}
"""The files that the page loads, with their content types; they are the same for everybody."""


def page(view: PageView, *, said: str = "", wrong: str = "", guarded: bool = False) -> str:
    """The page as HTML. `said` tells what was done, `wrong` what could not be; `guarded` is whether a token is set."""
    return _templates().get_template("page.html").render(view=view, said=said, wrong=wrong, guarded=guarded)


def sign_in(*, wrong: str = "") -> str:
    """The form that asks for the admin token, as HTML; `wrong` says what was wrong with the last one."""
    return _templates().get_template("sign_in.html").render(wrong=wrong)


@functools.cache
def asset(name: str) -> bytes:
    """The content of one of `ASSETS`."""
    return files(__name__).joinpath(name).read_bytes()


@functools.cache
def _templates() -> jinja2.Environment:
    # Everything is escaped: the texts on the page are whatever a client has sent.
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"format_duration": format_duration, "clock": _clock}
    environment.globals["link"] = _link
    return environment


def _template(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")


def _clock(instant: str) -> str:
    """The time of day in an ISO 8601 text, to the millisecond."""
    return instant[11:23]


def _link(query: PageQuery, **changes: Any) -> str:
    """The page with other things asked for."""
    wanted = {"account": query.account, "show": query.show, "request": query.request} | changes
    return "?" + urlencode(
        {name: value for name, value in wanted.items() if value and (name, value) != ("show", "all")}
    )
