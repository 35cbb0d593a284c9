"""getCollection, update, deleteCollection, getEmbed and user.getStats: what is done with a collection that exists."""

import base64
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html
from mock_server.tests.conftest import DOCUMENT, KEY, SECOND, SECRET, Door, make_door, signed
from mock_server.tests.faults.conftest import account

from flipsnack_mock.protocol.methods import METHODS, OBJECTS
from flipsnack_mock.state.account import account_id
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection

GET, UPDATE, DELETE = "collection.getCollection", "collection.update", "collection.deleteCollection"
EMBED, LIST = "collection.getEmbed", "collection.getList"
OF_A_HASH = sorted(name for name, one in METHODS.items() if "collectionHash" in [each.name for each in one.parameters])
COLLECTIONS = (
    SeedCollection(hash="older", title="Older"),
    SeedCollection(hash="draft", title="Draft", description="D", status="editable", width=800, height=600),
    SeedCollection(hash="newer", title="Newer"),
)
SHOWN = {"title": "Title", "description": "Description", "status": "Status", "width": "Width", "height": "Height"}


def owning(**settings: Any) -> Door:
    return make_door(seed=(SeedAccount(KEY, SECRET, COLLECTIONS),), **settings)


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer["data"][f"collection{field}"] for name, field in SHOWN.items()}


def test_create_get_collection_and_update_answer_with_one_object_and_the_fields_of_the_table(door: Door) -> None:
    made = door.upload(DOCUMENT)["data"]
    door.now += 2 * SECOND
    read = door.act(GET, made["collectionHash"])["data"]
    assert read == door.act(UPDATE, made["collectionHash"])["data"]
    assert "processing" == made["flipbooks"][0].pop("flipbookStatus")
    assert "complete" == read["flipbooks"][0].pop("flipbookStatus")
    assert made == read
    assert [field.name for field in OBJECTS["collection"].fields] == list(read)
    assert f"http://fake.test/thumbnails/{account_id(KEY)}/collections/" in read["collectionThumbnail"]


def test_invented_fields_are_renamed_or_dropped_at_any_depth() -> None:
    names = {"flipbooks": "items", "flipbookStatus": "state", "flipbookTitle": "", "collectionThumbnail": ""}
    data = owning(invented_names=names).act(GET, "draft")["data"]
    assert ["flipbookHash", "state"] == list(data["items"][0])
    assert not {"flipbooks", "collectionThumbnail"} & data.keys()


@pytest.mark.parametrize(
    ("params", "changed"),
    [
        ({}, {}),
        ({"title": "", "description": ""}, {"title": "", "description": ""}),
        ({"title": "A & B"}, {"title": "A & B"}),
        ({"collectionWidth": "1", "collectionHeight": "2"}, {"width": 1, "height": 2}),
        ({"collectionStatus": "unlisted"}, {"status": "unlisted"}),
        ({"collectionStatus": "editable"}, {"status": "editable"}),
        ({"unknown": "x"}, {}),
    ],
    ids=str,
)
def test_an_update_sets_what_it_is_given_and_keeps_the_rest(params: dict[str, str], changed: dict[str, Any]) -> None:
    before = {"title": "Older", "description": "", "status": "public", "width": 650, "height": 385}
    door = owning()
    answer = door.act(UPDATE, "older", **params)
    assert before | changed == shown(answer) == shown(door.act(GET, "older"))
    assert "older" == answer["data"]["collectionHash"]


def test_a_setting_lets_an_update_reset_what_it_is_not_given() -> None:
    answer = owning(update_resets=True).act(UPDATE, "draft", description="New")
    assert {"title": "Draft", "description": "New", "status": "editable", "width": 650, "height": 385} == shown(answer)


@pytest.mark.parametrize(
    "params",
    [{"collectionWidth": "0"}, {"collectionHeight": ""}, {"collectionStatus": ""}, {"collectionStatus": "private"}],
    ids=str,
)
def test_an_update_with_a_wrong_value_changes_nothing(params: dict[str, str]) -> None:
    door = owning()
    assert 40 == door.act(UPDATE, "draft", title="New", **params)["code"]
    assert "Draft" == shown(door.act(GET, "draft"))["title"]


def test_publishing_gives_a_new_hash_and_the_temporary_one_dies() -> None:
    door = owning()
    item = door.act(GET, "draft")["data"]["flipbooks"][0]["flipbookHash"]
    published = door.act(UPDATE, "draft", collectionStatus="public")["data"]
    final = published["collectionHash"]
    assert re.fullmatch("[0-9a-z]{10}", final)
    assert item == published["flipbooks"][0]["flipbookHash"]
    for action in OF_A_HASH:
        assert 43 == door.act(action, "draft")["code"], action
        assert "update.temporary-hash-dies" == door.entry.rule
    assert published == door.act(GET, final)["data"]
    # It keeps its place in the list.
    listed = door.act(LIST)["data"]["collections"]
    assert ["newer", final, "older"] == [one["collectionHash"] for one in listed]


def test_a_resource_url_outlives_the_temporary_hash_in_it() -> None:
    door = owning(default_schedule="immediate")
    url = door.call(collectionHash="draft")["data"]["resourceUrl"]
    door.act(UPDATE, "draft", collectionStatus="public")
    assert 200 == door.fetch(url).http_status


def test_a_setting_lets_a_temporary_hash_stay() -> None:
    door = owning(temporary_hash="stays")
    first = door.act(UPDATE, "draft", collectionStatus="public")["data"]["collectionHash"]
    door.act(UPDATE, "draft", collectionStatus="editable")
    second = door.act(UPDATE, first, collectionStatus="unlisted")["data"]["collectionHash"]
    assert 3 == len({"draft", first, second})
    assert [second] * 3 == [door.act(GET, one)["data"]["collectionHash"] for one in ("draft", first, second)]


def test_a_deletion_has_no_data_and_the_collection_is_gone_for_every_method() -> None:
    door = owning()
    assert {"code": 20, "status": "OK"} == door.act(DELETE, "draft")
    assert dict.fromkeys(OF_A_HASH, 43) == {action: door.act(action, "draft")["code"] for action in OF_A_HASH}
    assert 2 == door.act(LIST)["data"]["collectionCount"]


@pytest.mark.parametrize(("setting", "status"), [("lives", 200), ("dies", 403)])
def test_a_resource_url_outlives_its_collection_unless_a_setting_ends_it(setting: str, status: int) -> None:
    door = make_door(deleted_url=setting)
    url = door.call()["data"]["resourceUrl"]
    door.act(DELETE, "mock-complete")
    assert status == door.fetch(url).http_status
    door.now += 60 * SECOND
    assert 403 == door.fetch(url).http_status


def iframe(answer: dict[str, Any]) -> tuple[str, str, list[str], list[str]]:
    """Width and height, and the `hash` and `p` of the address, of the code in an answer."""
    element = html.fragment_fromstring(answer["data"]["embedCode"])
    query = parse_qs(urlsplit(unescape(element.get("src"))).query)
    return element.get("width"), element.get("height"), query["hash"], query.get("p", [])


@pytest.mark.parametrize(
    ("params", "size", "page"),
    [
        ({}, ("800", "600"), []),
        ({"width": "200"}, ("200", "600"), []),
        ({"width": "200", "height": "100", "startPage": "1", "startBook": "1", "https": "true"}, ("200", "100"), []),
        ({"responsive": "True", "width": "200"}, ("100%", "100%"), []),
        ({"startPage": "9", "startBook": "7"}, ("800", "600"), ["9"]),
    ],
    ids=str,
)
def test_the_embed_code_has_size_page_and_a_token_of_account_and_collection(
    params: dict[str, str], size: tuple[str, str], page: list[str]
) -> None:
    answer = owning().act(EMBED, "draft", **params)
    token = base64.b64encode(f"{account_id(KEY)}+draft".encode()).decode()
    assert (*size, [token], page) == iframe(answer)
    assert '<iframe src="http://fake.test/player?hash=' in answer["data"]["embedCode"]


def test_the_statistics_of_the_user_are_those_of_the_published_example() -> None:
    call = signed(
        "123ABCDE-456-7890-FGH", action="user.getStats", apiKey="LK12NS-0-IOBW3S89VVJH12Z", collectionHash=None
    )
    expected = {"impressions": 2945, "views": 3719, "time_spent": 154, "downloads": 12, "api_uploads_left": 1000}
    door = make_door()
    assert expected == door.call(call)["data"]
    # Deleted collections still count.
    assert (
        20
        == door.call(signed("123ABCDE-456-7890-FGH", action=DELETE, apiKey=call["apiKey"], collectionHash="d3m0h45h"))[
            "code"
        ]
    )
    assert expected == door.call(call)["data"]


def test_a_seeded_conversion_begins_with_the_first_call_for_its_collection() -> None:
    seed = SeedCollection(hash="own", conversion_schedule="after-2s")
    door = make_door(seed=(SeedAccount(KEY, SECRET, (seed,), {"2026-09": 990}),))
    door.now += 9 * SECOND
    assert 38 == door.call(collectionHash="own")["code"]
    door.now += 2 * SECOND
    assert 20 == door.call(collectionHash="own")["code"]
    assert 10 == door.act("user.getStats")["data"]["api_uploads_left"]
    assert account(door).collections["own"].conversion is not None
