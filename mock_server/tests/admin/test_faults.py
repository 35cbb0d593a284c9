from typing import Any

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Fake, make_fake

from flipsnack_mock.faults.presets import PRESETS


def made(fake: Fake, body: dict[str, Any]) -> dict[str, Any]:
    """The rule that `body` makes."""
    answer = fake.account("POST", "/faults", body)
    assert 201 == answer.status_code, answer.text
    return dict(answer.json or {})


def refused(fake: Fake, body: Any) -> dict[str, Any]:
    """The facts of the refusal that `body` meets; no rule was made."""
    answer = fake.account("POST", "/faults", body)
    assert 400 == answer.status_code, answer.text
    assert [] == listed(fake)
    return dict((answer.json or {})["error"])


def listed(fake: Fake) -> list[dict[str, Any]]:
    """The account's rules."""
    return list((fake.account("GET", "/faults").json or {})["faults"])


def test_a_new_rule_is_shown_as_it_was_made(fake: Fake) -> None:
    """What was given comes back, with what the rule has met so far: nothing."""
    fault = {"kind": "status", "status": 503, "body": "later", "content_type": "text/plain", "headers": {"X-A": "b"}}
    when = {"action": DOWNLOAD, "hash": "d3m0h45h", "params": {"format": "xml"}, "every": 2}
    rule = made(fake, {"fault": fault, "when": when, "count": 3, "ttl": 60})
    assert rule["fault"] == fault | {"body_base64": ""}
    assert rule["when"] == when
    assert (3, 60, 3, 0, 0, 0, None, True) == (
        rule["count"],
        rule["ttl"],
        rule["hits_left"],
        rule["hits"],
        rule["seen"],
        rule["failures"],
        rule["last_request"],
        rule["active"],
    )


def test_a_rule_shows_its_hits_and_the_request_it_met_last(fake: Fake) -> None:
    """The list proves that a fault fired: hits, hits left, and the id that the answer carried."""
    made(fake, {"fault": {"kind": "code", "code": 31}, "count": 3})
    answer = fake.call()
    (rule,) = listed(fake)
    assert (1, 2, 1) == (rule["hits"], rule["hits_left"], rule["seen"])
    assert answer.headers["X-Flipsnack-Mock-Request"] == rule["last_request"]


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
    """One by its id, 404 if it does not exist, or all; then requests are answered as usual."""
    made(fake, {"fault": {"kind": "code", "code": 22}})
    made(fake, {"id": "a", "preset": "slow"})
    assert "a" == (fake.account("GET", "/faults/a").json or {})["id"]
    assert 204 == fake.account("DELETE", "/faults/a").status_code
    assert [404, 404] == [fake.account(method, "/faults/a").status_code for method in ("GET", "DELETE")]
    assert 204 == fake.account("DELETE", "/faults").status_code
    assert 20 == (fake.call().json or {})["code"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("$.fault", {}),
        ("$.fault", {"preset": "slow", "fault": {"kind": "reset"}}),
        ("$.preset", {"preset": "slowly"}),
        ("$.fault.kind", {"fault": {"kind": "dely"}}),
        ("$.fault.seconds", {"fault": {"kind": "delay", "seconds": -1}}),
        ("$.fault.seconds", {"fault": {"kind": "delay", "seconds": 301}}),
        ("$.fault.seconds", {"fault": {"kind": "delay", "seconds": "2"}}),
        ("$.fault", {"fault": {"kind": "delay"}}),
        ("$.fault.high", {"fault": {"kind": "delay-uniform", "low": 2, "high": 1}}),
        ("$.fault.message", {"fault": {"kind": "code", "code": 99}}),
        ("$.fault.body_base64", {"fault": {"kind": "status", "status": 200, "body": "a", "body_base64": "YQ=="}}),
        ("$.fault.body", {"fault": {"kind": "status", "status": 204, "body": "a"}}),
        ("$.fault.headers", {"fault": {"kind": "status", "status": 200, "headers": {"Content-Length": "3"}}}),
        ("$.fault.status", {"fault": {"kind": "status", "status": 99}}),
        ("$.fault.status", {"fault": {"kind": "redirect", "status": 304}}),
        ("$.fault.origin", {"fault": {"kind": "url-origin", "origin": "nowhere"}}),
        ("$.when.share", {"preset": "slow", "when": {"share": 2}}),
        ("$.when.until", {"preset": "slow", "when": {"from": 2, "until": 1}}),
        ("$.when.action", {"preset": "slow", "when": {"action": "collection.dowload"}}),
        ("$.when.action", {"preset": "corrupt-zip", "when": {"action": DOWNLOAD}}),
        ("$.when.action", {"preset": "invalid-json", "when": {"action": "package"}}),
        ("$.count", {"preset": "slow", "count": 0}),
        ("$.ttl", {"preset": "slow", "ttl": 0}),
        ("$.id", {"preset": "slow", "id": "not an id"}),
    ],
)
def test_a_bad_rule_is_refused_with_the_field(fake: Fake, path: str, body: dict[str, Any]) -> None:
    """HTTP 400 names the field; nothing was made."""
    error = refused(fake, body)
    assert ("bad_request", path) == (error["type"], error["path"])


def test_misspelt_fields_unknown_kinds_and_line_breaks_are_refused(fake: Fake) -> None:
    """With the reason; a header cannot smuggle in another one."""
    assert "unknown field `secs`" in refused(fake, {"fault": {"kind": "delay", "secs": 1}})["message"]
    assert "Invalid value 'dely'" in refused(fake, {"fault": {"kind": "dely"}})["message"]
    refused(fake, {"fault": {"kind": "status", "status": 200, "headers": {"X-A": "b\r\nX-B: c"}}})


def test_the_presets_are_listed_with_what_they_do(fake: Fake) -> None:
    """Name, description and body of each; the name and the body create the same rule."""
    presets = (fake.admin("GET", "/__admin/faults/presets").json or {})["presets"]
    assert list(PRESETS) == [preset["name"] for preset in presets]
    for preset in presets:
        assert preset["does"]
        fields = ("fault", "when", "count")
        by_body = made(fake, {name: preset[name] for name in fields})
        by_name = made(fake, {"preset": preset["name"]})
        assert PRESETS[preset["name"]].fault.name == by_name["fault"]["kind"]
        assert [by_body[name] for name in fields] == [by_name[name] for name in fields]


def test_what_is_given_replaces_what_the_preset_has(fake: Fake) -> None:
    """Conditions and count of a preset are only its defaults."""
    rule = made(fake, {"preset": "slow-download", "when": {"hash": "d3m0h45h"}, "count": 1})
    assert ({"action": "package", "hash": "d3m0h45h"}, 1) == (rule["when"], rule["count"])
    assert None is made(fake, {"preset": "redirect", "count": None})["count"]


def test_the_rules_of_all_accounts_are_listed_with_their_keys(fake: Fake) -> None:
    """One route lists all rules of the server, one deletes them; a namespace has its own."""
    made(fake, {"preset": "slow"})
    fake.admin("POST", "/__admin/accounts/test-second/faults", {"preset": "hang"})
    fake.admin("POST", f"/t/other/__admin/accounts/{KEY}/faults", {"preset": "outage-30s"})
    faults = (fake.admin("GET", "/__admin/faults").json or {})["faults"]
    assert [(KEY, "f1"), ("test-second", "f1")] == [(fault["key"], fault["id"]) for fault in faults]
    assert 204 == fake.admin("DELETE", "/__admin/faults").status_code
    assert {"faults": []} == fake.admin("GET", "/__admin/faults").json
    assert [503, 200] == [fake.call(prefix="/t/other").status_code, fake.call().status_code]


def test_expired_rules_are_removed_and_rules_after_their_window_are_kept(fake: Fake) -> None:
    """`ttl` and windows use the account's clock; a rule after its window can still be read."""
    made(fake, {"preset": "outage-30s"})
    made(fake, {"preset": "slow", "ttl": 30})
    fake.call()
    fake.account("POST", "/clock/advance", {"seconds": 30})
    (rule,) = listed(fake)
    assert ("f1", False, 1) == (rule["id"], rule["active"], rule["hits"])


def test_an_account_has_no_more_than_a_thousand_rules() -> None:
    """The rules of an account are bounded, and say so."""
    fake = make_fake()
    for _ in range(1_000):
        made(fake, {"preset": "slow", "count": 1})
    answer = fake.account("POST", "/faults", {"preset": "slow"})
    assert 409 == answer.status_code
    assert "1000" in answer.text
