"""The page at /__admin/ui: renders a view as HTML."""

import functools
import re
from importlib.resources import files

import jinja2

from flipsnack_mock.admin.ui.buttons import NOT_REFUSED, RefusedForm
from flipsnack_mock.admin.ui.query import FILTERED_BY, SPANS, TABS, carried, link
from flipsnack_mock.admin.ui.timeline import format_duration
from flipsnack_mock.admin.ui.view import PageView
from flipsnack_mock.doctor.diagnosis import Diagnosis

ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "requests.js": "text/javascript; charset=utf-8",
    "calls.js": "text/javascript; charset=utf-8",
}
"""The static files of the page, with their content types."""


# Controls, and what changes the direction of a text or has no width: whoever reads the source sees each.
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def page(
    view: PageView,
    *,
    said: str = "",
    refused: RefusedForm = NOT_REFUSED,
    guarded: bool = False,
    diagnosis: Diagnosis | None = None,
) -> str:
    """The page as HTML.

    `said` is a status message; `refused` has an error message, and the form that is shown again; `guarded` says whether
    a token is set; `diagnosis` is that of the URL in the box for one.
    """
    return _rendered("page.html", view=view, said=said, refused=refused, guarded=guarded, diagnosed=diagnosis)


def sign_in(*, wrong: str = "") -> str:
    """The sign-in form as HTML; `wrong` is the error message of the last attempt."""
    return _rendered("sign_in.html", wrong=wrong)


def _rendered(template: str, **values: object) -> str:
    text = _templates().get_template(template).render(**values)
    return _UNSEEN.sub(lambda found: f"&#{ord(found[0])};", text)


@functools.cache
def asset(name: str) -> bytes:
    """The content of one of `ASSETS`."""
    return files(__name__).joinpath("static", name).read_bytes()


@functools.cache
def _templates() -> jinja2.Environment:
    # Everything is escaped: clients choose the text on the page.
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flipsnack_mock.admin.ui"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"format_duration": format_duration, "clock": _clock}
    environment.globals |= {"link": link, "carried": carried, "FILTERED_BY": FILTERED_BY, "TABS": TABS, "SPANS": SPANS}
    return environment


def _clock(instant: str) -> str:
    """The time of day in an ISO 8601 text, to the millisecond."""
    return instant[11:23]
