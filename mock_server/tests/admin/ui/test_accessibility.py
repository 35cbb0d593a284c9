import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mock_server.tests.admin.ui.conftest import NARROW, Page, busy, size
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from flipsnack_mock.admin.ui.query import TABS
from flipsnack_mock.testing import MockServer

AXE = "axe-core@4.14.1"
FOLDER = Path(__file__).parents[4] / "build" / AXE
MOST_STOPS = 200
FOUND = """
    const done = arguments[arguments.length - 1];
    axe.run({...arguments[0], resultTypes: ['violations']}).then(found => done(found.violations.map(
        one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`
    )));
"""
# The places in the document that the focus reaches, and -1 for each time that it leaves the page.
FOLLOW = """
    window.reached = [];
    const all = [...document.querySelectorAll('*')];
    document.addEventListener('focusin', event => window.reached.push(all.indexOf(event.target)));
    window.addEventListener('blur', () => window.reached.push(-1));
"""
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, which npm fetches once."""
    script = FOLDER / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed: it fetches axe-core")
        own = FOLDER.with_name(f"{AXE}.{os.getpid()}")
        own.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(own), AXE]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"npm cannot fetch {AXE}: {done.stderr[-300:]}")
        # Another process may have been quicker.
        shutil.rmtree(own) if FOLDER.exists() else own.rename(FOLDER)
    return script.read_text("utf-8")


def findings(page: Page, axe: str, **options: Any) -> list[str]:
    page.run(axe)
    found: list[str] = page.browser.execute_async_script(FOUND, options)
    return found


def emulate(page: Page, **features: str) -> None:
    given = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": given})


@contextmanager
def without_scripts(page: Page) -> Iterator[None]:
    """Scripts of a page that is loaded meanwhile do not run, and do not begin to afterwards."""
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_axe_finds_nothing_in_any_state(page: Page, axe: str) -> None:
    """Empty, unknown, busy, searched, unfolded, light, dark, refused without scripts, narrow, and at the sign-in."""
    found = {}
    page.open()
    found["empty"] = findings(page, axe)
    page.browser.get(f"{page.server.url}/__admin/ui?account=nosuch")
    found["unknown account"] = findings(page, axe)
    wrong = busy(page)
    for scheme in ("light", "dark"):
        emulate(page, prefers_color_scheme=scheme)
        page.open(f"&request={wrong}&text=" + ("no+such+text" if scheme == "dark" else ""))
        page.element("#url").send_keys("apiKey=x&signature=y", Keys.ENTER)
        page.until(lambda: "secret of this account is unknown" in page.text("#diagnosis"))
        page.click("#foot")
        page.click("#secret + .copy")
        page.until(lambda: page.text("#said"))
        page.run(UNFOLD)
        rules: dict[str, Any] = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
        found[f"{scheme}, unfolded"] = findings(page, axe, **rules)
    with without_scripts(page):
        page.open()
        page.run("const field = document.querySelector('[name=url_lifetime]'); field.value = -1; field.form.submit()")
        page.until(lambda: page.text("#refused"))
    found["refused"] = findings(page, axe)
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(NARROW))
    for tab in TABS:
        page.open(f"&tab={tab}")
        found[f"narrow, {tab}"] = findings(page, axe)
    with MockServer(admin_token="sesame") as guarded:
        page.browser.get(f"{guarded.url}/__admin/ui")
        page.element("#token").send_keys("wrong", Keys.ENTER)
        page.until(lambda: page.text("#wrong"))
        found["sign-in"] = findings(page, axe)
    emulate(page)
    assert {state: [] for state in found} == found


def test_in_forced_colours_what_is_chosen_can_be_seen(page: Page) -> None:
    """A switch that is on, the chosen account and the chosen filter do not look like the others."""
    look = """
        const style = getComputedStyle(document.querySelector(arguments[0]), arguments[1]);
        return [style.backgroundColor, style.backgroundImage, style.borderBottomColor, style.borderBottomWidth].join();
    """
    emulate(page, forced_colors="active")
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(NARROW))
    page.open("&tab=account")
    page.account.maintenance(on=True)
    page.until(lambda: page.browser.find_elements(By.CSS_SELECTOR, ".switch[aria-checked=true]"))
    page.run(UNFOLD)
    for chosen, other, part in (
        (".switch[aria-checked=true]", ".switch[aria-checked=false]", "::before"),
        (".menu a[aria-current]", ".menu a:not([aria-current])", None),
        (".tabs a[aria-current]", ".tabs a:not([aria-current])", None),
        ("#tabs a[aria-current]", "#tabs a:not([aria-current])", None),
    ):
        assert page.run(look, chosen, part) != page.run(look, other, part), chosen
    emulate(page)


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
    page.run(FOLLOW)
    page.press(*[Keys.TAB] * MOST_STOPS)
    reached = page.run("return window.reached.slice(0, window.reached.indexOf(-1))")
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


def test_nothing_sticks_out_on_a_telephone(page: Page) -> None:
    """At 360 pixels nobody has to scroll sideways, and what can be pressed is large enough for a thumb."""
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size(NARROW))
    page.account.collections.create(title="x" * 200, hash="y" * 64)
    page.call(collectionHash="z" * 300)
    wrong = busy(page)
    small = """
        const pressed = [...document.querySelectorAll('button, .button')].filter(one => one.checkVisibility());
        return pressed.filter(one => one.offsetHeight < 24).map(one => one.outerHTML);
    """
    for tab in TABS:
        page.open(f"&request={wrong}&tab={tab}")
        page.run(UNFOLD)
        assert page.run("return document.documentElement.scrollWidth") <= NARROW, tab
        assert [] == page.run(small), tab
