from urllib.parse import urlsplit

import pytest
from lxml import html
from mock_server.tests.conftest import KEY, Fake, make_fake
from werkzeug.test import TestResponse

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.admin.ui import ASSETS
from flipsnack_mock.admin.ui.routes import ACTIONS

PAGE = "/__admin/ui"
TOKEN = "sesame"


def press(fake: Fake, action: str, *, path: str = PAGE, key: str = KEY, **fields: str) -> TestResponse:
    return fake.client.post(
        path, data={"do": action, "key": key} | {n.replace("__", "."): v for n, v in fields.items()}
    )


def text_of(answer: TestResponse, element_id: str) -> str:
    """What a reader reads in an element of the page."""
    (element,) = (one for one in html.fromstring(answer.text).iter() if one.get("id") == element_id)
    return " ".join("".join(map(str, element.itertext())).split())


@pytest.mark.parametrize("path", [PAGE, *(f"{PAGE}/{name}" for name in ASSETS)])
def test_the_page_runs_nothing_but_its_own_script(fake: Fake, path: str) -> None:
    headers = fake.admin("GET", path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "same-origin" == headers["Referrer-Policy"]


def test_everything_that_the_page_loads_is_its_own_and_there(fake: Fake) -> None:
    for base in ("/__admin/", "/t/one/__admin/"):
        page = html.fromstring(fake.admin("GET", f"{base}ui").text)
        loaded = [link.get("href") for link in page.iter("link") if link.get("rel") == "stylesheet"]
        loaded += [script.get("src") for script in page.iter("script")]
        assert ["ui/page.css", "ui/page.js", "ui/calls.js"] == loaded
        assert {200} == {fake.admin("GET", f"{base}{name}").status_code for name in loaded}
        assert [] == page.xpath("//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')]")
    assert 404 == fake.admin("GET", f"{PAGE}/other.js").status_code


def test_to_look_at_the_page_changes_nothing(fake: Fake) -> None:
    before = fake.admin("GET", "/__admin/accounts").data
    for query in ("", "?account=test-new", "?account=nobody&request=r1", "?show=nonsense&did=nonsense"):
        assert 200 == fake.admin("GET", PAGE + query).status_code
    assert before == fake.admin("GET", "/__admin/accounts").data


def test_an_account_that_does_not_exist_can_be_created(fake: Fake) -> None:
    assert "No account has this key" in text_of(fake.admin("GET", f"{PAGE}?account=mine"), "main")
    assert 303 == press(fake, "create-account", key="mine").status_code
    assert "secret-mine" == text_of(fake.admin("GET", f"{PAGE}?account=mine"), "secret")


def test_buttons_control_clock_maintenance_and_collections(fake: Fake) -> None:
    assert {(action.method, action.path) for action in ACTIONS.values()} <= {(one.method, one.path) for one in ROUTES}
    before = fake.account("GET", "/clock").get_json()["now_us"]
    press(fake, "advance", seconds="60")
    press(fake, "freeze")
    clock = fake.account("GET", "/clock").get_json()
    assert (before + 60_000_000, True) == (clock["now_us"], clock["frozen"])
    press(fake, "resume")
    assert not fake.account("GET", "/clock").get_json()["frozen"]
    for action, path in (("maintenance", f"/__admin/accounts/{KEY}"), ("maintenance-everywhere", "/__admin")):
        for on in ("true", "false"):
            press(fake, action, on=on)
            assert {"on": on == "true"} == fake.admin("GET", f"{path}/maintenance").get_json()
    press(fake, "create-collection", hash="mine", title="Été", schedule="")
    press(fake, "force", hash="mine", state="COMPLETE")
    made = fake.account("GET", "/collections/mine").get_json()
    assert ("Été", "after-5s", "COMPLETE") == (made["title"], made["schedule"], made["job"]["state"])


def test_every_button_on_the_page_is_known(fake: Fake) -> None:
    fake.call(collectionHash="mock-never")
    days = [{"date": "2024-01-31", "views": 1}]
    fake.account("POST", "/collections", {"hash": "mine", "conversion_schedule": "never", "statistics": days})
    press(fake, "add-fault", preset="slow")
    press(fake, "add-fault", preset="hang")
    found = set()
    for action in ("freeze", "resume"):
        press(fake, action)
        page = html.fromstring(fake.admin("GET", f"{PAGE}?account={KEY}").text)
        found |= {field.get("value") for field in page.iter("input") if field.get("name") == "do"}
    found |= {"create-account"}
    assert set(ACTIONS) == found


def test_a_button_leads_back_to_the_page_which_says_what_was_done(fake: Fake) -> None:
    """By a redirect, so that loading it again does nothing again; what was shown stays shown."""
    answer = press(fake, "advance", path=f"{PAGE}?account={KEY}&show=refused", seconds="1")
    assert 303 == answer.status_code
    target = urlsplit(answer.headers["Location"])
    assert ("ui", f"account={KEY}&show=refused&did=advance") == (target.path, target.query)
    assert ACTIONS["advance"].said == text_of(fake.admin("GET", f"{PAGE}?{target.query}"), "said")


def test_faults_can_be_added_and_removed(fake: Fake) -> None:
    press(fake, "add-fault", preset="bad-gateway", when__hash="mock-complete")
    press(fake, "add-fault", preset="slow", when__hash="")
    first, second = fake.account("GET", "/faults").get_json()["faults"]
    assert ({"hash": "mock-complete"}, {}) == (first["when"], second["when"])
    press(fake, "remove-fault", id=first["id"])
    assert [second["id"]] == [rule["id"] for rule in fake.account("GET", "/faults").get_json()["faults"]]
    press(fake, "clear-faults")
    assert [] == fake.account("GET", "/faults").get_json()["faults"]


@pytest.mark.parametrize(
    ("action", "fields", "status", "words"),
    [
        ("advance", {"seconds": "soon"}, 400, "Expected `float`"),
        ("advance", {"seconds": "-1"}, 400, "$.seconds"),
        ("force", {"hash": "mock-complete", "state": "NEW"}, 409, "legal here"),
        ("force", {"hash": "nosuch", "state": "COMPLETE"}, 404, "no collection"),
        ("add-fault", {"preset": "nosuch"}, 400, "no preset 'nosuch'"),
        ("create-account", {}, 409, "is taken"),
        ("nosuch", {}, 400, "no button 'nosuch'"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    fake: Fake, action: str, fields: dict[str, str], status: int, words: str
) -> None:
    fake.call()
    answer = press(fake, action, **fields)
    assert status == answer.status_code
    assert words in text_of(answer, "wrong")


def test_with_a_token_the_page_asks_for_it() -> None:
    fake = make_fake(admin_token=TOKEN)
    answer = fake.admin("GET", PAGE)
    assert 401 == answer.status_code
    assert "123ABCDE" not in answer.text
    assert 401 == press(fake, "maintenance-everywhere", on="true").status_code
    assert 22 != fake.call().get_json()["code"]


def test_the_token_signs_in_by_a_cookie_that_scripts_cannot_read() -> None:
    fake = make_fake(admin_token=TOKEN)
    answer = fake.client.post(PAGE, data={"do": "sign-in", "token": TOKEN})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert TOKEN not in cookie
    assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert TOKEN not in answer.headers["Location"]
    assert 200 == fake.admin("GET", PAGE).status_code
    assert 303 == press(fake, "maintenance-everywhere", on="true").status_code
    assert 401 == fake.admin("GET", "/__admin/accounts").status_code
    press(fake, "sign-out")
    assert 401 == fake.admin("GET", PAGE).status_code


@pytest.mark.parametrize("token", ["", "wrong", "Sesame", "sesame ", "s\u00e9same", "\ud7ff" * 100])
def test_another_token_does_not_sign_in(token: str) -> None:
    answer = make_fake(admin_token=TOKEN).client.post(PAGE, data={"do": "sign-in", "token": token})
    assert 401 == answer.status_code
    assert "Set-Cookie" not in answer.headers
    assert "not the admin token" in text_of(answer, "wrong")


@pytest.mark.parametrize("cookie", ["", TOKEN, "0" * 64, "\u00e9"])
def test_a_cookie_that_was_made_up_does_not_open(cookie: str) -> None:
    fake = make_fake(admin_token=TOKEN)
    fake.client.set_cookie("flipsnack_mock_admin_80", cookie, path=PAGE)
    assert 401 == fake.admin("GET", PAGE).status_code


@pytest.mark.parametrize("path", [PAGE, f"/t/one{PAGE}"])
@pytest.mark.parametrize(("url", "port"), [("http://a.test:3547", 3547), ("https://[::1]", 443), ("https://a:1", 1)])
def test_the_cookie_is_for_one_port_and_for_the_path_that_the_browser_knows(path: str, url: str, port: int) -> None:
    """RFC 6265, 5.1.4 and 8.5: a jar has no ports; without `Path` the browser takes that of the page."""
    fake = make_fake(admin_token=TOKEN)
    cookie = fake.client.post(path, data={"do": "sign-in", "token": TOKEN}, base_url=url).headers["Set-Cookie"]
    assert cookie.startswith(f"flipsnack_mock_admin_{port}=")
    assert "path=" not in cookie.lower()
    assert url.startswith("https") == ("Secure" in cookie.split("; "))


@pytest.mark.parametrize("wanted", ["sign-in", "advance", ""])
def test_a_form_that_cannot_be_read_shows_nothing_to_strangers(wanted: str) -> None:
    form = {f"f{number}": "" for number in range(200)} | {"do": wanted}
    answer = make_fake(admin_token=TOKEN).client.post(PAGE, data=form)
    assert 400 == answer.status_code
    assert "123ABCDE" not in answer.text
