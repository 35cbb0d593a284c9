"""The query of the page: what it shows, as one value, and the links that change a part of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

TABS = {"requests": "Requests", "account": "Clock and jobs", "faults": "Faults", "tools": "Tools"}
"""The parts of the page. A wide window shows all of them, a narrow one the chosen one."""

SPANS = {60: "1 min", 300: "5 min", 1_800: "30 min", 7_200: "2 h"}
"""The seconds of the past that the timeline can show."""


class PageQuery(msgspec.Struct, frozen=True):
    """What the page shows.

    `request` is shown in full. `show` and the fields up to `to` select requests: `text` anywhere in them, their `hash`,
    `code` (or HTTP status) and `fault`, and the times `since` and `to` of the account's clock. `older` is the number of
    the request before which the list begins, `seen` that of the latest one it may hold; 0 is no bound. `preset` is the
    fault whose values can be set, `find` a part of the keys in the list of accounts; `accounts` and `jobs` number the
    first rows of their lists.
    """

    account: str = ""
    request: str = ""
    show: str = "all"
    text: str = ""
    hash: str = ""
    code: str = ""
    fault: str = ""
    since: str = ""
    to: str = ""
    older: int = 0
    seen: int = 0
    tab: str = "requests"
    span: int = 60
    preset: str = ""
    find: str = ""
    accounts: int = 0
    jobs: int = 0

    @property
    def searches(self) -> list[str]:
        """The fields of the search form that are set."""
        return [name for name in FILTERED_BY if getattr(self, name)]


FILTERED_BY = ("text", "hash", "code", "fault", "since", "to")
"""The fields of the search form."""

_DEFAULTS = msgspec.structs.asdict(PageQuery())
_NUMBERS = {name for name, value in _DEFAULTS.items() if isinstance(value, int)}
_UNBOUNDED = 10**18


def query_of(given: Mapping[str, str]) -> PageQuery:
    """The query as a browser sends it; what cannot be read is left out, because an address may be old or mistyped."""
    known: dict[str, Any] = {name: value.strip() for name, value in given.items() if name in _DEFAULTS}
    known |= {name: _number(known[name]) for name in _NUMBERS & known.keys()}
    if known.get("tab") not in TABS:
        known.pop("tab", None)
    if known.get("span") not in SPANS:
        known.pop("span", None)
    return PageQuery(**known)


def link(query: PageQuery, **changes: Any) -> str:
    """The query string of the page with `changes`. A held list is no part of an address."""
    return "?" + urlencode(_given(msgspec.structs.asdict(query) | {"seen": 0} | changes))


def carried(query: PageQuery, *without: str) -> dict[str, Any]:
    """The fields of the query that a form hands on, but for those that the form has itself."""
    given = _given(msgspec.structs.asdict(query) | {"seen": 0})
    return {name: value for name, value in given.items() if name not in without}


def first_row(wanted: int, count: int, size: int) -> int:
    """The first row of the page, of `size` rows, that holds the row `wanted` of `count`, or of the last page."""
    return min(wanted, max(0, count - 1)) // size * size


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != _DEFAULTS[name]}


def _number(text: str) -> int:
    return min(int(text), _UNBOUNDED) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
