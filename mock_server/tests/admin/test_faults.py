from typing import Any

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Fake, make_fake, signed

from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.protocol.methods import METHODS, UNBUILT


def made(fake: Fake, body: dict[str, Any]) -> dict[str, Any]:
    answer = fake.account("POST", "/faults", body)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json or {})


def listed(fake: Fake) -> list[dict[str, Any]]:
    return list((fake.account("GET", "/faults").json or {})["faults"])


def test_a_new_rule_is_shown_as_it_was_made(fake: Fake) -> None:
    fault = {"kind": "status", "status": 503, "body": "later", "content_type": "text/plain", "headers": {"X-A": "b"}}
    when = {"action": DOWNLOAD, "hash": "d3m0h45h", "params": {"format": "xml"}, "every": 2}
    rule = made(fake, {"fault": fault, "when": when, "count": 3, "ttl": 60})
    assert rule["fault"] == fault | {"body_base64": ""}
    assert rule["when"] == when
    counters = {"hits": 0, "seen": 0, "failures": 0, "last_request": None}
    assert rule.items() >= ({"count": 3, "ttl": 60, "hits_left": 3, "active": True} | counters).items()


def test_a_rule_shows_its_hits_and_the_request_it_met_last(fake: Fake) -> None:
    made(fake, {"fault": {"kind": "code", "code": 31}, "count": 3})
    answer = fake.call()
    (rule,) = listed(fake)
    assert (1, 2, 1, answer.headers["X-Flipsnack-Mock-Request"]) == tuple(
        rule[name] for name in ("hits", "hits_left", "seen", "last_request")
    )


@pytest.mark.parametrize("action", [*METHODS, *UNBUILT])
def test_a_fault_meets_the_calls_of_its_method_only(fake: Fake, action: str) -> None:
    made(fake, {"fault": {"kind": "code", "code": 99, "message": "mine"}, "when": {"action": action}})
    codes = {
        one: fake.client.open("/v1/", method=method.verb, query_string=signed(action=one)).get_json().get("code")
        for one, method in (METHODS | UNBUILT).items()
    }
    assert [action] == [one for one, code in codes.items() if code == 99]


def test_a_fault_of_resource_urls_is_refused_for_a_method_that_gives_none(fake: Fake) -> None:
    body = {"preset": "expired-link", "when": {"action": "collection.getList"}}
    refusal = fake.account("POST", "/faults", body).get_json()["error"]
    assert ("$.when.action", DOWNLOAD) == (refusal["path"], refusal["expected"])
    assert DOWNLOAD == made(fake, {"preset": "expired-link", "when": {"action": DOWNLOAD}})["when"]["action"]


def test_rules_have_ids_that_are_not_reused(fake: Fake) -> None:
    """So a mark in the journal means one rule; a chosen id can be taken only once."""
    ids = [made(fake, {"preset": "slow"})["id"] for _ in range(2)]
    fake.account("DELETE", "/faults/f2")
    ids.append(made(fake, {"preset": "slow"})["id"])
    assert ["f1", "f2", "f3"] == ids
    assert "mine" == made(fake, {"id": "mine", "preset": "slow"})["id"]
    assert 409 == fake.account("POST", "/faults", {"id": "mine", "preset": "slow"}).status_code
    assert 3 == len(listed(fake))


def test_rules_are_shown_and_deleted(fake: Fake) -> None:
    made(fake, {"fault": {"kind": "code", "code": 22}})
    made(fake, {"id": "a", "preset": "slow"})
    assert "a" == (fake.account("GET", "/faults/a").json or {})["id"]
    assert 204 == fake.account("DELETE", "/faults/a").status_code
    assert [404, 404] == [fake.account(method, "/faults/a").status_code for method in ("GET", "DELETE")]
    assert 204 == fake.account("DELETE", "/faults").status_code
    assert 20 == (fake.call().json or {})["code"]


def test_presets_are_listed_and_given_fields_replace_theirs(fake: Fake) -> None:
    presets = (fake.admin("GET", "/__admin/faults/presets").json or {})["presets"]
    assert list(PRESETS) == [preset["name"] for preset in presets]
    for preset in presets:
        assert preset["does"]
        fields = ("fault", "when", "count")
        by_body = made(fake, {name: preset[name] for name in fields})
        by_name = made(fake, {"preset": preset["name"]})
        assert PRESETS[preset["name"]].fault.name == by_name["fault"]["kind"]
        assert [by_body[name] for name in fields] == [by_name[name] for name in fields]
    rule = made(fake, {"preset": "slow-download", "when": {"hash": "d3m0h45h"}, "count": 1})
    assert ({"action": "package", "hash": "d3m0h45h"}, 1) == (rule["when"], rule["count"])
    assert None is made(fake, {"preset": "redirect", "count": None})["count"]


def test_the_rules_of_all_accounts_are_listed_with_their_keys(fake: Fake) -> None:
    made(fake, {"preset": "slow"})
    fake.admin("POST", "/__admin/accounts/test-second/faults", {"preset": "hang"})
    fake.admin("POST", f"/t/other/__admin/accounts/{KEY}/faults", {"preset": "outage-30s"})
    faults = (fake.admin("GET", "/__admin/faults").json or {})["faults"]
    assert [(KEY, "f1"), ("test-second", "f1")] == [(fault["key"], fault["id"]) for fault in faults]
    assert 204 == fake.admin("DELETE", "/__admin/faults").status_code
    assert {"faults": []} == fake.admin("GET", "/__admin/faults").json
    assert [503, 200] == [fake.call(prefix="/t/other").status_code, fake.call().status_code]


def test_expired_rules_are_removed_and_rules_after_their_window_are_kept(fake: Fake) -> None:
    made(fake, {"preset": "outage-30s"})
    made(fake, {"preset": "slow", "ttl": 30})
    fake.call()
    fake.account("POST", "/clock/advance", {"seconds": 30})
    (rule,) = listed(fake)
    assert ("f1", False, 1) == (rule["id"], rule["active"], rule["hits"])


def test_an_account_has_no_more_than_a_thousand_rules() -> None:
    fake = make_fake()
    for _ in range(1_000):
        made(fake, {"preset": "slow", "count": 1})
    answer = fake.account("POST", "/faults", {"preset": "slow"})
    assert 409 == answer.status_code
    assert "1000" in answer.text
