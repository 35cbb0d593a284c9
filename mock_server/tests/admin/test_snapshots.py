import json
from typing import Any

import pytest
from mock_server.tests.conftest import KEY, SECRET, START, Fake, make_fake, signed

from flipsnack_mock.state.settings import SettingsError, load_settings


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


RULE = {"id": "x", "fault": {"kind": "reset"}, "made_at": 5}
FIELDS: list[tuple[list[Any], Any]] = [
    (["now"], 2**63 - 1),
    (["account", "secret"], ""),
    (["account", "secret"], "s" * 208),
    (["account", "clock", "offset"], 2**63 - 1),
    (["account", "clock", "frozen_at"], -1),
    (["account", "life"], -1),
    (["account", "urls_made"], 2**64 - 1),
    (["account", "faults_made"], 2**63 - 1),
    (["account", "counted"], [2**60]),
    (["account", "faults"], {"x": RULE | {"made_at": 2**63 - 1}}),
    (["account", "faults"], {"x": RULE | {"hits": -1}}),
    (["account", "faults"], {"y": RULE}),
    (["account", "faults"], {"x\n": RULE | {"id": "x\n"}}),
    (["account", "collections", "mock-half-way", "job", "calls"], -1),
    (["account", "collections", "mock-half-way", "job", "started_at"], 2**63 - 1),
    (["account", "collections", "mock-half-way", "job", "schedule"], "after-" + "1" * 60 + "s"),
]


@pytest.mark.parametrize(("path", "value"), FIELDS, ids=str)
def test_what_no_account_can_hold_does_not_enter_by_a_snapshot(fake: Fake, path: list[str], value: Any) -> None:
    fake.call(collectionHash="mock-half-way")
    taken = place = snapshot(fake)
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    every = {"version": 1, "maintenance": False, "accounts": [taken]}
    assert 400 == fake.account("PUT", "/snapshot", taken).status_code
    assert 400 == fake.admin("PUT", "/__admin/snapshot", every).status_code


def test_a_job_without_a_call_does_no_harm(fake: Fake) -> None:
    fake.call(collectionHash="mock-half-way")
    taken = snapshot(fake)
    taken["account"]["collections"]["mock-half-way"]["job"]["calls"] = 0
    assert 200 == fake.account("PUT", "/snapshot", taken).status_code
    assert 20 == fake.call(collectionHash="mock-half-way").get_json()["code"]
    assert 200 == fake.admin("GET", f"/__admin/ui?account={KEY}").status_code


@pytest.mark.parametrize("secret", ["x", "a b", "\u00fc", "\n", "x" * 207, "", "x" * 208, None])
def test_every_way_in_takes_the_same_secrets(fake: Fake, secret: str | None) -> None:
    """Creation, fork, snapshot, and seed; the longest is that of the longest key."""
    created = fake.admin("POST", "/__admin/accounts", {"key": "made", "secret": secret}).status_code
    forked = fake.account("POST", "/fork", {"key": "twin", "secret": secret}).status_code
    taken, given = snapshot(fake), "some" if secret is None else secret
    taken["account"]["secret"] = given
    restored = fake.account("PUT", "/snapshot", taken).status_code
    seed = {"FLIPSNACK_MOCK_SEED": json.dumps([{"key": "K", "secret": given}])}
    try:
        load_settings(flags={}, environment=seed, file=None)
        seeded = True
    except SettingsError:
        seeded = False
    assert (created == 201) == (forked == 201) == (restored == 200) == seeded


def test_an_account_with_the_longest_key_can_be_exported_and_seeded(fake: Fake) -> None:
    key = "test-" + "k" * 195
    assert 201 == fake.admin("POST", "/__admin/accounts", {"key": key}).status_code
    text = fake.admin("GET", "/__admin/export").text
    assert key in [seed.key for seed in load_settings(flags={}, environment={}, file=("export", text))[0].seed]
    taken = fake.admin("GET", f"/__admin/accounts/{key}/snapshot").get_json()
    assert 200 == fake.admin("PUT", f"/__admin/accounts/{key}/snapshot", taken).status_code


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


def test_a_server_of_many_accounts_is_put_back_too() -> None:
    fake = make_fake()
    for number in range(501):
        fake.admin("GET", f"/__admin/accounts/test-{number}")
    taken = fake.admin("GET", "/__admin/snapshot").json or {}
    elsewhere = make_fake()
    assert {"accounts": len(taken["accounts"])} == elsewhere.admin("PUT", "/__admin/snapshot", taken).json
    assert taken == elsewhere.admin("GET", "/__admin/snapshot").json
    twice = {**taken, "accounts": [*taken["accounts"], taken["accounts"][0]]}
    assert 400 == elsewhere.admin("PUT", "/__admin/snapshot", twice).status_code
