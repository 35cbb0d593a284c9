"""Each method of the client: what it sends, and what it makes of the answer."""

import html
import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from client.tests.conftest import ScriptedApi, answer, http

from flipsnack_client import (
    ApiError,
    Assumptions,
    Cancelled,
    Collection,
    ConversionFailed,
    ConversionStatus,
    DeadlineExceeded,
    Flipsnack,
    Item,
    MalformedAnswer,
    PageStats,
)
from flipsnack_client.envelope import CALLBACK, decode
from flipsnack_client.fields import Fields

OBJECT: dict[str, Any] = {
    "collectionHash": "h",
    "collectionTitle": "Spring",
    "collectionDescription": "",
    "collectionStatus": "public",
    "collectionWidth": 650,
    "collectionHeight": 385,
    "collectionThumbnail": "https://x/t.png",
    "flipbooks": [{"flipbookHash": "i", "flipbookTitle": "d.pdf", "flipbookStatus": "complete", "pages": 3}],
    "playerSettings": {"theme": "dark"},
}
SUMS = {"impressions": 723, "views": 1240, "time_spent": 53, "downloads": 4}
PAGE = {"page": 1, "time_spent": 127443, "clicks": 392, "views": 4529}


def ok(data: object) -> dict[str, Any]:
    return {"code": 20, "status": "OK", "data": data}


# What is called, the parameters that it sends beside key and signature, and the data that it is answered.
CALLS: dict[str, tuple[Callable[[Flipsnack], Any], dict[str, str], Any]] = {
    "collection.getCollection": (lambda f: f.collection("h"), {"collectionHash": "h"}, OBJECT),
    "collection.update": (
        lambda f: f.update("h", title="", height=400, status="public", more={"rtl": "true"}),
        {"collectionHash": "h", "title": "", "collectionHeight": "400", "collectionStatus": "public", "rtl": "true"},
        OBJECT,
    ),
    "collection.deleteCollection": (lambda f: f.delete(Collection("h")), {"collectionHash": "h"}, None),
    "collection.getEmbed": (
        lambda f: f.embed("h", width=200, responsive=True, start_page=2, more={"startBook": "1"}),
        {"collectionHash": "h", "width": "200", "responsive": "true", "startPage": "2", "startBook": "1"},
        {"embedCode": "<iframe></iframe>"},
    ),
    "collection.getStats": (
        lambda f: f.stats("h", date(2024, 1, 1), "2024-01-31", pages=True),
        {"collectionHash": "h", "startDate": "2024-01-01", "endDate": "2024-01-31", "includePageStats": "true"},
        {**SUMS, "pages": [PAGE]},
    ),
    "collection.getList": (
        lambda f: list(f.collections(query="", status="public", order_by="name", order_mode="asc", page_size=10)),
        {"query": "", "collectionStatus": "public", "orderBy": "name", "orderMode": "asc", "from": "0", "to": "9"},
        {"collectionCount": 1, "collections": [OBJECT]},
    ),
    "user.getStats": (lambda f: f.user_stats(), {}, {**SUMS, "api_uploads_left": 997}),
}


@pytest.mark.parametrize("action", CALLS)
def test_a_method_sends_what_the_vendor_documents(api: ScriptedApi, action: str) -> None:
    call, expected, data = CALLS[action]
    api.server.plan = [answer(**({"code": 20, "status": "OK"} if data is None else ok(data)))]
    call(api.client())
    (request,) = api.server.requests
    sent = dict(parse_qsl(urlsplit(request.split(b" ")[1].decode()).query, keep_blank_values=True))
    assert len(sent.pop("signature")) == 32
    assert {"action": action, "apiKey": "test-client", **expected} == sent


def xml(value: object) -> str:
    """As XML: one element a field, `item` for those of a list."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(inner)}</{name}>" for name, inner in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{xml(inner)}</item>" for inner in value)
    return html.escape(str(value), quote=False)


@pytest.mark.parametrize("answer_format", ["json", "jsonp", "xml"])
def test_an_answer_is_the_same_value_in_each_format(api: ScriptedApi, answer_format: str) -> None:
    """Numbers are numbers though XML has text, lists are lists though they have one element or none."""
    told: list[Any] = []
    for call, _, data in CALLS.values():
        answered = ok({} if data is None else data)
        body = json.dumps(answered)
        formats = {"json": body, "jsonp": f"{CALLBACK}({body})", "xml": f"<response>{xml(answered)}</response>"}
        api.server.plan = [http(formats[answer_format].encode())]
        client = Flipsnack("test-x", "s", base_url=f"{api.server.url}/v1/", format=answer_format, clock=api.clock)
        told.append(call(client))
    collection, _, _, embed, stats, listed, user = told
    assert ("Spring", "", "public", 650, 385) == (
        collection.title,
        collection.description,
        collection.status,
        collection.width,
        collection.height,
    )
    assert ConversionStatus.COMPLETE is collection.conversion
    assert [collection] == listed
    assert {"playerSettings": {"theme": "dark"}} == collection.extra
    assert "<iframe></iframe>" == embed
    assert (723, (PageStats(1, 4529, 392, 127443, {}),)) == (stats.impressions, stats.pages)
    assert (997, {}) == (user.uploads_left, user.extra)


def test_an_empty_list_and_an_item_alone_are_lists_in_xml() -> None:
    several, one, none = (
        Fields.of(decode(f"<response><code>20</code><status/><data>{x}</data></response>".encode(), "xml")).objects("x")
        for x in ("<x><item><a>1</a></item><item><a>2</a></item></x>", "<x><item><a>1</a></item></x>", "<x></x>")
    )
    assert [2, 1, 0] == [len(found or ()) if found is not None else None for found in (several, one, none)]


def read(data: dict[str, Any], **names: Any) -> Collection:
    """The collection in an answer."""
    body = json.dumps(ok({"collectionHash": "h", **data})).encode()
    return Collection.read(Fields.of(decode(body, "json")), Assumptions(**names))


# The data, the names that the caller gave, and what the conversion is.
STATUSES: dict[str, tuple[dict[str, Any], dict[str, str], str | None]] = {
    "as the fake names it": ({"flipbooks": [{"flipbookStatus": "processing"}]}, {}, "processing"),
    "in capitals": ({"flipbooks": [{"flipbookStatus": "COMPLETE"}]}, {}, "complete"),
    "renamed": ({"items": [{"conversionStatus": "Failed"}]}, {}, "failed"),
    "beside the list": ({"conversionState": "complete"}, {}, "complete"),
    "one of several fails": ({"items": [{"status": "complete"}, {"status": "failed"}]}, {}, "failed"),
    "one of several goes on": ({"items": [{"status": "complete"}, {"status": "processing"}]}, {}, "processing"),
    "named by the caller": ({"docs": [{"phase": "complete", "status": "failed"}]}, {"conversion": "phase"}, "complete"),
    "not one of the three": ({"flipbooks": [{"flipbookStatus": "queued"}]}, {}, None),
    "a title is none": ({"collectionTitle": "Complete", "flipbooks": [{"flipbookTitle": "failed"}]}, {}, None),
    "nothing": ({"collectionStatus": "public"}, {}, None),
}


@pytest.mark.parametrize("name", STATUSES)
def test_the_conversion_is_found_whatever_it_is_called(name: str) -> None:
    """The vendor names the three values, not the field: a name that was given counts, else what looks like it."""
    data, names, expected = STATUSES[name]
    assert expected == read(data, **names).conversion


def test_what_has_no_name_here_is_kept_and_what_is_missing_is_none() -> None:
    found = read({"docs": [{"id": "i", "pages": 3}], "cover": "x"}, item_hash="id")
    assert (None, None, (), {}) == (found.title, found.width, read({}).items, read({}).extra)
    assert ((Item("i", None, None, {"pages": 3}),), {"cover": "x"}) == (found.items, found.extra)
    assert [Item("i", "d.pdf", ConversionStatus.COMPLETE, {"pages": 3})] == list(read(OBJECT).items)


WRONG: dict[str, tuple[str, Any]] = {
    "collectionHash is missing": ("collection.getCollection", {"collectionTitle": "x"}),
    "without data": ("collection.getCollection", None),
    "collectionWidth is something else": ("collection.getCollection", {**OBJECT, "collectionWidth": "wide"}),
    "embedCode is missing": ("collection.getEmbed", {}),
    "views is missing": ("collection.getStats", {"impressions": 1}),
    "pages is something else": ("collection.getStats", {**SUMS, "pages": [1]}),
    "collections is missing": ("collection.getList", {"collectionCount": 0}),
    "api_uploads_left is something else": ("user.getStats", {**SUMS, "api_uploads_left": True}),
}


@pytest.mark.parametrize("words", WRONG)
def test_an_answer_without_what_is_documented_is_malformed(api: ScriptedApi, words: str) -> None:
    action, data = WRONG[words]
    api.server.plan = [answer(**({"code": 20, "status": "OK"} if data is None else ok(data)))]
    with pytest.raises(MalformedAnswer, match=words):
        CALLS[action][0](api.client())


def test_update_follows_a_new_hash_and_asks_if_the_answer_has_none(api: ScriptedApi) -> None:
    """What it returns has the hash to go on with; an answer of no data is followed by a look."""
    api.server.plan = [answer(**ok({**OBJECT, "collectionHash": "published"}))]
    assert "published" == api.client().update("h", status="public").hash
    api.server.plan = [http(b""), answer(code=20, status="OK"), answer(**ok(OBJECT))]
    assert "Spring" == api.client().update("h", title="Spring").title


def converting(*statuses: str, **more: str) -> list[Any]:
    """The answers to so many polls."""
    return [answer(**ok({"collectionHash": "h", "flipbooks": [{"flipbookStatus": one}], **more})) for one in statuses]


def test_a_conversion_is_polled_at_the_vendors_pace(api: ScriptedApi) -> None:
    api.server.plan = converting("processing", "processing", "complete")
    seen: list[Any] = []
    done = api.client().wait_converted(Collection("h"), on_poll=lambda one: seen.append(one.conversion))
    assert (["processing", "processing", "complete"], "complete") == (seen, done.conversion)
    assert [pytest.approx(2.25), pytest.approx(3.375)] == api.clock.sleeps


ENDS: dict[str, tuple[list[Any], type[Exception], str]] = {
    "failed": (converting("processing", "failed"), ConversionFailed, "collection h could not be converted"),
    "deadline": (converting("processing"), DeadlineExceeded, "use a longer deadline"),
    "no status": (converting("queued"), MalformedAnswer, "Assumptions"),
    "deleted": ([*converting("processing"), answer(code=43, status="Forbidden")], ApiError, "43 Forbidden"),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_conversion_that_is_not_complete_ends_in_its_own_failure(api: ScriptedApi, name: str) -> None:
    api.server.plan, expected, words = ENDS[name]
    with pytest.raises(expected, match=words):
        api.client().wait_converted("h", deadline=60)


def test_a_wait_for_a_conversion_can_be_cancelled(api: ScriptedApi) -> None:
    api.server.plan = converting("processing")
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        api.client().wait_converted("h", on_poll=lambda _: cancel.set(), cancel=cancel)
    assert 1 == len(api.server.requests)
