from pathlib import Path

import msgspec
import pytest
from mock_server.tests.admin.ui.conftest import Page, busy
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from flipsnack_mock.admin.ui.request_list import MOST_REQUESTS
from flipsnack_mock.testing import MockServer, make_pdf

HOSTILE = "\"'><img src=x onerror=\"window.hit=1\"><script>window.hit=1</script></code>{{ 7*7 }}<b id='main'>"


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
        "Most likely another secret was used",
        "the account has no collection 'nosuch'",
        "Create the collection on this page",
        "slow",
        "seconds 2, before headers",
        "hash spring",
        "link expires in",
        "All requests of the account",
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
    page.click("#upload button")
    page.until(lambda: "Uploaded: mock-manual is" in page.text("#said"))
    [made] = page.account.collections.list()
    row = f"#job-{made['hash']}"
    page.until(lambda: "processing" in page.text(row))
    page.click(f"{row} a[data-package]")
    page.until(lambda: "code 38" in page.text("#wrong"))
    page.click(f"{row} button[aria-label$='into complete']")
    page.until(lambda: "complete" in page.text(row))
    page.run("document.querySelector(arguments[0]).open = true", f"#details-{made['hash']}")
    day = f"#day-{made['hash']}-new"
    page.run("document.querySelector(arguments[0]).value = 1234", f"{day} [name=views]")
    page.click(f"{day} button")
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
    page.run("document.querySelector('#new-collection').open = true")
    page.run("document.querySelector('#preset').value = 'hang'")
    page.element("#new-title").send_keys("half a ti")
    page.run("scrollTo(0, 0)")
    page.call(collectionHash="mock-after-77s")
    page.until(lambda: "mock-after-77s" in page.text("#journal"))
    page.account.clock.freeze()
    page.until(lambda: "FROZEN" in page.text("#clock"))
    page.press("tle")
    assert "half a title" == page.element("#new-title").get_attribute("value")
    assert "hang" == page.element("#preset").get_attribute("value")
    assert page.run("return document.querySelector('#new-collection').open && window.same")


@pytest.mark.parametrize("how", ["pointed at", "paused", "opened", "scrolled"])
def test_no_row_moves_while_the_list_is_read(page: Page, how: str) -> None:
    """The page counts the requests that came meanwhile, and shows them when it is asked to."""
    for _ in range(30 if how == "scrolled" else 1):
        page.call()
    page.open()
    if how == "paused":
        page.click("#hold")
    elif how == "scrolled":
        page.run("scrollTo(0, 500)")
    else:
        webdriver.ActionChains(page.browser).move_to_element(page.element("#requests .line")).perform()
    if how == "opened":
        page.click("#requests .line")
        page.until(lambda: "link to it" in page.text("#requests"))
        webdriver.ActionChains(page.browser).move_to_element(page.element("h1")).click().perform()
    place = page.run(TOP)
    for seconds in (7, 8):
        page.call(collectionHash=f"mock-after-{seconds}s")
    page.until(lambda: "2 new requests" in page.text("#journal"))
    assert "mock-after-7s" not in page.text("#requests")
    assert pytest.approx(place, abs=1) == page.run(TOP)
    page.click("#fresh")
    page.until(lambda: "mock-after-8s" in page.text("#requests"))
    assert 0 <= page.run(TOP) <= page.run("return innerHeight")


TOP = "return document.querySelector('#requests li').getBoundingClientRect().top"


def test_a_search_and_its_pages_stay_in_the_address(page: Page) -> None:
    for number in range(MOST_REQUESTS + 5):
        page.call(collectionHash=f"mock-after-{number + 1}s")
    page.open()
    page.run("window.same = true")
    page.element("#text").send_keys("after-7s", Keys.ENTER)
    page.until(lambda: "1 to 1 of 1" in page.text("#journal"))
    assert "text=after-7s" in page.browser.current_url
    page.click(".search a")
    page.until(lambda: f"1 to {MOST_REQUESTS} of {MOST_REQUESTS + 5}" in page.text("#journal"))
    page.run("arguments[0].click()", page.element("#journal .pages a[href*=older]:last-of-type"))
    page.until(lambda: "mock-after-1s" in page.text("#requests"))
    page.browser.back()
    page.until(lambda: "mock-after-55s" in page.text("#requests"))
    assert page.run("return window.same")


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
    page.click("#journal .copy")
    page.until(lambda: page.text("#said"))
    assert page.text("#said") in ("Copied.", "Press Ctrl+C to copy.")
    assert page.text("#journal .copy").split()[0] in ("Copied", "Ctrl+C")
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


def test_without_a_script_everything_is_there_all_the_same(page: Page) -> None:
    wrong = busy(page)
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.open()
        page.click(f"#{wrong} a")
        page.until(lambda: page.browser.find_elements(By.CSS_SELECTOR, f"#{wrong} .more"))
        assert "to sign" in page.element(f"#{wrong}").text
        page.click("#faults .fault summary")
        page.click("#faults .fault button")
        page.until(lambda: "The fault was removed." in page.element("#said").text)
    finally:
        page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert [] == page.account.faults.list()


# --- buttons ---------------------------------------------------------------------------------------------------------


def test_a_request_is_opened_and_closed_in_place(page: Page) -> None:
    wrong = busy(page)
    page.open()
    page.run("window.same = true")
    page.click(f"#{wrong} a")
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
    page.until(lambda: not page.text("#wrong"))
    assert "" == page.element("#new-hash").get_attribute("value")


def test_what_destroys_asks_first_and_a_snapshot_brings_it_back(page: Page, tmp_path: Path) -> None:
    page.account.collections.create(hash="mine")
    page.call()
    (tmp_path / "snapshot.json").write_bytes(msgspec.json.encode(page.account.snapshot()))
    page.open()
    assert not page.element("#reset button").is_displayed()
    page.click("#reset summary")
    page.click("#reset button")
    page.until(lambda: "The account was reset." in page.text("#said"))
    assert not page.element("#reset button").is_displayed()
    assert [] == page.account.collections.list()
    page.click("#restore summary")
    page.element("#restore [type=file]").send_keys(str(tmp_path / "snapshot.json"))
    page.until(lambda: page.element("#snapshot").get_attribute("value"))
    page.click("#restore button")
    page.until(lambda: "The account was restored." in page.text("#said"))
    assert "mine" in {one["hash"] for one in page.account.collections.list()}


def test_the_token_is_asked_for_and_never_in_the_address(browser: webdriver.Chrome) -> None:
    with MockServer(admin_token="sesame") as server:
        browser.get(f"{server.url}/__admin/ui?account=test-token")
        browser.find_element(By.ID, "token").send_keys("sesame", Keys.ENTER)
        page = Page(browser, server, "test-token")
        page.until(lambda: browser.find_elements(By.ID, "top"))
        assert "sesame" not in browser.current_url
        assert "test-token" == page.text("h1")
        assert "" == page.run("return document.cookie")
        page.click("#main form button")
        page.until(lambda: "The account was created." in page.text("#said"))
        page.click("#top > form button")
        page.until(lambda: browser.find_elements(By.ID, "token"))
    browser.get("about:blank")
