from mock_server.tests.conftest import KEY, Fake, signed

NEW = {"key": "mine", "secret": "hush"}
SEEDED = ["LK12NS-0-IOBW3S89VVJH12Z", "45FD-267-7SG7832"]


def code(fake: Fake, key: str, secret: str, **changes: str) -> int:
    return int(fake.client.get("/v1/", query_string=signed(secret, apiKey=key, **changes)).get_json()["code"])


def test_an_account_can_be_created_with_any_key_and_secret(fake: Fake) -> None:
    answer = fake.admin("POST", "/__admin/accounts", NEW)
    assert (201, "mine", "hush") == (answer.status_code, answer.get_json()["key"], answer.get_json()["secret"])
    assert [20, 44] == [code(fake, "mine", "hush"), code(fake, "mine", "other")]
    assert "secret-other" == fake.admin("POST", "/__admin/accounts", {"key": "other"}).get_json()["secret"]
    again = fake.admin("POST", "/__admin/accounts", NEW)
    assert (409, "conflict") == (again.status_code, again.get_json()["error"]["type"])
    assert "is taken; delete or reset that account, or choose another key" in again.get_json()["error"]["message"]


def test_an_account_can_begin_with_collections_and_a_clock_that_stands_still(fake: Fake) -> None:
    begin = {"collections": [{"hash": "a"}, {"hash": "b", "schedule": "never"}], "frozen_at": "2025-02-03T04:05:06Z"}
    shown = fake.admin("POST", "/__admin/accounts", NEW | begin).get_json()
    assert ("2025-02-03T04:05:06.000000Z", True, 2) == (shown["now"], shown["frozen"], shown["collections"])
    assert 20 == code(fake, "mine", "hush", action="collection.getCollection", collectionHash="b")
    twins = fake.admin("POST", "/__admin/accounts", {"key": "twins", "collections": [{"hash": "a"}, {"hash": "a"}]})
    assert (400, "$.collections") == (twins.status_code, twins.get_json()["error"]["path"])


def test_an_account_is_shown_with_all_that_steers_it(fake: Fake) -> None:
    shown = fake.admin("GET", f"/__admin/accounts/{SEEDED[0]}").get_json()
    assert {
        "key": SEEDED[0],
        "secret": "123ABCDE-456-7890-FGH",
        "now": "2026-09-21T14:13:20.000000Z",
        "frozen": False,
        "maintenance": False,
        "collections": 1,
        "settings": fake.admin("GET", f"/__admin/accounts/{SEEDED[0]}/settings").get_json(),
    } == shown


def test_a_deleted_account_is_unknown_and_a_test_key_comes_into_being_when_it_is_shown(fake: Fake) -> None:
    assert 204 == fake.admin("DELETE", f"/__admin/accounts/{SEEDED[0]}").status_code
    assert 41 == code(fake, SEEDED[0], "123ABCDE-456-7890-FGH", collectionHash="d3m0h45h")
    fake.call(collectionHash="mock-manual")
    fake.account("DELETE")
    assert 0 == fake.account("GET").get_json()["collections"]
    listed = fake.admin("GET", "/__admin/accounts").get_json()["accounts"]
    assert [(SEEDED[1], "123ABCDE-456-7890-FGH"), (KEY, f"secret-{KEY}")] == [
        (one["key"], one["secret"]) for one in listed
    ]


def test_reset_puts_one_account_back_and_no_other(fake: Fake) -> None:
    for key in (KEY, "test-other"):
        fake.admin("PATCH", f"/__admin/accounts/{key}/settings", {"lenient_post": True})
        fake.admin("POST", f"/__admin/accounts/{key}/clock/advance", {"seconds": 60})
        fake.admin("PUT", f"/__admin/accounts/{key}/maintenance", {"on": True})
        fake.admin("POST", f"/__admin/accounts/{key}/collections", {})
    fake.account("POST", "/reset")
    shown, other = fake.account("GET").get_json(), fake.admin("GET", "/__admin/accounts/test-other").get_json()
    assert (0, False, False) == (shown["collections"], shown["maintenance"], shown["settings"]["lenient_post"])
    assert "2026-09-21T14:13:20.000000Z" == shown["now"]
    assert (1, True, True) == (other["collections"], other["maintenance"], other["settings"]["lenient_post"])


def test_settings_of_one_account_change_by_name(fake: Fake) -> None:
    before = fake.account("GET", "/settings").get_json()
    changed = fake.account("PATCH", "/settings", {"requests_per_second": 1, "url_lifetime": 0.5}).get_json()
    assert before | {"requests_per_second": 1, "url_lifetime": 0.5} == changed
    assert changed == fake.account("GET", "/settings").get_json()
    assert before == fake.admin("GET", "/__admin/accounts/test-other/settings").get_json()
    assert [20, 31] == [fake.call().get_json()["code"] for _ in range(2)]
