from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from mock_server.tests.conftest import signed
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from flipsnack_mock.testing import AccountAdmin, MockServer, make_pdf

BOUND = 30
HOSTILE = "\"'><img src=x onerror=\"window.hit=1\"><script>window.hit=1</script></code>{{ 7*7 }}<b id='main'>"
NARROW, WIDE = 360, 1280
MOST_STOPS = 120


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

    def text(self, selector: str = "main") -> str:
        return str(self.browser.execute_script("return document.querySelector(arguments[0]).innerText", selector))

    def until(self, holds: Callable[[], Any]) -> None:
        # An element may be replaced between finding and reading it.
        stale = [StaleElementReferenceException]
        WebDriverWait(self.browser, BOUND, poll_frequency=0.05, ignored_exceptions=stale).until(lambda _: holds())

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
    shown = Page(browser, server, f"test-page-{request.node.name[5:40]}")
    shown.account.show()
    shown.complaints()
    yield shown
    browser.get("about:blank")


def size(width: int) -> dict[str, Any]:
    return {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}


def busy(page: Page) -> str:
    """Fill the account with all there is to be shown; the id of the request whose signature is wrong."""
    figures = {"date": "2024-01-31", "views": 3, "pages": [{"page": 1, "views": 2}]}
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


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_the_page_shows_what_there_is(page: Page) -> None:
    """Jobs, requests with their reasons, faults, findings; and the browser has nothing to complain of."""
    wrong = busy(page)
    page.open(f"&request={wrong}")
    text = page.text()
    for words in (
        "secret-" + page.account.key,
        "COMPLETE in",
        "PROCESSING forever",
        "no known mistake",
        "the account has no collection 'nosuch'",
        "Create the collection above",
        "delay",
        "hash spring",
        "client.final-state",
        "[secret]actioncollection.downloadHTMLapiKey",
    ):
        assert words in text, words
    assert [] == page.complaints()


def test_a_document_is_uploaded_converted_and_counted_on_the_page(page: Page, tmp_path: Path) -> None:
    """By choosing a file and by dropping one; the calls go through the API itself, and are in its journal."""
    (tmp_path / "mock-manual.pdf").write_bytes(make_pdf(2))
    page.open()
    page.element("#upload-file").send_keys(str(tmp_path / "mock-manual.pdf"))
    page.element("#upload button").click()
    page.until(lambda: "Uploaded: mock-manual is" in page.text("#said"))
    [made] = page.account.collections.list()
    row = f"#job-{made['hash']}"
    page.until(lambda: "processing" in page.text(row))
    page.element(f"{row} a[data-package]").click()
    page.until(lambda: "code 38" in page.text("#wrong"))
    page.element(f"{row} button[aria-label$='into complete']").click()
    page.until(lambda: "complete" in page.text(row))
    page.run("document.querySelector(arguments[0]).open = true", f"#statistics-{made['hash']}")
    day = f"#day-{made['hash']}-new"
    page.run("document.querySelector(arguments[0]).value = 1234", f"{day} [name=views]")
    page.element(f"{day} button").click()
    page.until(lambda: "1,234 views" in page.text(row))
    drop = "arguments[0].dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: files}))"
    fill = "const files = new DataTransfer(); files.items.add(new File(['%PDF-'], 'mock-error-45.pdf'));"
    page.run(fill + drop, page.element("#upload"))
    page.until(lambda: "code 45, Invalid file format" in page.text("#wrong"))
    names = [one.files[0].file_name for one in page.account.requests.list(action="collection.create")]
    assert ["mock-manual.pdf", "mock-error-45.pdf"] == names
    assert {"collection.create", "collection.downloadHTML"} == {one.action for one in page.account.requests.list()}
    assert [] == page.complaints()


def test_the_page_refreshes_in_place(page: Page) -> None:
    busy(page)
    page.open()
    page.run("window.same = true")
    page.run("document.querySelector('#new-collection').open = true; scrollTo(0, 300)")
    page.run("document.querySelector('#preset').value = 'hang'")
    page.element("#new-title").send_keys("half a ti")
    before = page.run("return scrollY")
    page.call(collectionHash="mock-after-77s")
    page.until(lambda: "mock-after-77s" in page.text("#journal"))
    page.account.clock.freeze()
    page.until(lambda: "FROZEN" in page.text("#clock"))
    page.press("tle")
    assert "half a title" == page.element("#new-title").get_attribute("value")
    assert "hang" == page.element("#preset").get_attribute("value")
    assert page.run("return document.querySelector('#new-collection').open && window.same")
    assert pytest.approx(before, abs=200) == page.run("return scrollY")


def test_it_says_so_when_the_fake_is_gone(browser: webdriver.Chrome) -> None:
    with MockServer() as first:
        port = int(first.url.rpartition(":")[2])
        page = Page(browser, first, "test-gone")
        page.open()
    page.until(lambda: "does not answer" in page.text("#connection"))
    with MockServer(port=port):
        page.until(lambda: not page.text("#connection"))
    browser.get("about:blank")


# --- hostile texts ---------------------------------------------------------------------------------------------------


def test_no_text_of_a_client_becomes_more_than_text(page: Page) -> None:
    """In titles, hashes, actions, formats, names and values of parameters, and whatever the answer repeats."""
    made = page.account.collections.create(title=HOSTILE, schedule="manual")["hash"]
    page.call(collectionHash=made)
    elements = []
    for changes in (
        {"collectionHash": HOSTILE},
        {"action": HOSTILE},
        {"format": HOSTILE},
        {"signature": HOSTILE},
        {"x": HOSTILE},
        {HOSTILE: "x"},
        {"format": "jsonp", "callback": HOSTILE},
    ):
        page.call(**changes)
        page.open(f"&request={page.account.requests.list()[-1].id}")
        page.until(lambda: "onerror" in page.text("#journal"))
        elements.append(page.run("return document.querySelectorAll('main img, main script, b[id]').length"))
    assert HOSTILE in page.text("#collections")
    assert "{{ 7*7 }}" in page.text("#journal")
    assert {0} == set(elements)
    assert page.run("return window.hit === undefined")
    assert [] == page.complaints()


def test_an_empty_page_has_a_command_to_copy_and_shows_any_key_as_text(page: Page) -> None:
    page.open()
    assert "No requests yet" in page.text()
    page.element("#journal .copy").click()
    page.until(lambda: page.text("#said"))
    assert page.text("#said") in ("Copied.", "Press Ctrl+C to copy.")
    page.browser.get(f"{page.server.url}/__admin/ui?account=%22%3E%3Cscript%3Ewindow.hit%3D1%3C/script%3E")
    assert '"><script>window.hit=1</script>' == page.text("h1")
    assert page.run("return window.hit === undefined")


def test_a_page_of_another_origin_can_neither_read_nor_steer(page: Page, browser: webdriver.Chrome) -> None:
    script = """
        const [url, key, done] = arguments;
        const steer = (path, options) => fetch(url + path, options).then(a => a.text(), () => 'refused');
        const form = 'do=maintenance&on=true&key=' + key;
        const type = {'Content-Type': 'application/x-www-form-urlencoded'};
        Promise.all([
            steer('/__admin/accounts'),
            steer('/__admin/ui'),
            steer('/__admin/accounts/' + key + '/maintenance', {method: 'PUT', body: '{"on": true}'}),
            steer('/__admin/ui', {method: 'POST', mode: 'no-cors', headers: type, body: form}),
        ]).then(done);
    """
    with MockServer() as other:
        browser.get(other.base_url)
        answers = browser.execute_async_script(script, page.server.url, page.account.key)
    assert ["refused", "refused", "refused", ""] == answers
    assert not page.account.show()["maintenance"]


# --- by keyboard, with a screen reader, on a telephone, in the dark --------------------------------------------------


def test_the_keyboard_is_enough(page: Page) -> None:
    page.open()
    before = page.account.clock.now()
    for _ in range(MOST_STOPS):
        page.press(Keys.TAB)
        if "+1 min" == page.browser.switch_to.active_element.text:
            break
    page.press(Keys.ENTER)
    page.until(lambda: "The clock was advanced." in page.text("#said"))
    assert page.account.clock.now() >= before + 60
    assert "+1 min" == page.browser.switch_to.active_element.text
    assert "3px" == page.run("return getComputedStyle(document.activeElement).outlineWidth")


def test_keyboards_and_screen_readers_reach_everything(page: Page) -> None:
    """The focus moves from top to bottom and is never trapped; every control has a name, every region a role."""
    page.open(f"&request={busy(page)}")
    reached = []
    for _ in range(MOST_STOPS):
        page.press(Keys.TAB)
        if "BODY" == page.run("return document.activeElement.tagName"):
            break
        reached.append(page.run("return [...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert sorted(reached) == reached
    can_act = "a[href], button, input:not([type=hidden]), select, summary, pre[tabindex]"
    visible = page.run(
        "return [...document.querySelectorAll(arguments[0])].filter(one => one.checkVisibility()).length", can_act
    )
    assert visible == len(reached)
    tree = page.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = ("button", "link", "textbox", "spinbutton", "combobox", "switch", "navigation")
    used = [node for node in tree if node.get("role", {}).get("value") in roles]
    names = [node.get("name", {}).get("value", "") for node in used]
    assert len(names) > 20
    assert [] == [node for node, name in zip(used, names, strict=True) if not name.strip()]
    landmarks = {node["role"]["value"] for node in tree if "role" in node}
    assert {"banner", "navigation", "main", "contentinfo", "status"} <= landmarks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(page: Page, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    page.open(f"&request={busy(page)}")
    page.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    ground, low = page.run(CONTRASTS)
    assert ("dark" == scheme) == (ground < 0.2)
    assert [] == low


# Luminance and contrast as WCAG 2.2 defines them, of each element that holds text.
CONTRASTS = """
    const channel = c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    const weights = [.2126, .7152, .0722];
    const light = color => weights.reduce((sum, weight, i) => sum + weight * channel(color[i] / 255), 0);
    const behind = one => {
        for (; one; one = one.parentElement) {
            const color = parse(getComputedStyle(one).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
    };
    const low = [];
    for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some(node => node.nodeType === 3 && node.nodeValue.trim());
        if (!own || !one.checkVisibility()) continue;
        const [a, b] = [light(parse(getComputedStyle(one).color)), light(behind(one))];
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < 4.5) low.push(`${one.outerHTML.slice(0, 80)}: ${ratio.toFixed(2)}`);
    }
    return [light(behind(document.body)), low];
"""


def test_nothing_sticks_out_on_a_telephone(page: Page) -> None:
    """At 360 pixels nobody has to scroll sideways, and what can be pressed is large enough for a thumb."""
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(NARROW))
    page.account.collections.create(title="x" * 200, hash="y" * 64)
    page.call(collectionHash="z" * 300)
    page.open(f"&request={busy(page)}")
    page.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.run("return document.documentElement.scrollWidth") <= NARROW
    small = "return [...document.querySelectorAll('button')].map(one => one.offsetHeight).filter(high => high < 24)"
    assert [] == page.run(small)


def test_without_a_script_everything_is_there_all_the_same(page: Page) -> None:
    wrong = busy(page)
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.open()
        page.element(f"#{wrong} a").click()
        page.until(lambda: page.browser.find_elements(By.CSS_SELECTOR, f"#{wrong} .more"))
        assert "to sign" in page.element(f"#{wrong}").text
        page.element("#faults .fault button").click()
        page.until(lambda: "The fault was removed." in page.element("#said").text)
    finally:
        page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [] == page.account.faults.list()


# --- buttons ---------------------------------------------------------------------------------------------------------


def test_a_request_is_opened_and_closed_in_place(page: Page) -> None:
    wrong = busy(page)
    page.open()
    page.run("window.same = true")
    page.element(f"#{wrong} a").click()
    page.until(lambda: page.browser.find_elements(By.CSS_SELECTOR, f"#{wrong} .more"))
    assert f"request={wrong}" in page.browser.current_url
    page.browser.back()
    page.until(lambda: not page.browser.find_elements(By.CSS_SELECTOR, ".more"))
    assert page.run("return window.same")


def test_what_cannot_be_done_is_said_and_what_was_typed_stays(page: Page) -> None:
    page.account.collections.create(hash="taken")
    page.open()
    page.run("document.querySelector('#new-collection').open = true")
    page.element("#new-hash").send_keys("taken", Keys.ENTER)
    page.until(lambda: "already has a collection 'taken'" in page.text("#wrong"))
    assert "taken" == page.element("#new-hash").get_attribute("value")
    page.element("#new-hash").send_keys("2", Keys.ENTER)
    page.until(lambda: "The collection was created." in page.text("#said"))
    assert "" == page.text("#wrong")
    assert "" == page.element("#new-hash").get_attribute("value")


def test_the_token_is_asked_for_and_never_in_the_address(browser: webdriver.Chrome) -> None:
    with MockServer(admin_token="sesame") as server:
        browser.get(f"{server.url}/__admin/ui?account=test-token")
        browser.find_element(By.ID, "token").send_keys("sesame", Keys.ENTER)
        page = Page(browser, server, "test-token")
        page.until(lambda: browser.find_elements(By.ID, "top"))
        assert "sesame" not in browser.current_url
        assert "test-token" == page.text("h1")
        assert "" == page.run("return document.cookie")
        page.element("#main form button").click()
        page.until(lambda: "The account was created." in page.text("#said"))
        page.element("#top form button").click()
        page.until(lambda: browser.find_elements(By.ID, "token"))
    browser.get("about:blank")
