"""The site is a folder of files: it builds without a warning, needs no other host, and its search works from disk."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from mock_server.tests.conftest import chromium as chromium
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable
from selenium.webdriver.support.wait import WebDriverWait

REPOSITORY = Path(__file__).resolve().parents[1]

# What the search shows is in a shadow tree.
SEARCH = "[...document.body.children].find(child => child.shadowRoot).shadowRoot"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built from a copy so that nothing appears in the repository."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(REPOSITORY / "docs", folder / "docs")
    shutil.copy(REPOSITORY / "zensical.toml", folder)
    for role in ("client", "mock_server", "contract_tests"):
        (folder / role).symlink_to(REPOSITORY / role)
    build = (Path(sys.executable).with_name("zensical"), "build", "--strict")
    run = subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "build/site"


def _loaded(page: Path) -> list[str]:
    """The addresses of everything that a browser loads to show the page."""
    found: Any = html.parse(page).xpath("//script/@src | //img/@src | //iframe/@src | //link[@rel='stylesheet']/@href")
    return [str(address) for address in found]


def test_a_page_loads_nothing_but_files_of_the_site(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) >= len(list((REPOSITORY / "docs").rglob("*.md")))
    for page in pages:
        assert [] == [name for name in _loaded(page) if name[0] != "/" and not (page.parent / name).is_file()], page


def test_the_docstrings_are_on_the_site(site: Path) -> None:
    python, fixtures = ((site / f"reference/{name}.html").read_text() for name in ("python", "fixtures"))
    names = (
        "flipsnack_client.public.Flipsnack",
        "flipsnack_mock.testing.MockServer",
        "flipsnack_mock.server.app.create_app",
    )
    assert [] == [name for name in names if f'id="{name}"' not in python]
    assert 'id="flipsnack_mock.pytest_plugin.flipsnack_account"' in fixtures


def test_the_search_works_from_disk_without_a_network(site: Path, chromium: webdriver.Chrome) -> None:
    chromium.set_window_size(1280, 900)
    chromium.get((site / "index.html").as_uri())
    wait = WebDriverWait(chromium, 20)
    wait.until(element_to_be_clickable((By.CSS_SELECTOR, ".md-search__button"))).click()
    wait.until(lambda browser: browser.execute_script(f"return {SEARCH}.activeElement !== null"))
    webdriver.ActionChains(chromium).send_keys("mock-corrupt-zip").perform()
    wait.until(lambda browser: "Magic collections" in browser.execute_script(f"return {SEARCH}.textContent"))
    assert [] == [entry["message"] for entry in chromium.get_log("browser")]  # type: ignore[no-untyped-call]
