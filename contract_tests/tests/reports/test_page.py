import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from flipsnack_contract.reports import write_reports
from flipsnack_contract.reports.page import page
from flipsnack_contract.target.result import Result

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--proxy-server=127.0.0.1:9")


class Tags(HTMLParser):
    """The names of all elements and attributes in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember them."""
        self.found |= {tag, *(f"{tag}@{name}" for name, _ in attrs)}


ALLOWED = {
    *("html", "html@lang", "head", "meta", "meta@charset", "meta@name", "meta@content", "meta@http-equiv", "title"),
    *("style", "body", "h1", "h2", "h3", "p", "p@class", "span", "span@class", "article", "article@class", "pre"),
    *("div", "div@class", "table", "thead", "tbody", "tr", "th", "td"),
}


def test_what_needs_a_reader_comes_first(results: tuple[Result, ...]) -> None:
    """Worst first; every check stands in the table."""
    document = html.fromstring(page(results))
    assert ["failed", "broken", "warned", "expected", "flaky"] == [one.get("class") for one in document.iter("article")]
    assert len(results) == len(document.findall(".//tbody/tr"))
    told = document.findtext(".//article/pre")
    assert told is not None
    assert "with key = '</pre>'" in told


def test_a_run_in_which_all_holds_says_so(results: tuple[Result, ...]) -> None:
    """Nothing to read is said."""
    assert "Every check that ran holds." in page(results[:1])


@given(results=st.lists(anything, max_size=4))
def test_no_text_becomes_markup(results: list[Result]) -> None:
    """Whatever a server said, the page has its own elements and nothing else, and fetches nothing."""
    tags = Tags()
    tags.feed(page(results))
    assert set() == tags.found - ALLOWED


def test_a_browser_shows_it(results: tuple[Result, ...], tmp_path: Path) -> None:
    """As one file, without a network."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    file = tmp_path / "page.html"
    write_reports(results, {"html": str(file)})
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    shown = html.fromstring(done.stdout)
    assert len(results) == len(shown.findall(".//tbody/tr"))
    assert [] == shown.findall(".//b")
