"""What is made of an uploaded document: its package, its player, its thumbnail."""

import io
import itertools
import re
import threading
import zipfile
from typing import Any

import pytest
import requests
from mock_server.tests.conftest import SECOND, START
from mock_server.tests.raw_socket import query
from mock_server.tests.server.test_uploads import PNG, fields, served, upload
from mock_server.tests.server.uploads.test_documents import picture, with_content
from PIL import Image

from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import AdminClient, MockServer, make_pdf

IMMEDIATELY = {"conversion_schedule": "immediate", "default_schedule": "immediate", "requests_per_minute": 0}


def package_of(base: str, key: str, document: bytes, name: str = "My file.pdf", **headers: str) -> requests.Response:
    made = upload(base, key, (name, document))
    asked = query(key, collectionHash=made["collectionHash"])
    url = requests.get(base, params=asked, timeout=10).json()["data"]["resourceUrl"]
    return requests.get(url, headers=headers, timeout=60)


def opened(answer: requests.Response) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def pictures(archive: zipfile.ZipFile) -> list[tuple[str, tuple[int, int]]]:
    """Format and size of each page that is a picture."""
    names = [name for name in archive.namelist() if name.endswith((".jpg", ".png"))]
    opened_ones = [Image.open(io.BytesIO(archive.read(name))) for name in names]
    return [(str(one.format), one.size) for one in opened_ones]


@pytest.mark.parametrize("name", ["ours", "wsgiref"])
def test_a_package_shows_the_pages_that_were_uploaded(name: str) -> None:
    """As pictures and as text; in parts and by another server it is the same, byte by byte."""
    document = make_pdf(2, ["Once <upon> a time", "The end"])
    with served(name, **IMMEDIATELY) as url:
        whole = package_of(f"{url}/v1/", "test-one", document)
        archive, index = opened(whole), opened(whole).read("index.html").decode()
        assert [("JPEG", (988, 1400))] * 2 == pictures(archive)
        assert re.findall(">(Page 1|Once &lt;upon&gt; a time|Page 2|The end)<", index) == re.findall(
            ">([^<>]+)</span>", index
        )
        assert "<title>My file" in index
        etag = whole.headers["ETag"]
        part = requests.get(whole.url, headers={"Range": "bytes=1000-90000", "If-Range": etag}, timeout=10)
        assert (206, whole.content[1000:90001]) == (part.status_code, part.content)
        head = requests.head(whole.url, timeout=10)
        assert (etag, str(len(whole.content))) == (head.headers["ETag"], head.headers["Content-Length"])
    with MockServer(**IMMEDIATELY) as another:
        assert whole.content == package_of(another.base_url, "test-one", document).content


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(picture("PNG", mode="RGBA", size=(3_000, 30)), [("JPEG", (1400, 14))], id="a wide PNG"),
        pytest.param(picture("JPEG", size=(30, 40)), [("JPEG", (30, 40))], id="a small JPEG"),
        pytest.param(make_pdf(101), [("JPEG", (706, 1000))] * 101, id="many pages"),
    ],
)
def test_every_kind_of_document_has_pages(server: MockServer, document: bytes, expected: list[Any]) -> None:
    account = server.admin.account("test-kinds")
    account.settings(default_schedule="immediate", conversion_schedule="immediate")
    assert expected == pictures(opened(package_of(server.base_url, "test-kinds", document)))


def test_a_page_that_cannot_be_read_is_drawn(server: MockServer) -> None:
    """And so is every page of a document that is gone."""
    broken = make_pdf(3).replace(b"6 0 obj\n<< /Type /Page", b"6 0 obj\n<< /Type /Gone")
    server.admin.account("test-broken").settings(conversion_schedule="immediate", default_schedule="immediate")
    archive = opened(package_of(server.base_url, "test-broken", broken))
    assert ["jpg", "svg", "jpg"] == [name[-3:] for name in archive.namelist() if name.startswith("pages/")]


def test_nothing_waits_while_a_document_is_drawn() -> None:
    """Neither another caller, nor the document's own next call."""
    with MockServer(**IMMEDIATELY, requests_per_second=0) as server:
        document = with_content(b"0 0 1 1 re f " * 200_000)
        answers: list[int] = []

        def fetch() -> None:
            answers.append(package_of(server.base_url, "test-slow", document).status_code)

        thread = threading.Thread(target=fetch)
        thread.start()
        server.admin.account("test-slow").requests.wait(action="collection.downloadHTML")
        others = [requests.get(server.base_url, params=query("test-quick"), timeout=10).json() for _ in range(5)]
        assert [20] * 5 == [answer["code"] for answer in others]
        assert [] == answers, "the package came first"
        thread.join()
        assert [200] == answers


def test_a_package_that_was_asked_for_in_time_is_served_however_long_it_takes() -> None:
    """Each look at the clock is ten seconds after the one before; the URL lives for 25."""
    ticks = itertools.count(START, 10 * SECOND)
    settings, _ = load_settings(flags=IMMEDIATELY | {"url_lifetime": 25}, environment={}, file=None)
    client = create_app(settings, now=lambda: next(ticks)).test_client()
    file = (io.BytesIO(make_pdf(30)), "a.pdf")
    made = client.post("/v1/", data=fields("test-late") | {"file": file}, content_type="multipart/form-data").get_json()
    asked = query("test-late", collectionHash=made["data"]["collectionHash"])
    url = client.get("/v1/", query_string=asked).get_json()["data"]["resourceUrl"]
    assert 200 == client.get(url.removeprefix("http://localhost")).status_code
    assert 403 == client.get(url.removeprefix("http://localhost")).status_code


def embedded(server: MockServer, key: str, made: dict[str, Any], **more: str) -> str:
    asked = query(key, action="collection.getEmbed", collectionHash=made["collectionHash"], **more)
    code = requests.get(server.base_url, params=asked, timeout=10).json()["data"]["embedCode"]
    found = re.search('src="(.*?)"', code)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_an_embed_code_loads_a_player_that_shows_the_document(server: MockServer) -> None:
    account = server.admin.account("test-player")
    account.settings(conversion_schedule="after-2s")
    made = upload(server.base_url, "test-player", ("A & B.pdf", make_pdf(3, "words")))
    source = embedded(server, "test-player", made, startPage="2")
    assert source.startswith(f"{server.url}/player?hash=")
    assert "This document is being converted." in requests.get(source, timeout=10).text
    account.clock.advance(3)
    page = requests.get(source, timeout=10).text
    found = re.search('src="(player/.*?/)index.html#page=2" title="A &amp; B"', page)
    assert found is not None
    folder = f"{server.url}/{found[1]}"
    kinds = {"index.html": "text/html", "viewer.js": "text/javascript", "pages/page-0003.jpg": "image/jpeg"}
    for name, kind in kinds.items():
        answer = requests.get(folder + name, timeout=60)
        assert (200, kind) == (answer.status_code, answer.headers["Content-Type"].partition(";")[0])
    assert 404 == requests.get(folder + "pages/page-0004.jpg", timeout=10).status_code


def test_a_document_that_cannot_be_converted_says_so_in_the_player(server: MockServer) -> None:
    server.admin.account("test-damaged").settings(conversion_schedule="immediate")
    made = upload(server.base_url, "test-damaged", ("a.pdf", b"%PDF-1.7 rubbish"))
    assert "could not be converted" in requests.get(embedded(server, "test-damaged", made), timeout=10).text


@pytest.mark.parametrize(("size", "expected"), [("thumb", 100), ("small", 200), ("medium", 400), ("original", 1400)])
def test_a_thumbnail_shows_the_first_page(server: MockServer, size: str, expected: int) -> None:
    """The object of a collection has the URL of one size; the others are beside it."""
    made = upload(server.base_url, "test-thumbnail", ("a.pdf", make_pdf(2)))
    url = made["collectionThumbnail"]
    answer = requests.get(url.removesuffix("medium") + size, timeout=60)
    shown = Image.open(io.BytesIO(answer.content))
    assert ("image/jpeg", "JPEG", expected) == (answer.headers["Content-Type"], shown.format, shown.height)
    assert 404 == requests.get(url + "x", timeout=10).status_code


def test_a_collection_without_a_document_has_a_drawn_thumbnail_and_player() -> None:
    with MockServer() as server:
        AdminClient(server.url).account("test-seeded").collections.create(hash="seeded123", title="<b>", pages=2)
        asked = query("test-seeded", action="collection.getCollection", collectionHash="seeded123")
        made = requests.get(server.base_url, params=asked, timeout=10).json()["data"]
        drawn = requests.get(made["collectionThumbnail"], timeout=10)
        assert ("image/svg+xml", True) == (drawn.headers["Content-Type"], "&lt;b&gt;" in drawn.text)
        assert "<title>&lt;b&gt;</title>" in requests.get(embedded(server, "test-seeded", made), timeout=10).text


@pytest.mark.parametrize(
    "path",
    [
        "player",
        "player?hash=%21",
        "player?hash=QUJD",
        "player/00000000000/collections/none1234/index.html",
        "thumbnails/00000000000/collections/none1234/items/x/covers/page_1/small",
    ],
)
def test_what_names_no_collection_is_not_found(server: MockServer, path: str) -> None:
    for prefix in ("", "t/one/"):
        answer = requests.get(f"{server.url}/{prefix}{path}", timeout=10)
        assert (404, "not_found") == (answer.status_code, answer.json()["error"]["type"])


def test_a_deleted_collection_has_no_player_and_no_thumbnail(server: MockServer) -> None:
    made = upload(server.base_url, "test-deleted", ("a.png", PNG))
    source = embedded(server, "test-deleted", made)
    asked = query("test-deleted", action="collection.deleteCollection", collectionHash=made["collectionHash"])
    assert 20 == requests.get(server.base_url, params=asked, timeout=10).json()["code"]
    assert [404, 404] == [requests.get(url, timeout=10).status_code for url in (source, made["collectionThumbnail"])]
