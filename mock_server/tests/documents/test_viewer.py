import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html
from mock_server.tests.conftest import signed
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from flipsnack_mock.documents.drawn_pages import drawn_pages
from flipsnack_mock.documents.pages import Page, TextRun
from flipsnack_mock.documents.viewer import viewer_files
from flipsnack_mock.testing import MockServer

TITLE = 'Été </script> & "co" <b>\'s</b>'
NAMESPACE = b"http://www.w3.org/2000/svg"
PAGES = 6
DASH = "\N{EN DASH}"
BOUND = 30
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def index_of(files: Mapping[str, bytes | memoryview]) -> Any:
    return html.fromstring(bytes(files["index.html"]))


def words(text: str) -> list[str]:
    """What a page shows of `text`: control characters are no text."""
    return "".join(character if character.isprintable() else " " for character in text).split()


@given(title=TEXT, count=st.integers(1, 12))
@example(title="\0\x1b]]>&<\u2028\ufffe", count=1)
@example(title=TITLE, count=3)
def test_every_page_is_a_picture_and_names_no_other_place_whatever_the_title_is(title: str, count: int) -> None:
    files = viewer_files("h", title, drawn_pages(title, count))
    index = index_of(files)
    assert (words(title), count) == (index.findtext(".//title").split(), len(index.findall(".//section")))
    for number, picture in enumerate(index.findall(".//section//img"), start=1):
        assert etree.fromstring(bytes(files[picture.get("src")])).tag.endswith("}svg")
        assert f"Page {number} of {count}" in index.get_element_by_id(f"page={number}").text_content()
    if "://" not in title:
        assert not [name for name, content in files.items() if b"://" in bytes(content).replace(NAMESPACE, b"")]


def test_a_long_title_is_shortened_on_the_pages() -> None:
    picture = bytes(drawn_pages("x" * 200, 1)[0].picture).decode()
    assert "x" * 23 + "…" in picture
    assert "x" * 24 not in picture


@given(text=TEXT)
def test_a_page_that_is_handed_in_keeps_its_bytes_its_shape_and_its_text(text: str) -> None:
    """What most pages measure is the shape of the book; a picture without text says which page it is."""
    run = TextRun(text, 0.1, 0.25, 0.5, 0.02)
    handed = [
        Page(b"1", "image/png", 300, 200, (run, run)),
        Page(b"2", "image/jpeg", 400, 400),
        Page(b"3", "image/png", 3, 2),
    ]
    files = viewer_files("h", "t", [*handed, handed[1]])
    index = index_of(files)
    names = ["pages/page-0001.png", "pages/page-0002.jpg", "pages/page-0003.png", "pages/page-0004.jpg"]
    pictures = index.findall(".//section//img")
    assert names == [picture.get("src") for picture in pictures]
    assert [b"1", b"2", b"3", b"2"] == [files[name] for name in names]
    assert "--ratio:1" == index.get_element_by_id("book").get("style")
    assert ["", "Page 2", "Page 3", "Page 4"] == [picture.get("alt") for picture in pictures]
    spans = index.findall(".//span")
    assert ["--x:0.1000;--y:0.2500;--w:0.5000;--h:0.0200"] * 2 == [span.get("style") for span in spans]
    assert [words(text)] * 2 == [span.text_content().split() for span in spans]


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
    """A package that was opened from disk, as its reader has it."""

    def __init__(self, browser: webdriver.Chrome, folder: Path) -> None:
        self.browser = browser
        self._address = (folder / "index.html").as_uri()

    def open(self, anchor: str = "", *, width: int = 1200, motion: str = "reduce") -> None:
        size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._prefer(motion)
        # A fresh document, even when only the anchor differs.
        self.browser.get("about:blank")
        self.browser.get(f"{self._address}{anchor}")

    def _prefer(self, motion: str) -> None:
        features = [{"name": "prefers-reduced-motion", "value": motion}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(script, *arguments)

    def pages(self) -> list[int]:
        """The pages that lie open, once their pictures are there and no page moves any more."""
        WebDriverWait(self.browser, BOUND, poll_frequency=0.05).until(lambda _: self.run(STILL))
        numbers: list[int] = self.run(OPEN)
        assert f"{DASH.join(map(str, numbers))} / {PAGES}" == self.find("#position").text
        assert int(self.run("return location.hash.replace('#page=', '')")) in numbers
        return numbers

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def press(self, key: str) -> list[int]:
        self.browser.switch_to.active_element.send_keys(key)
        return self.pages()

    def click(self, selector: str) -> list[int]:
        self.find(selector).click()
        return self.pages()

    def corner(self, selector: str) -> tuple[float, float]:
        x, y = self.run(
            "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [(b.left + b.right) / 2, (b.top + b.bottom) / 2]",
            selector,
        )
        return x, y

    def drag(self, start: tuple[float, float], by: float) -> list[int]:
        """What lies open after the mouse has pulled from `start` by so many pixels to the side."""
        for kind, way in (
            ("mouseMoved", 0.0),
            ("mousePressed", 0.0),
            ("mouseMoved", by / 2),
            ("mouseMoved", by),
            ("mouseReleased", by),
        ):
            event = {"type": kind, "x": start[0] + way, "y": start[1], "button": "left", "buttons": 1, "clickCount": 1}
            self.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)
            if way == by and kind == "mouseMoved":
                assert self.run(
                    "return document.querySelector('#book.turning .back').style.transform.startsWith('matrix')"
                )
        return self.pages()

    def swipe(self, by: float) -> list[int]:
        for kind, way in (("touchStart", 0.0), ("touchMove", by / 2), ("touchMove", by)):
            event = {"type": kind, "touchPoints": [{"x": 180 + way, "y": 400}]}
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", event)
        self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return self.pages()


OPEN = """
    const pages = document.querySelectorAll('section.page:is(.left, .right)');
    return [...pages].map(page => Number(page.id.replace('page=', '')));
"""
STILL = """
    const pictures = [...document.querySelectorAll('section.page:is(.left, .right) img')];
    return !document.querySelector('.turning') && pictures.every(one => one.complete && one.naturalWidth > 0);
"""


@pytest.fixture
def book(browser: webdriver.Chrome, unpacked: Path) -> Iterator[Book]:
    yield Book(browser, unpacked)
    for reset in ("Emulation.clearDeviceMetricsOverride", "Emulation.setEmulatedMedia"):
        browser.execute_cdp_cmd(reset, {})
    browser.get("about:blank")


def test_a_package_opens_from_disk_and_its_pages_turn_in_every_way(book: Book) -> None:
    """By buttons, keys, clicks, the overview and corners: the cover lies alone, then pairs, then the last page."""
    book.open()
    assert TITLE == book.browser.title == book.find("#title").text
    assert "Made by flipsnack-mock" in book.find("#imprint").text
    assert [1] == book.pages()
    assert (False, True) == (book.find("#previous").is_enabled(), book.find("#next").is_enabled())
    assert [2, 3] == book.click("#next")
    keys = [Keys.ARROW_RIGHT, Keys.PAGE_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.PAGE_UP, Keys.HOME, Keys.END]
    assert [[4, 5], [6], [6], [4, 5], [2, 3], [1], [6]] == [book.press(key) for key in keys]
    assert (True, False) == (book.find("#previous").is_enabled(), book.find("#next").is_enabled())
    assert [4, 5] == book.click("#previous")
    assert [2, 3] == book.click("#book .left")
    assert [4, 5] == book.click("#book .right")
    book.find("#thumbnails").click()
    assert PAGES == len(book.browser.find_elements(By.CSS_SELECTOR, "#leaves img"))
    assert [2, 3] == book.click("#leaves li:nth-child(3) a")
    for whole in (True, False):
        book.click("#fullscreen")
        assert whole == book.run("return document.fullscreenElement === document.documentElement")
    book.open("#page=3", motion="no-preference")
    assert [2, 3] == book.pages()
    assert [2, 3] == book.drag(book.corner(".corner.next.bottom"), -50)
    assert [4, 5] == book.drag(book.corner(".corner.next.bottom"), -300)
    assert [2, 3] == book.drag(book.corner(".corner.previous.top"), 300)
    assert [1] == book.press(Keys.HOME)
    assert [] == book.browser.get_log("browser")  # type: ignore[no-untyped-call]


def test_the_book_can_be_twice_as_large(book: Book) -> None:
    """It then scrolls in its stage, and its pages still turn."""
    sizes = "return [stage.scrollWidth > stage.clientWidth, book.offsetWidth]"  # elements by their ids
    book.open("#page=2")
    scrolls, width = book.run(sizes)
    assert not scrolls
    assert [2, 3] == book.click("#zoom")
    assert [True, 2 * width] == book.run(sizes)
    assert [4, 5] == book.click("#next")
    assert [4, 5] == book.click("#zoom")
    assert [False, width] == book.run(sizes)


def test_text_of_every_page_can_be_found_selected_and_heard(book: Book) -> None:
    book.open()
    assert [1] == book.pages()
    book.find("#search").click()
    book.browser.switch_to.active_element.send_keys("pAgE 5")
    shown = "#leaves li:not([hidden])"
    assert ["Page 5"] == [mark.text for mark in book.browser.find_elements(By.CSS_SELECTOR, f"{shown} mark")]
    assert f"1 of {PAGES} pages" == book.find("#found").text
    assert [4, 5] == book.click(f"{shown} a")
    assert [f"Page 5 of {PAGES}"] == [run.text for run in book.browser.find_elements(By.CSS_SELECTOR, ".hit")]
    select = "getSelection().selectAllChildren(document.getElementById('page=4')); return getSelection().toString()"
    assert [f"Page 4 of {PAGES}"] == book.run(select).splitlines()[1:]
    tree = book.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    heard = [node["name"]["value"] for node in tree if node.get("role", {}).get("value") == "StaticText"]
    assert [f"Page {number} of {PAGES}" for number in (4, 5)] == [text for text in heard if text.startswith("Page ")]
    # The browser's own search finds pages that are out of sight.
    out_of_sight = "return [...document.querySelectorAll('section.page[hidden=until-found]')].length"
    assert PAGES - 2 == book.run(out_of_sight)


def test_a_telephone_shows_single_pages_and_turns_them_by_a_swipe(book: Book) -> None:
    book.open("#page=3", width=360, motion="no-preference")
    book.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        turns = [book.pages(), book.swipe(-150), book.swipe(-150), book.swipe(150), book.swipe(-20)]
    finally:
        book.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    assert [[3], [4], [5], [4], [4]] == turns
    assert 1 == book.run("return document.querySelectorAll('.page:is(.left, .right)').length")
    assert book.run("return document.documentElement.scrollWidth") <= 360
    assert [] == book.run(
        "return [...document.querySelectorAll('button')].filter(one => one.checkVisibility() && one.offsetHeight < 24)"
    )


def test_a_page_can_be_shared_by_its_address(book: Book) -> None:
    for anchor, pages in (("#page=3", [2, 3]), ("#page=99", [PAGES]), ("#page=-1", [1]), ("#page=x", [1])):
        book.open(anchor)
        assert pages == book.pages()
    book.run("location.hash = '#page=4'")
    WebDriverWait(book.browser, BOUND).until(lambda _: [4, 5] == book.pages())


def test_without_a_script_all_pages_follow_one_below_the_other(book: Book) -> None:
    book.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        book.open(width=360)
        assert f"All {PAGES} pages follow" in book.find("noscript").text
        tops = [page.rect["y"] for page in book.browser.find_elements(By.CSS_SELECTOR, "section.page")]
        assert PAGES == len(set(tops))
        assert sorted(tops) == tops
        assert not book.find("footer").is_displayed()
    finally:
        book.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
