import json
import zipfile
from pathlib import Path

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from mock_server.tests.conftest import signed
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from flipsnack_mock.documents.viewer import viewer_files
from flipsnack_mock.testing import MockServer

TITLE = 'Été </script> & "co" <b>\'s</b>'
NAMESPACE = b"http://www.w3.org/2000/svg"
PAGES = 4
BOUND = 30


@given(title=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), pages=st.integers(1, 12))
@example(title="\0\x1b]]>&<\u2028\ufffe", pages=1)
@example(title=TITLE, pages=1)
def test_every_page_is_a_picture_and_names_no_other_place_whatever_the_title_is(title: str, pages: int) -> None:
    files = viewer_files("h", title, pages)
    data = json.loads(files["data.js"].decode().removeprefix("window.FLIPBOOK = ").removesuffix(";\n"))
    assert (title, pages) == (data["title"], len(data["pages"]))
    assert b"<" not in files["data.js"]
    for name in data["pages"]:
        assert etree.fromstring(files[name]).tag.endswith("}svg")
    if "://" not in title:
        assert not [name for name, content in files.items() if b"://" in content.replace(NAMESPACE, b"")]


def test_a_long_title_is_shortened_on_the_pages() -> None:
    page = viewer_files("h", "x" * 200, 1)["pages/page-0001.svg"].decode()
    assert "x" * 23 + "…" in page
    assert "x" * 24 not in page


@pytest.fixture(scope="module")
def unpacked(server: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    account = server.admin.account("test-viewer")
    made = account.collections.create(title=TITLE, pages=PAGES, schedule="immediate", package_bytes=100_000)
    params = signed(account.secret, apiKey=account.key, collectionHash=made["hash"])
    url = requests.get(server.base_url, params=params, timeout=BOUND).json()["data"]["resourceUrl"]
    folder = tmp_path_factory.mktemp("package")
    file = folder / "package.zip"
    file.write_bytes(requests.get(url, timeout=BOUND).content)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


class Book:
    def __init__(self, browser: webdriver.Chrome, folder: Path, *, anchor: str = "") -> None:
        self._browser = browser
        # A fresh document, even when only the anchor differs.
        browser.get("about:blank")
        browser.get(f"{(folder / 'index.html').as_uri()}{anchor}")

    def shows(self, page: int) -> bool:
        """Whether that page comes to be shown: its picture loaded, its number under it."""
        picture = self._browser.find_element(By.ID, "page")
        loaded = "return arguments[0].complete && arguments[0].naturalWidth > 0"
        return WebDriverWait(self._browser, BOUND).until(
            lambda browser: (
                str(picture.get_attribute("src")).endswith(f"pages/page-{page:04d}.svg")
                and bool(browser.execute_script(loaded, picture))
                and f"{page} / {PAGES}" == browser.find_element(By.ID, "position").text
            )
        )

    def press(self, key: str) -> None:
        self._browser.find_element(By.TAG_NAME, "body").send_keys(key)

    def can(self, name: str) -> bool:
        return self._browser.find_element(By.ID, name).is_enabled()


def test_a_package_opens_from_disk_and_its_pages_turn(browser: webdriver.Chrome, unpacked: Path) -> None:
    """By the buttons, by the page itself, and by the keys; not beyond its ends."""
    book = Book(browser, unpacked)
    assert book.shows(1)
    assert TITLE == browser.title == browser.find_element(By.ID, "title").text
    assert (False, True) == (book.can("previous"), book.can("next"))
    turns = [("next", 2), ("page", 3), (Keys.ARROW_RIGHT, 4), (Keys.ARROW_RIGHT, 4), ("previous", 3)]
    for turn, page in [*turns, (Keys.HOME, 1), (Keys.END, 4)]:
        browser.find_element(By.ID, turn).click() if turn.isalpha() else book.press(turn)
        assert book.shows(page)
    assert (True, False) == (book.can("previous"), book.can("next"))
    assert [] == browser.get_log("browser")  # type: ignore[no-untyped-call]


def test_a_page_can_be_shared_by_its_address(browser: webdriver.Chrome, unpacked: Path) -> None:
    for anchor, page in (("#page=3", 3), ("#page=99", PAGES), ("#page=-1", 1), ("#page=x", 1)):
        assert Book(browser, unpacked, anchor=anchor).shows(page)
