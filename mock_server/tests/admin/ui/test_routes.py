import gzip
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from lxml import html
from mock_server.tests.conftest import KEY, Fake, make_fake, signed
from werkzeug.test import EnvironBuilder, TestResponse

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, Work
from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.admin.ui import ASSETS
from flipsnack_mock.admin.ui.buttons import ACTIONS
from flipsnack_mock.admin.ui.routes import DOWNLOADS
from flipsnack_mock.faults.presets import PRESETS

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
        assert ["ui/page.css", "ui/page.js", "ui/requests.js", "ui/calls.js"] == loaded
        assert {200} == {fake.admin("GET", f"{base}{name}").status_code for name in loaded}
        assert [] == page.xpath("//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')]")
    assert 404 == fake.admin("GET", f"{PAGE}/other.js").status_code


def test_to_look_at_the_page_changes_nothing(fake: Fake) -> None:
    before = fake.admin("GET", "/__admin/accounts").data
    for query in ("", "?account=test-new", "?account=nobody&request=r1", "?show=nonsense&did=nonsense"):
        assert 200 == fake.admin("GET", PAGE + query).status_code
    assert before == fake.admin("GET", "/__admin/accounts").data


def test_what_nobody_sees_in_a_text_is_seen_in_the_source_of_the_page(fake: Fake) -> None:
    unseen = "\u202etxt\u2066\u200b\x85\x1b"
    fake.account("POST", "/collections", {"hash": "h", "title": unseen})
    fake.call(title=unseen, action=unseen)
    source = fake.admin("GET", f"{PAGE}?account={KEY}&text={quote(unseen)}").text
    assert set() == set(unseen) - set("txt") & set(source)
    assert "&#8238;txt&#8294;&#8203;&#133;&#27;" in source


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


def form_of(fake: Fake, action: str, query: str = "") -> dict[str, str]:
    """The fields of the first form with this button, with the values that a browser would send, but for its account."""
    fake.account("GET")  # which creates it
    page: Any = html.fromstring(fake.admin("GET", f"{PAGE}?account={KEY}&{query}").text)
    form = next(one for one in page.forms if one.fields.get("do") == action)
    return {name: value or "" for name, value in form.form_values() if name not in ("do", "key")}


def submit(fake: Fake, action: str, fields: dict[str, str]) -> TestResponse:
    return fake.client.post(PAGE, data={"do": action, "key": KEY} | fields)


def test_faults_can_be_added_and_removed(fake: Fake) -> None:
    press(fake, "add-fault", preset="bad-gateway", when__hash="mock-complete")
    press(fake, "add-fault", preset="slow", when__hash="")
    first, second = fake.account("GET", "/faults").get_json()["faults"]
    assert ({"hash": "mock-complete"}, {}) == (first["when"], second["when"])
    press(fake, "remove-fault", id=first["id"])
    assert [second["id"]] == [rule["id"] for rule in fake.account("GET", "/faults").get_json()["faults"]]
    press(fake, "clear-faults")
    assert [] == fake.account("GET", "/faults").get_json()["faults"]


def test_the_form_of_a_preset_adds_that_preset(fake: Fake) -> None:
    """With all of its values as they are, though a browser sends each line break as two characters."""
    for preset in PRESETS:
        fields = form_of(fake, "add-fault", f"preset={preset}")
        submit(fake, "add-fault", {name: value.replace("\n", "\r\n") for name, value in fields.items()})
        fake.account("POST", "/faults", {"preset": preset})
    rules = fake.account("GET", "/faults").get_json()["faults"]
    parts = [{name: rule[name] for name in ("fault", "when", "count", "ttl")} for rule in rules]
    assert len(PRESETS) == len(parts[1::2])
    assert parts[1::2] == parts[::2]
    shown = fake.admin("GET", f"{PAGE}?account={KEY}")
    assert [f"{name} f{2 * number + 1} ACTIVE" for number, name in enumerate(PRESETS)] == [
        " ".join(text_of(shown, f"fault-{rule['id']}").split()[:3]) for rule in rules[::2]
    ]


def test_the_values_of_a_fault_can_be_set(fake: Fake) -> None:
    changes = {"fault.seconds": "0.25", "fault.before": "body", "when.hash": "spring", "when.nth": "2", "count": "1"}
    submit(fake, "add-fault", form_of(fake, "add-fault", "preset=slow") | changes)
    [rule] = fake.account("GET", "/faults").get_json()["faults"]
    assert {"kind": "delay", "seconds": 0.25, "before": "body"} == rule["fault"]
    assert ({"hash": "spring", "nth": 2}, 1) == (rule["when"], rule["count"])


def test_settings_of_an_account_can_be_changed_and_the_others_stay(fake: Fake) -> None:
    fields = form_of(fake, "change-settings")
    before = fake.account("GET", "/settings").get_json()
    submit(fake, "change-settings", fields)
    assert before == fake.account("GET", "/settings").get_json()
    fake.account("PATCH", "/settings", {"code_messages": {"41": "No such key"}})
    fields = form_of(fake, "change-settings")
    changes = {
        "http_statuses:json": '{"41": 401}',
        "requests_per_second": "3",
        "url_lifetime": "0.5",
        "restart_failed": "true",
        "invalid_hash": "46",
    }
    submit(fake, "change-settings", fields | changes)
    changed: dict[str, Any] = {
        "requests_per_second": 3,
        "url_lifetime": 0.5,
        "restart_failed": True,
        "invalid_hash": 46,
    }
    changed |= {"http_statuses": {"41": 401}, "code_messages": {"41": "No such key"}}
    assert before | changed == fake.account("GET", "/settings").get_json()


def test_an_account_can_be_kept_copied_and_restored(fake: Fake) -> None:
    """The copy is shown at once; a snapshot goes into the box as it was downloaded."""
    press(fake, "create-collection", hash="mine")
    snapshot = fake.admin("GET", f"{PAGE}/download/snapshot.json?account={KEY}").text
    press(fake, "create-collection", hash="later")
    answer = press(fake, "fork", copy="copy")
    assert "ui?account=copy&did=fork" == answer.headers["Location"]
    assert ["mine", "later"] == hashes(fake, "copy")
    press(fake, "restore", snapshot=snapshot)
    assert ["mine"] == hashes(fake, KEY)
    assert 400 == press(fake, "restore", key="copy", snapshot=snapshot).status_code
    assert 400 == press(fake, "restore", snapshot="{").status_code


def hashes(fake: Fake, key: str) -> list[str]:
    listed = fake.admin("GET", f"/__admin/accounts/{key}/collections").get_json()["collections"]
    return [item["hash"] for item in listed]


def test_a_pasted_url_is_diagnosed_on_the_page(fake: Fake) -> None:
    url = f"http://fake.test/v1/?{urlencode(signed())}"
    shown = text_of(fake.client.post(PAGE, data={"do": "explain", "url": url.lower()}), "diagnosis")
    assert diagnosed(fake, url=url.lower())["summary"] in shown
    assert "The signature is right." in text_of(fake.client.post(PAGE, data={"do": "explain", "url": url}), "diagnosis")
    other = fake.client.post(PAGE, data={"do": "explain", "url": url, "secret": "another"})
    assert diagnosed(fake, url=url, secret="another")["summary"] in text_of(other, "diagnosis")
    twice = fake.client.post(PAGE, data={"do": "explain", "url": f"{url}&apiKey=x"})
    assert (400, True) == (twice.status_code, "more than once" in text_of(twice, "wrong"))


def diagnosed(fake: Fake, **query: str) -> dict[str, str]:
    return dict(fake.admin("POST", "/__admin/explain", query).get_json())


@pytest.mark.parametrize("name", DOWNLOADS)
def test_the_page_offers_what_programs_can_fetch(name: str) -> None:
    """With its own cookie, and the same bytes as the route of programs."""
    fake = make_fake(admin_token=TOKEN)
    fake.call()
    fake.client.post(PAGE, data={"do": "sign-in", "token": TOKEN})
    programs = DOWNLOADS[name]
    path = programs.path.replace("<key>", KEY) + (f"?{programs.account}={KEY}" if programs.account else "")
    expected = fake.admin("GET", path, Authorization=f"Bearer {TOKEN}")
    shown = fake.admin("GET", f"{PAGE}/download/{name}?account={KEY}")
    assert (200, expected.data, expected.content_type) == (shown.status_code, shown.data, shown.content_type)
    press(fake, "sign-out")
    assert 401 == fake.admin("GET", f"{PAGE}/download/{name}?account={KEY}").status_code


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_page_is_computed_off_the_event_loop(fake: Fake, method: str) -> None:
    """What takes long is handed to the server as work, which holds neither the loop nor the lock of the world."""
    fake.call(signature="0" * 32)
    form = {"do": "explain", "url": "x=1"} if method == "POST" else None
    environ = EnvironBuilder(PAGE, method=method, data=form, environ_overrides={CAN_AWAIT: True}).get_environ()
    assert [] == list(fake.client.application.wsgi_app(environ, lambda *_: lambda _: None))
    work = environ[WAIT]
    assert isinstance(work, Work)
    work.block()
    assert b"<!doctype html>" in work.answer.data


def test_a_browser_gets_the_page_compressed(fake: Fake) -> None:
    packed = fake.admin("GET", PAGE, Accept_Encoding="br, gzip")
    assert ("gzip", "Accept-Encoding") == (packed.headers["Content-Encoding"], packed.headers["Vary"])
    assert fake.admin("GET", PAGE).text == gzip.decompress(packed.data).decode()


@pytest.mark.parametrize(
    ("action", "fields", "status", "words"),
    [
        ("advance", {"seconds": "soon"}, 400, "expected a number from 0 to 316,224,000 (at seconds)"),
        ("advance", {"seconds": "-1"}, 400, "expected a number from 0"),
        ("force", {"hash": "mock-complete", "state": "NEW"}, 409, "legal here"),
        ("force", {"hash": "nosuch", "state": "COMPLETE"}, 404, "no collection"),
        ("add-fault", {"preset": "nosuch"}, 400, "no preset 'nosuch'"),
        ("add-fault", {"fault": "x", "fault__kind": "slow"}, 400, "expected one of them"),
        ("change-settings", {"url_lifetime": "-1"}, 400, "expected a number from 0 to 86,400 (at url_lifetime)"),
        ("change-settings", {"http_statuses:json": "{"}, 400, "http_statuses: expected JSON; it ends too early"),
        ("change-settings", {"http_statuses:json": '{"41": 1}'}, 400, "expected a whole number from 200 to 599"),
        ("change-settings", {"invented_names:json": '{"x": ""}'}, 400, "'x' is not an invented name"),
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


def typed_fields(form: Any) -> list[Any]:
    """The fields of a form that a person fills in."""
    fields = [*form.iter("input"), *form.iter("textarea")]
    return [one for one in fields if one.get("type") not in ("hidden", "file")]


def identity(form: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.value) for one in form.iter("input") if one.get("type") == "hidden")


def test_a_refused_form_shows_again_what_was_typed_and_the_message_beside_the_field(fake: Fake) -> None:
    days = [{"date": "2024-01-31", "views": 1}]
    fake.account("POST", "/collections", {"hash": "mine", "conversion_schedule": "never", "statistics": days})
    page: Any = html.fromstring(fake.admin("GET", f"{PAGE}?account={KEY}").text)
    forms = [form for form in page.forms if form.method == "POST" and typed_fields(form) and form.get("id") != "upload"]
    told = set()
    for form in forms:
        typed = {one.name: f'no such "{one.name}" <>' for one in typed_fields(form)}
        answer = fake.client.post(f"{PAGE}?account={KEY}", data=dict(form.form_values()) | typed)
        assert 400 == answer.status_code
        again: Any = html.fromstring(answer.text)
        (same,) = [one for one in again.forms if identity(one) == identity(form)]
        assert typed == {one.name: one.value.strip("\n") for one in typed_fields(same)}
        for field in same.xpath(".//*[@aria-invalid]"):
            told.add(form.fields["do"])
            assert text_of(answer, str(field.get("aria-describedby"))) in text_of(answer, "wrong")
    assert {form.fields["do"] for form in forms} == told
