import re
from typing import Any

import msgspec
import pytest
from mock_server.tests.conftest import DOCUMENT, KEY, SECOND, Door, decoded, make_door
from mock_server.tests.faults.conftest import account

from flipsnack_mock.protocol.messages import UploadedFile

DAY = 86_400 * SECOND
LONG_URL = "https://example.com/shelf/The%20atlas.pdf?x=1"


def file(**fields: Any) -> UploadedFile:
    return msgspec.structs.replace(DOCUMENT, **fields)


def flipbook(answer: dict[str, Any]) -> dict[str, Any]:
    return dict(answer["data"]["flipbooks"][0])


def conversion(door: Door, collection_hash: str) -> str:
    return str(flipbook(door.act("collection.getCollection", collection_hash))["flipbookStatus"])


def test_an_upload_answers_with_the_new_collection_and_the_defaults_of_the_table(door: Door) -> None:
    data = door.upload(DOCUMENT)["data"]
    assert re.fullmatch("[0-9a-z]{10}", data["collectionHash"])
    assert re.fullmatch("[0-9a-f]{23}i[0-9]{8}", flipbook({"data": data})["flipbookHash"])
    assert ("Spring catalogue", "processing") == tuple(flipbook({"data": data}).values())[1:]
    texts = ("Spring catalogue", "", "public", 650, 385)
    names = ("collectionTitle", "collectionDescription", "collectionStatus", "collectionWidth", "collectionHeight")
    assert texts == tuple(data[name] for name in names)
    given = {"title": "T", "description": "D", "collectionStatus": "unlisted", "collectionWidth": "1"}
    assert ("T", "D", "unlisted", 1, 385) == tuple(door.upload(DOCUMENT, **given)["data"][name] for name in names)
    assert "" == door.upload(DOCUMENT, title="")["data"]["collectionTitle"]


@pytest.mark.parametrize(
    ("files", "params", "title", "pages"),
    [
        ([file(file_name="C:\\shelf\\The atlas.v2.pdf")], {}, "The atlas.v2", 12),
        ([file(file_name="atlas")], {}, "atlas", 12),
        ([], {"fileUrl": LONG_URL}, "The atlas.pdf", 8),
        ([], {"fileUrl": "http://[::1/The%20atlas.pdf?x"}, "The atlas.pdf", 8),
        # The file wins over the URL.
        ([DOCUMENT], {"fileUrl": LONG_URL}, "Spring catalogue", 12),
        # An empty file is none.
        ([file(size=0)], {"fileUrl": LONG_URL}, "The atlas.pdf", 8),
        # The server fetched it.
        ([file(field="fileUrl", pages=3)], {"fileUrl": LONG_URL}, "The atlas.pdf", 3),
    ],
    ids=["file", "no ending", "url", "url without a host", "file and url", "empty file and url", "fetched"],
)
def test_the_document_that_counts_gives_title_and_pages(
    door: Door, files: list[UploadedFile], params: dict[str, str], title: str, pages: int
) -> None:
    data = door.upload(*files, **params)["data"]
    assert title == data["collectionTitle"]
    assert pages == account(door).collections[data["collectionHash"]].pages


SMALL = {"upload_bytes": 1_000, "upload_pages": 12}
# Each spoils one thing of an upload; they are in the order in which they are found.
SPOILT: tuple[tuple[int, dict[str, Any]], ...] = (
    (36, {"second": True}),
    (34, {"size": 1_001}),
    (30, {"field": "document"}),
    (503, {"not_kept": "the spool is full"}),
    (45, {"kind": ""}),
    (35, {"pages": 13}),
    (33, {"used_up": True}),
)


def refused(*spoilt: dict[str, Any]) -> tuple[int, Door]:
    """The code, or the HTTP status of the fake's own refusal, of an upload that is spoilt like this."""
    merged = {name: value for one in spoilt for name, value in one.items()}
    second, used_up = merged.pop("second", False), merged.pop("used_up", False)
    door = make_door(**SMALL, uploads_per_month=0 if used_up else 1)
    answer = door.upload(*[file(**merged)] * (2 if second else 1))
    return answer.get("code", 503), door


@pytest.mark.parametrize(("code", "spoilt"), SPOILT, ids=lambda value: str(value))
def test_each_refusal_has_its_code_comes_before_the_later_ones_and_counts_for_nothing(
    code: int, spoilt: dict[str, Any]
) -> None:
    for other_code, other in SPOILT:
        found, door = refused(spoilt, other)
        assert min(code, other_code, key=[one for one, _ in SPOILT].index) == found
        assert ({}, {}) == (account(door).uploads, account(door).collections)
        assert ("" if found == 503 else "method") == door.entry.failed
    assert 20 == refused({"size": 1_000, "pages": 12})[0]


@pytest.mark.parametrize(
    ("files", "params", "code"),
    [
        ([], {}, 30),
        ([file(size=0)], {}, 30),
        ([], {"fileUrl": ""}, 40),
        ([], {"fileUrl": "ftp://example.com/a.pdf"}, 40),
        ([], {"file": "document.pdf"}, 40),
        ([DOCUMENT], {"file": ""}, 20),
        ([DOCUMENT], {"collectionStatus": "private"}, 40),
        ([DOCUMENT], {"collectionWidth": "0"}, 40),
    ],
    ids=str,
)
def test_what_is_no_upload_is_refused(door: Door, files: list[UploadedFile], params: dict[str, str], code: int) -> None:
    assert code == door.upload(*files, **params)["code"]


def test_an_upload_is_a_post() -> None:
    door = make_door()
    assert 40 == door.call(action="collection.create", collectionHash=None, fileUrl=LONG_URL)["code"]
    assert "request.post-for-uploads" == door.entry.rule


def test_the_quota_is_that_of_a_calendar_month_of_the_accounts_clock() -> None:
    door = make_door(uploads_per_month=2, conversion_schedule="failed")
    codes, left = [], []
    # The clock begins on 21 September.
    for days in (0, 9, 9, 1, 0, 0):
        door.now += days * DAY
        codes.append(door.upload(DOCUMENT)["code"])
        left.append(door.act("user.getStats")["data"]["api_uploads_left"])
    assert ([20, 20, 20, 20, 33, 33], [1, 0, 1, 0, 0, 0]) == (codes, left)


@pytest.mark.parametrize(
    ("file_name", "params", "waits", "expected"),
    [
        ("a.pdf", {}, (1.999999, 0.000001), "ppc"),
        ("mock-failed.pdf", {}, (0,), "ff"),
        ("mock-after-3-polls.pdf", {}, (0, 0, 0, 0), "ppppc"),
        ("mock-processing.jpg", {}, (1e6,), "pp"),
        ("a.pdf", {"title": "mock-failed-after-5s"}, (4.9, 0.1), "ppf"),
        ("mock-half-way.pdf", {}, (0, 0, 0, 0), "ppppc"),
        ("mock-failed.pdf", {"title": "mock-complete"}, (), "c"),
        # Nothing of a download can be asked for with an upload, and no error that passes.
        ("mock-truncated.pdf", {}, (2,), "pc"),
        ("mock-error-31-2-times.pdf", {}, (2,), "pc"),
    ],
)
def test_a_conversion_runs_by_its_schedule_or_by_that_of_a_magic_name(
    door: Door, file_name: str, params: dict[str, str], waits: tuple[float, ...], expected: str
) -> None:
    made = door.upload(file(file_name=file_name), **params)
    states = [flipbook(made)["flipbookStatus"]]
    for seconds in waits:
        door.now += round(seconds * SECOND)
        states.append(conversion(door, made["data"]["collectionHash"]))
    assert expected == "".join(state[0] for state in states)


def test_a_damaged_document_is_a_conversion_that_fails(door: Door) -> None:
    made = door.upload(file(damage="no page tree"), title="mock-after-1-poll")["data"]["collectionHash"]
    assert ["processing", "failed", "failed"] == [conversion(door, made) for _ in range(3)]
    # It counts, it has no package, and it can be changed.
    assert 999 == door.act("user.getStats")["data"]["api_uploads_left"]
    assert {"status": "FAILED"} == door.call(collectionHash=made)["data"]
    assert 20 == door.act("collection.update", made, title="x")["code"]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("collection.update", 38),
        ("collection.downloadHTML", 38),
        ("collection.getCollection", 20),
        ("collection.getEmbed", 20),
        ("collection.getStats", 20),
        ("collection.deleteCollection", 20),
    ],
)
def test_what_waits_for_the_conversion_and_what_does_not(door: Door, action: str, code: int) -> None:
    made = door.upload(DOCUMENT)["data"]["collectionHash"]
    assert 1 == door.act("collection.getList")["data"]["collectionCount"]
    assert code == door.act(action, made)["code"]
    door.now += 2 * SECOND
    if code == 38:
        assert 20 == door.act(action, made)["code"]


def test_each_upload_has_a_hash_of_its_own_and_the_same_uploads_have_the_same_hashes() -> None:
    first, second = (
        [door.upload(DOCUMENT)["data"]["collectionHash"] for _ in range(9)] for door in (make_door(), make_door())
    )
    assert first == second
    assert 9 == len(set(first))


def test_a_document_that_was_not_kept_is_the_fakes_own_refusal(door: Door) -> None:
    response = door.send("", method="POST", files=(file(not_kept="the spool is full"),))
    assert 30 == decoded(response)["code"]
    answer = door.upload(file(not_kept="the spool is full"))
    assert {"type": "not_kept", "message": "the document was not kept: the spool is full"} == answer["error"]


def test_a_collection_keeps_what_is_known_of_its_document(door: Door) -> None:
    made = door.upload(DOCUMENT)["data"]["collectionHash"]
    assert DOCUMENT == door.world.find(KEY).collections[made].document  # type: ignore[union-attr]
