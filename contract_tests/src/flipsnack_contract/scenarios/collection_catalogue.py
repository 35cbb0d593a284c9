"""Scenarios about collections, written by hand: uploads and conversions, calls, publishing, lists, statistics."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

from flipsnack_contract.adapter.messages import FORMATS, Format
from flipsnack_contract.contract.documents import jpg
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.scenarios.event import CREATE, LIST, SHOW, UPDATE
from flipsnack_contract.scenarios.fault_catalogue import (
    GUEST_PAGE,
    PASSING,
    answered,
    at,
    every_other,
    refusal,
    spoilt_answer,
)
from flipsnack_contract.scenarios.scenario import Fault, Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_run import FINAL

CALL_FAULTS = tuple(fault for fault in PASSING.values() if fault.when != {"action": "package"})
NOT_DONE = tuple(fault for fault in CALL_FAULTS if fault.fault["kind"] == "code")
"""Faults by which a call is not carried out, and says so."""

LOST = tuple(
    at(CREATE, fault, affects="upload")
    for fault in CALL_FAULTS
    if fault.fault["kind"] != "code" and fault.fault.get("status") != 429
)
"""Faults by which the answer to an upload is lost."""

UPLOAD_CODES = tuple(sorted(FINAL))
HOSTILE_TEXT = ' Ünï+cödé ﬁＡ² & "quotes" = 100 % &amp; %41 <b>; 日本 😀\r\n--second line '
WIDE_TEXT = "é日😀" * 100
LINE_ENDS = "\na\nb\rc\n\n"
OTHER_FORMATS: list[Format] = [form for form in FORMATS if form != "json"]
ODD_CREDENTIALS: dict[str, Any] = {"key": "a+b%20c&d=e;f#g?h", "secret": "  šécrét €日😀 "}
LONG_TEXT = "a long text, as descriptions are; " * 200
JANUARY = {"startDate": "2024-01-01", "endDate": "2024-01-31"}
NIGHT = 28_800
ONE_OF_SEVERAL = {"title": "Spring catalogue"}
"""The title of other collections, where there are some."""
UNKNOWN = {"Zeta": "0", "_": "false", "a": "z", "a9": "x", "a10": "y", "B": " ", "Ärger é": "=&"}
"""Parameters that no method has: they are signed like any other. Each way to sort has another order of them."""


def _create(**fields: Any) -> Scenario:
    return Scenario(**{"op": "create", "schedule": "after-5s", **fields})


def _call(action: str, **fields: Any) -> Scenario:
    return Scenario(op="call", action=f"collection.{action}", **fields)


def _list(collections: int, page_size: int | None = 3, **fields: Any) -> Scenario:
    return Scenario(op="list", collections=collections, page_size=page_size, **fields)


def _spoilt(name: str, action: str) -> Fault:
    return at(action, spoilt_answer(name, "json"))


def _documents(*states: str) -> dict[str, Any]:
    """The data of a collection of several documents."""
    items = [{"flipbookHash": f"x{number}", "flipbookStatus": state} for number, state in enumerate(states)]
    return {"collectionHash": "abcdefgh", "flipbooks": items}


MAINTENANCE = (TimelineEvent(after_s=2, what="maintenance-on"), TimelineEvent(after_s=40, what="maintenance-off"))
"""Maintenance that begins after the first call."""

UPLOADS: Mapping[str, Scenario] = {
    **{
        f"upload a {kind} of {size} more bytes": _create(document=kind, document_bytes=size)
        for kind, size in (("pdf", 0), ("pdf", 5_000), ("png", 300_000))
    },
    **{
        f"upload a jpg of {size} bytes": _create(document="jpg", document_bytes=size - len(jpg()))
        for size in (8_192, 65_536, 65_537)
    },
    "upload what an earlier upload had between its parts": _create(document_bytes=500, torn=True),
    "upload a text": _create(document="text"),
    "upload an empty file": _create(document="empty"),
    "upload more bytes than may be": _create(document_bytes=9_000, settings={"upload_bytes": 8_000}),
    "upload more pages than may be": _create(document="pdf", pages=3, settings={"upload_pages": 2}),
    "upload with a title that is empty": _create(params={"title": "", "description": " "}),
    "upload with a long text": _create(params={"description": LONG_TEXT}),
    "upload with every parameter": _create(
        params={"title": "x", "collectionStatus": "unlisted", "collectionWidth": "800", "collectionHeight": "600"}
    ),
    "upload with a wrong secret": _create(who="wrong-secret"),
    "upload with an unknown key": _create(who="unknown-key"),
    **{
        f"upload refused with {code} after {before.name}": _create(
            faults=(at(CREATE, before), refusal(CREATE, code, FINAL[code]))
        )
        for code, before in zip(UPLOAD_CODES, cycle(NOT_DONE), strict=False)
    },
    **{f"upload refused with {code}": _create(faults=(refusal(CREATE, code, FINAL[code]),)) for code in (30, 34)},
    # Others have its title, so that it cannot be found by that.
    **{
        f"upload, its answer lost by {fault.name}": _create(faults=(fault,), collections=5, params=ONE_OF_SEVERAL)
        for fault in LOST
    },
    **{f"upload, {name}": _create(faults=(_spoilt(name, CREATE),)) for name in (GUEST_PAGE, "no data", "no code")},
    **{
        f"upload that breaks off after {cut} bytes": _create(document_bytes=300_000, cut_after=cut)
        for cut in (5_000, 200_000)
    },
    "upload, and no hash": _create(faults=(answered("no hash", CREATE, "json", {"collectionTitle": "x"}),)),
}
CONVERSIONS: Mapping[str, Scenario] = {
    "converted in a minute": _create(schedule="after-60s"),
    "converted at the third question, while another one is made": _create(
        schedule="after-3-polls", timeline=(TimelineEvent(after_s=0.1, what="add"),)
    ),
    "converted in a quarter of an hour": _create(schedule="after-900s", deadline_s=3600),
    "not convertible": _create(schedule="failed"),
    "not convertible after a while": _create(schedule="failed-after-20s", format="xml"),
    "never converted": _create(schedule="never", deadline_s=120),
    "never converted, less than a second of time": _create(schedule="never", deadline_s=0.5),
    "converted in a long time, with HTTP 503 at every other question": _create(
        schedule="after-20-polls", deadline_s=3600, faults=(every_other(SHOW, PASSING["HTTP 503 once"]),)
    ),
    "cancelled at once when it is converted": _create(schedule="never", cancel_after_s=0),
    "cancelled while it is converted": _create(schedule="never", cancel_after_s=10),
    "suspended while it is converted": _create(
        schedule="after-5-polls",
        deadline_s=10 * NIGHT,
        timeline=(TimelineEvent(after_s=5, what="suspend", for_s=NIGHT),),
    ),
    **{
        f"conversion, and {name}": _create(
            schedule="after-20s", faults=(answered(name, SHOW, "json", _documents(*states), after_s=after_s),)
        )
        for name, states, after_s in (
            ("a state that nobody knows", ("queued",), 0.0),
            ("no document", (), 0.0),
            ("a state that nobody knows, later", ("complete", "queued"), 8.0),
        )
    },
    **{
        f"conversion of three documents, one of them {state}": _create(
            faults=(answered(state, SHOW, "json", _documents(*states), affects="nothing", means=means),),
            deadline_s=60,
        )
        for state, means in {"processing": "deadline", "failed": "conversion_failed"}.items()
        for states in [("complete", state, "complete")]
    },
    "converted while there is maintenance": _create(schedule="after-60s", timeline=MAINTENANCE),
    "a package of what is being converted": Scenario(conversion="after-10s", schedule="after-5s"),
    "a package of what is being converted that fails": Scenario(conversion="after-10s", schedule="failed-after-15s"),
    "one poll of what is being converted": Scenario(op="poll", conversion="never"),
    "a change of what is being converted": _call("update", conversion="never", params={"title": "x"}),
}
CALLS: Mapping[str, Scenario] = {
    # A package is not built yet: its link would be in the result.
    **{
        f"call {method.name}" + ("" if form == "json" else f" ({form})"): Scenario(
            op="call", action=method.name, format=form, schedule="after-1-polls"
        )
        for method in methods()
        for form in FORMATS
        if method.name != CREATE
    },
    **{
        f"call {name} for a collection that is {whose}": _call(name, whose=whose)
        for name, whose in (
            ("update", "deleted"),
            ("getCollection", "foreign"),
            ("getStats", "foreign"),
            ("deleteCollection", "deleted"),
        )
    },
    "call getStats for a hash that needs encoding": _call(
        "getStats", whose="unknown", unknown_hash="a b+c%2Bd&e=f/é😀"
    ),
    "call update with an empty title": _call("update", params={"title": "", "description": WIDE_TEXT}),
    "call update with hostile texts": _call("update", params={"title": HOSTILE_TEXT, "description": LINE_ENDS}),
    "call update with a long text": _call("update", params={"description": LONG_TEXT}),
    **{
        f"call update with blanks around, in {form}": _call(
            "update", params={"title": HOSTILE_TEXT, "description": text}, format=form
        )
        for form, text in zip(OTHER_FORMATS, (WIDE_TEXT, "007"), strict=True)
    },
    "call getStats with parameters": _call("getStats", params={**JANUARY, "includePageStats": "true"}),
    **{
        f"call {name} with parameters that it does not have": _call(name, params=UNKNOWN)
        for name in ("getStats", "update")
    },
    "call getEmbed with parameters": _call("getEmbed", params={"responsive": "false", "startPage": "2"}),
    "call getList with a range": _call("getList", collections=5, params={"from": "1", "to": "2", "query": ""}),
    "call create": _call("create", document_bytes=500),
    "call create with a title": _call("create", params={"title": HOSTILE_TEXT, "description": ""}),
    "call create with a URL": _call("create", params={"fileUrl": "https://example.com/a%20b/ü?x=1&y=2#z"}),
    **{
        f"call create with a URL, its answer lost by {fault.name}": _call(
            "create", params={"fileUrl": "https://example.com/a.pdf"}, faults=(fault,)
        )
        for fault in LOST[::4]
    },
    "call create, its answer lost": _call("create", faults=LOST[:1]),
    "call create refused with 33": _call("create", faults=(refusal(CREATE, 33, "quota"),)),
    "call update with a wrong secret": _call("update", who="wrong-secret", params={"title": "x"}),
    "call user.getStats with an unknown key": Scenario(op="call", action="user.getStats", who="unknown-key"),
}
PUBLISHED: Mapping[str, Scenario] = {
    "publish": Scenario(op="publish"),
    **{
        f"publish, and {name}": Scenario(op="publish", faults=(answered(name, action, "json", {"title": "x"}),))
        for name, action in {"the change has no hash": UPDATE, "the collection has no hash": SHOW}.items()
    },
    "publish one of several with one title": Scenario(op="publish", collections=5, params=ONE_OF_SEVERAL),
    "publish what is deleted": Scenario(op="publish", whose="deleted"),
    "publish what is being converted": Scenario(op="publish", conversion="never"),
}
LISTS: Mapping[str, Scenario] = {
    "list none": _list(0),
    "list one": _list(1),
    "list one full page": _list(3),
    "list some pages": _list(20),
    "list many": _list(130, None),
    # Not from the beginning of a second, or of a minute, on: a client's windows may begin with those.
    "list pages of one, after 31 once at the third": _list(20, 1, faults=(at(LIST, PASSING["31 once"], nth=3),)),
    "list pages of one for more than a minute, after 32 once": _list(70, 1, faults=(at(LIST, PASSING["32 once"]),)),
    "list pages of one, little time": _list(20, 1, deadline_s=3),
    "list pages of one, less than a second of time": _list(20, 1, deadline_s=0.5),
    "cancelled at once when it lists": _list(20, 1, cancel_after_s=0),
    "cancelled while it lists": _list(20, 1, cancel_after_s=3),
    "list with HTTP 503 at every other page": _list(24, 2, faults=(every_other(LIST, PASSING["HTTP 503 once"]),)),
    "list what has a long text": _list(7, params={"query": LONG_TEXT}),
    "list the public ones": _list(20, params={"collectionStatus": "public"}),
    "list what has some words": _list(20, params={"query": "summer & more"}),
    "list one (xml)": _list(1, format="xml"),
    "list none (xml)": _list(0, format="xml"),
    **{
        f"list, and {name}": _list(7, faults=(answered(name, LIST, "json", {"collections": found}),))
        for name, found in {
            "the collections are a text": "none",
            "a collection has no hash": [{"collectionTitle": "x"}],
            "a collection is none": [None],
        }.items()
    },
    "list while one is made": _list(18, timeline=(TimelineEvent(after_s=0.1, what="add"),)),
    "list while one is deleted": _list(20, timeline=(TimelineEvent(after_s=0.1, what="delete"),)),
    "list pages of one while some come and go": _list(
        12,
        1,
        timeline=(
            TimelineEvent(after_s=0.5, what="add"),
            TimelineEvent(after_s=1.5, what="delete"),
            TimelineEvent(after_s=2.5, what="add"),
        ),
    ),
    **{f"list, {name}": _list(7, faults=(_spoilt(name, LIST),)) for name in ("no data", "no code")},
}
STATISTICS_ASKED: Mapping[str, Scenario] = {
    "statistics again": Scenario(op="statistics"),
    "statistics of some days again": Scenario(op="statistics", params=JANUARY),
    "statistics of what is foreign": Scenario(op="statistics", whose="foreign"),
    "statistics again, little time": Scenario(op="statistics", deadline_s=15),
    "cancelled between statistics": Scenario(op="statistics", cancel_after_s=15),
}
COLLECTION_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "uploads": UPLOADS,
    "conversions": CONVERSIONS,
    "publishing": PUBLISHED,
    "lists": LISTS,
    "statistics": STATISTICS_ASKED,
}
"""The scenarios by what they are about."""
