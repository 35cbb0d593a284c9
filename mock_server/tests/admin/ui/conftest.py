"""The page in a browser, as somebody at a keyboard has it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from mock_server.tests.conftest import signed
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from flipsnack_mock.testing import AccountAdmin, MockServer
from flipsnack_mock.testing.fields import DayFields

BOUND = 30
NARROW, WIDE = 360, 1280


class Page:
    """The page as somebody at a keyboard has it."""

    def __init__(self, browser: webdriver.Chrome, server: MockServer, key: str) -> None:
        self.browser = browser
        self.server = server
        self.account: AccountAdmin = server.admin.account(key)

    def open(self, query: str = "") -> None:
        self.browser.get(f"{self.server.url}/__admin/ui?account={self.account.key}{query}")

    def call(self, **changes: str | None) -> int:
        params = signed(self.account.secret, **({"apiKey": self.account.key} | changes))
        return int(requests.get(self.server.base_url, params=params, timeout=BOUND).json()["code"])

    def element(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def click(self, selector: str) -> None:
        def clicked() -> bool:
            self.element(selector).click()
            return True

        self.until(clicked)

    def text(self, selector: str = "main") -> str:
        return str(self.browser.execute_script("return document.querySelector(arguments[0]).innerText", selector))

    def until(self, holds: Callable[[], Any]) -> None:
        # The element, or the whole document, may be replaced between finding and reading it.
        replaced = [NoSuchElementException, StaleElementReferenceException, JavascriptException]
        WebDriverWait(self.browser, BOUND, poll_frequency=0.05, ignored_exceptions=replaced).until(lambda _: holds())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        # A field for a file would take the keys that are sent to it for a path.
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def complaints(self) -> list[str]:
        """What the browser complained of: a script that failed, something that the policy stopped."""
        return [str(line["message"]) for line in self.browser.get_log("browser")]  # type: ignore[no-untyped-call]


@pytest.fixture
def page(browser: webdriver.Chrome, server: MockServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page of an account of this test's own, in a window of the usual width."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(WIDE))
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name[5:60])
    shown = Page(browser, server, f"test-page-{name}")
    shown.account.show()
    shown.complaints()
    yield shown
    browser.get("about:blank")


def size(width: int) -> dict[str, Any]:
    return {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}


def busy(page: Page) -> str:
    """Fill the account with all there is to be shown; the id of the request whose signature is wrong."""
    figures: DayFields = {"date": "2024-01-31", "views": 3, "pages": [{"page": 1, "views": 2}]}
    page.account.collections.create(
        hash="spring", title="Spring", schedule="after-30s", conversion_schedule="never", statistics=[figures]
    )
    page.account.collections.convert("spring", "complete")
    for collection_hash in ("spring", "mock-failed", "mock-never", "mock-complete", "nosuch", "mock-error-31"):
        page.call(collectionHash=collection_hash)
    page.account.faults.add(preset="unknown-code")
    page.call()
    page.call(signature="0" * 32)
    page.account.faults.clear()
    page.account.faults.add(preset="slow", when={"hash": "spring"})
    page.call(signature="0" * 32)
    return page.account.requests.list()[-1].id
