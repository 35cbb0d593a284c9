import re
from collections.abc import Callable

import pytest
import requests
from mock_server.tests.conftest import signature_of
from mock_server.tests.raw_socket import query

from flipsnack_client import Flipsnack
from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import AccountAdmin, AdminClient, AdminError, MockServer


def client(server: MockServer, key: str, secret: str | None = None) -> Flipsnack:
    return Flipsnack(key, secret or f"secret-{key}", base_url=server.base_url)


def test_an_account_is_put_back_after_a_test(server: MockServer) -> None:
    account = server.admin.account("test-put-back")
    polled = client(server, account.key).download_html("mock-after-2-polls")
    polled.poll_once()
    taken = account.snapshot()
    polled.poll_once()
    account.restore(taken)
    assert 1 == account.jobs.show("mock-after-2-polls")["polls"]


def test_a_fork_is_steered_by_its_own_client(server: MockServer) -> None:
    account = server.admin.account("test-original")
    created = account.collections.create(title="Shared", schedule="immediate")
    twin = account.fork("test-copied", "its-own")
    with client(server, twin.key, "its-own") as flipsnack:
        flipsnack.download_html(created["hash"]).poll_once()
    assert "COMPLETE" == twin.jobs.show(created["hash"])["state"]
    assert "NEW" == account.jobs.show(created["hash"])["state"]
    with pytest.raises(AdminError, match="taken"):
        account.fork("test-copied")


def test_the_cause_of_a_44_is_asked_for_by_its_request_id(server: MockServer) -> None:
    account = server.admin.account("test-ill")
    with client(server, account.key, " secret-test-ill") as flipsnack, pytest.raises(Exception, match="44"):
        flipsnack.download_html("mock-complete").poll_once()
    [request] = account.requests.list(code=44)
    [cause] = server.admin.diagnosis(request.id)["signature"]["causes"]
    assert ["secret-altered"] == [mistake["name"] for mistake in cause["mistakes"]]


def test_a_signature_is_explained_without_a_request(server: MockServer) -> None:
    params = {"apiKey": "nobody", "b": "1"}
    sent = params | {"signature": signature_of("mine", params)}
    assert "right" == server.admin.explain(sent, secret="mine")["verdict"]
    assert "no-secret" == server.admin.explain("?apiKey=nobody&signature=x")["verdict"]


def test_the_export_starts_another_server(server: MockServer) -> None:
    server.admin.account("test-exported").collections.create(hash="kept")
    seeds = load_settings(flags={}, environment={}, file=("export.toml", server.admin.export()))[0].seed
    with MockServer(seed=seeds) as other:
        assert "kept" == other.admin.account("test-exported").collections.show("kept")["hash"]


def test_namespaces_and_magic_hashes_are_listed(server: MockServer) -> None:
    with_namespace = AdminClient(server.url, namespace="passing")
    with_namespace.accounts()
    with_namespace.close()
    assert "passing" in server.admin.namespaces()
    server.admin.forget_namespace("passing")
    assert "passing" not in server.admin.namespaces()
    assert "FAILED at the first call" in [row["does"] for row in server.admin.magic() if row["hash"] == "mock-failed"]


def test_uploads_conversions_and_statistics_are_steered(server: MockServer) -> None:
    account = server.admin.account("test-life")
    named = account.collections.create(title="Spring", conversion_schedule="never", width=800)["hash"]
    assert ("processing", 800) == (
        account.collections.conversion(named)["state"],
        account.collections.show(named)["width"],
    )
    assert "failed" == account.collections.convert(named, "failed")["state"]
    assert ["processing"] == account.collections.conversion(named)["legal"]
    account.collections.set_statistics(named, [{"date": "2024-01-31", "pages": [{"page": 1, "views": 2}]}])
    [day] = account.collections.statistics(named)
    assert ("2024-01-31", 0, 2) == (day["date"], day["views"], day["pages"][0]["views"])
    assert {"count": 7, "left": 993}.items() <= account.set_uploads(7).items()
    account.set_uploads(1, month="2001-01")
    assert 1 == account.uploads()["months"]["2001-01"]


def test_the_method_table_is_served(server: MockServer) -> None:
    table = server.admin.methods()
    assert list(METHODS) == [one["name"] for one in table["methods"]]
    assert list(UNBUILT) == [one["name"] for one in table["unbuilt"]]
    classes = {field["name"]: field["class"] for one in table["objects"] for field in one["fields"]}
    assert ("invented", "documented") == (classes["flipbooks"], classes["clicks"])
    assert ("mock-error-35.pdf", "refused with code 35, Collection maximum pages number exceeded") in [
        tuple(row.values()) for row in server.admin.magic_uploads()
    ]


def test_a_rule_is_added_by_kind_or_preset(server: MockServer) -> None:
    """`add` takes the kind and its fields, or a preset, and the conditions; an error carries the field."""
    faults = server.admin.account("test-fault-admin").faults
    rule = faults.add("code", code=32, when={"nth": 2}, count=1, ttl=60, id="mine")
    assert {"kind": "code", "code": 32, "message": None} == rule["fault"]
    assert ({"nth": 2}, 1, 60, "mine") == (rule["when"], rule["count"], rule["ttl"], rule["id"])
    faults.add(preset="per-minute-limit")
    assert 32 == requests.get(server.base_url, params=query("test-fault-admin"), timeout=10).json()["code"]
    assert [(0, 1), (1, 0)] == [(rule["hits"], rule["hits_left"]) for rule in faults.list()]
    with pytest.raises(AdminError) as refusal:
        faults.add(preset="slowly")
    assert "$.preset" == refusal.value.error["path"]


def test_rules_are_listed_shown_deleted_and_cleared(server: MockServer) -> None:
    faults = server.admin.account("test-fault-clear").faults
    for rule_id in ("a", "b", "c"):
        faults.add("reset", id=rule_id)
    assert "b" == faults.show("b")["id"]
    faults.delete("b")
    assert ["a", "c"] == [rule["id"] for rule in faults.list()]
    assert "test-fault-clear" in [rule["key"] for rule in server.admin.faults()]
    with pytest.raises(AdminError, match="there is no fault rule 'b'"):
        faults.show("b")
    faults.clear()
    assert [] == faults.list()
    assert "slow" in [preset["name"] for preset in server.admin.fault_presets()]


REFUSED: dict[str, tuple[Callable[[AccountAdmin], object], str, str]] = {
    "a kind of fault": (lambda one: one.faults.add("dely"), "did you mean delay?", "code, status, redirect"),
    "a field of a fault": (lambda one: one.faults.add("delay", secnds=1), "did you mean seconds?", "one of code, "),
    "a preset": (lambda one: one.faults.add(preset="slwo"), "did you mean slow?", "one of per-second-limit, "),
    "a missing field": (lambda one: one.faults.add("delay"), "missing required field `seconds`", "seconds"),
    "a field": (lambda one: one.collections.create(schedul="never"), "did you mean schedule?", "one of title, pages"),
    "a number": (lambda one: one.collections.create(pages=0), "$.pages", "a whole number from 1 to 1,000"),
    "a setting": (lambda one: one.settings(url_lifetim=3), "did you mean url_lifetime?", "one of requests_per_second"),
    "a filter": (lambda one: one.requests.count(kode=1), "did you mean code?", "one of key, kind"),
    "a state": (lambda one: one.jobs.force("mock-failed", "NWE"), "did you mean NEW?", "NEW, PROCESSING, COMPLETE or"),
    "a step": (lambda one: one.jobs.force("mock-never", "NEW"), "NEW cannot become NEW", "COMPLETE, FAILED"),
    "an instant": (lambda one: one.clock._move("set", {"at": "noon"}), "$.at", "an instant as in 2026-11-28T"),
    "no field": (lambda one: one.call("POST", "/clock/freeze", {"at": 1}), "unknown field `at`", "no fields"),
}


@pytest.mark.parametrize(("asked", "says", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_was_expected_and_the_nearest_name(
    server: MockServer, asked: Callable[[AccountAdmin], object], says: str, expected: str
) -> None:
    with pytest.raises(AdminError, match=re.escape(says)) as refusal:
        asked(server.admin.account("test-refused"))
    assert refusal.value.expected.startswith(expected)
    assert 1 == str(refusal.value).count(refusal.value.expected)
