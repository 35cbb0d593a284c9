import json
from typing import Any

import pytest
from mock_server.tests.conftest import KEY, SECRET, START, Fake, make_fake, signed

from flipsnack_mock.state.settings import load_settings


def snapshot(fake: Fake) -> dict[str, Any]:
    """A snapshot of the account that signed calls are made with."""
    return dict(fake.account("GET", "/snapshot").json or {})


def status(fake: Fake, collection_hash: str, *, secret: str = SECRET, key: str = KEY) -> str:
    params = signed(secret, apiKey=key, collectionHash=collection_hash)
    answer = fake.client.get("/v1/", query_string=params)
    return str((answer.json or {})["data"]["status"])


def test_an_account_is_put_back_to_its_snapshot(fake: Fake) -> None:
    fake.account("POST", "/clock/freeze", {})
    fake.account("PATCH", "/settings", {"url_lifetime": 5})
    status(fake, "mock-after-5s")
    taken = snapshot(fake)
    fake.account("POST", "/clock/advance", {"seconds": 60})
    fake.account("PATCH", "/settings", {"url_lifetime": 7})
    assert "COMPLETE" == status(fake, "mock-after-5s")
    shown = fake.account("PUT", "/snapshot", taken)
    assert 200 == shown.status_code
    assert 5 == (shown.json or {})["settings"]["url_lifetime"]
    assert START == (fake.account("GET", "/clock").json or {})["now_us"]
    assert "PROCESSING" == status(fake, "mock-after-5s")


def test_a_snapshot_creates_an_account_on_another_server_and_clears_its_journal(fake: Fake) -> None:
    fake.admin("POST", "/__admin/accounts", {"key": "own", "secret": "mine"})
    taken = fake.admin("GET", "/__admin/accounts/own/snapshot").json
    elsewhere = make_fake()
    assert 200 == elsewhere.admin("PUT", "/__admin/accounts/own/snapshot", taken).status_code
    assert "mine" == (elsewhere.admin("GET", "/__admin/accounts/own").json or {})["secret"]
    answer = fake.admin("PUT", "/__admin/accounts/test-other/snapshot", taken)
    assert (400, "$.account.key") == (answer.status_code, (answer.json or {})["error"]["path"])
    before = snapshot(fake)
    assert 1 == before["version"]
    fake.call()
    fake.account("PUT", "/snapshot", before)
    assert {"count": 0, "dropped": 0} == fake.admin("GET", f"/__admin/requests/count?key={KEY}").json


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"account": {}}, ".account"),
        ({"more": 1}, ""),
        ({"now": 10**30}, ".now"),
        ({"now": "today"}, ".now"),
    ],
    ids=str,
)
def test_one_damaged_account_refuses_all(fake: Fake, change: dict[str, Any], path: str) -> None:
    fake.account("POST", "/clock/freeze")
    before = fake.admin("GET", "/__admin/snapshot").get_json()
    damaged = before | {"accounts": [*before["accounts"][:2], before["accounts"][2] | change]}
    alone = fake.account("PUT", "/snapshot", damaged["accounts"][2])
    every = fake.admin("PUT", "/__admin/snapshot", damaged)
    for answer, place in ((alone, "$"), (every, "$.accounts[2]")):
        assert 400 == answer.status_code
        assert answer.get_json()["error"]["path"].startswith(place + path)
    after = fake.admin("GET", "/__admin/snapshot").get_json()
    assert [one["account"] for one in before["accounts"]] == [one["account"] for one in after["accounts"]]


def test_no_more_accounts_are_restored_than_there_is_room_for(fake: Fake) -> None:
    answer = make_fake(max_accounts=1).admin("PUT", "/__admin/snapshot", fake.admin("GET", "/__admin/snapshot").json)
    assert (503, "full") == (answer.status_code, answer.get_json()["error"]["type"])


def test_a_fork_begins_with_all_of_the_other(fake: Fake) -> None:
    status(fake, "mock-after-1-polls")
    answer = fake.account("POST", "/fork", {"key": "test-twin"})
    assert (201, "secret-test-twin") == (answer.status_code, (answer.json or {})["secret"])
    assert "COMPLETE" == status(fake, "mock-after-1-polls", secret="secret-test-twin", key="test-twin")
    assert "COMPLETE" == status(fake, "mock-after-1-polls")


def test_a_fork_takes_any_secret_and_only_a_free_key(fake: Fake) -> None:
    fake.account("GET")
    fake.admin("GET", "/__admin/accounts/test-taken")
    for key in (KEY, "test-taken", "LK12NS-0-IOBW3S89VVJH12Z"):
        assert 409 == fake.account("POST", "/fork", {"key": key}).status_code
    answer = fake.account("POST", "/fork", {"key": "own", "secret": "mine / März"})
    assert "mine / März" == (answer.json or {})["secret"]


def test_the_export_is_a_settings_file_or_a_variable(fake: Fake) -> None:
    fake.account("POST", "/collections", {"hash": "f1", "title": 'A "title"\n', "pages": 3, "schedule": "after-1s"})
    answer = fake.admin("GET", "/__admin/export")
    assert "application/toml" == answer.content_type
    settings, _ = load_settings(flags={}, environment={}, file=("export.toml", answer.text))
    [account] = [account for account in settings.seed if account.key == KEY]
    [collection] = account.collections
    assert ("f1", 'A "title"\n', 3) == (collection.hash, collection.title, collection.pages)
    exported = fake.admin("GET", "/__admin/export?format=json").text
    settings, _ = load_settings(flags={}, environment={"FLIPSNACK_MOCK_SEED": exported}, file=None)
    again = make_fake(seed=settings.seed).admin("GET", "/__admin/export?format=json").text
    assert json.loads(exported) == json.loads(again)


def test_all_accounts_go_to_another_server_with_all_they_have(fake: Fake) -> None:
    fake.account("POST", "/clock/freeze", {})
    fake.account("PATCH", "/settings", {"url_lifetime": 5})
    fake.account("POST", "/faults", {"fault": {"kind": "code", "code": 32}, "when": {"nth": 5}})
    fake.admin("PUT", "/__admin/accounts/test-late/maintenance", {"on": True})
    fake.admin("POST", "/__admin/accounts/test-late/clock/advance", {"seconds": 86_400})
    fake.admin("DELETE", "/__admin/accounts/45FD-267-7SG7832")
    status(fake, "mock-after-1-polls")
    fake.admin("PUT", "/__admin/maintenance", {"on": True})
    taken = fake.admin("GET", "/__admin/snapshot").get_json()
    elsewhere = make_fake()
    elsewhere.admin("POST", "/__admin/accounts", {"key": "own"})
    assert {"accounts": 3} == elsewhere.admin("PUT", "/__admin/snapshot", taken).get_json()
    assert taken == elsewhere.admin("GET", "/__admin/snapshot").get_json()
    assert {"on": True} == elsewhere.admin("GET", "/__admin/maintenance").get_json()
    elsewhere.admin("PUT", "/__admin/snapshot", taken | {"maintenance": False})
    assert "COMPLETE" == status(elsewhere, "mock-after-1-polls")


@pytest.mark.parametrize("key", ["LK12NS-0-IOBW3S89VVJH12Z", "a/b", "", "\x00", "x" * 201])
def test_a_key_that_none_can_be_is_refused(fake: Fake, key: str) -> None:
    """One that is there twice, or could never be asked for."""
    taken = fake.admin("GET", "/__admin/snapshot").get_json()
    taken["accounts"][1]["account"]["key"] = key
    answer = fake.admin("PUT", "/__admin/snapshot", taken)
    assert (400, "$.accounts[1].account.key") == (answer.status_code, answer.get_json()["error"]["path"])
