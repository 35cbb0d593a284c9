import re
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
import requests
from mock_server.tests.conftest import signature_of, signed
from mock_server.tests.raw_socket import query

from flipsnack_client import Flipsnack
from flipsnack_mock.admin.collections import NewCollection
from flipsnack_mock.faults.rules import FaultKind, When
from flipsnack_mock.inspect.matching import Matcher
from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.state.statistics import DayStatistics, PageStatistics
from flipsnack_mock.testing import AccountAdmin, AdminClient, AdminError, MockServer, answers, fields, make_pdf


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
    signature = server.admin.diagnosis(request.id)["signature"]
    assert signature is not None
    [cause] = signature["causes"]
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


REFUSED: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "a kind of fault": (lambda one: one.faults.add("dely"), "did you mean delay?", "code, status, redirect"),
    "a field of a fault": (lambda one: one.faults.add("delay", secnds=1), "did you mean seconds?", "one of code, "),
    "a preset": (lambda one: one.faults.add(preset="slwo"), "did you mean slow?", "one of per-second-limit, "),
    "a missing field": (lambda one: one.faults.add("delay"), "seconds is missing", "seconds"),
    "a field": (lambda one: one.collections.create(schedul="never"), "did you mean schedule?", "one of title, pages"),
    "a number": (lambda one: one.collections.create(pages=0), "(at pages)", "a whole number from 1 to 1,000"),
    "a setting": (lambda one: one.settings(url_lifetim=3), "did you mean url_lifetime?", "one of requests_per_second"),
    "a filter": (lambda one: one.requests.count(kode=1), "did you mean code?", "one of key, kind"),
    "a state": (lambda one: one.jobs.force("mock-failed", "NWE"), "did you mean NEW?", "NEW, PROCESSING, COMPLETE or"),
    "a step": (lambda one: one.jobs.force("mock-never", "NEW"), "NEW cannot become NEW", "COMPLETE, FAILED"),
    "an instant": (lambda one: one.clock._move("set", {"at": "noon"}), "(at at)", "an instant as in 2026-11-28T"),
    "no field": (lambda one: one.call("POST", "/clock/freeze", {"at": 1}), "at is not a field", "no fields"),
}


@pytest.mark.parametrize(("asked", "says", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_was_expected_and_the_nearest_name(
    server: MockServer, asked: Callable[[Any], object], says: str, expected: str
) -> None:
    with pytest.raises(AdminError, match=re.escape(says)) as refusal:
        asked(server.admin.account("test-refused"))
    assert refusal.value.expected.startswith(expected)
    assert 1 == str(refusal.value).count(refusal.value.expected)


@pytest.fixture(scope="module")
def used(server: MockServer) -> AccountAdmin:
    """An account that has one of everything."""
    account = server.admin.account("test-typed")
    made = account.collections.create(hash="typed", statistics=[{"date": "2024-01-31", "pages": [{"page": 1}]}])
    account.faults.add("delay", seconds=0, when={"action": "package", "from": 0.0}, count=1, ttl=60)
    with client(server, account.key, f" secret-{account.key}") as flipsnack, pytest.raises(Exception, match="44"):
        flipsnack.download_html(made["hash"]).poll_once()
    params = signed(f"secret-{account.key}", apiKey=account.key, action="collection.create", collectionHash=None)
    document = {"file": ("My file.pdf", make_pdf())}
    assert 20 == requests.post(server.base_url, data=params, files=document, timeout=10).json()["code"]
    return account


def latest(account: AccountAdmin, code: int) -> str:
    return account.requests.list(code=code)[-1].id


ANSWERS: dict[str, tuple[Callable[[AccountAdmin, AdminClient], object], Any]] = {
    "account": (lambda one, _: one.show(), answers.AccountAnswer),
    "accounts": (lambda _, all_: all_.accounts(), list[answers.AccountAnswer]),
    "settings": (lambda one, _: one.settings(http_statuses={41: 401}), answers.SettingsAnswer),
    "uploads": (lambda one, _: one.uploads(), answers.UploadsAnswer),
    "collections": (lambda one, _: one.collections.list(), list[answers.CollectionAnswer]),
    "conversion": (lambda one, _: one.collections.conversion("typed"), answers.ConversionAnswer),
    "statistics": (lambda one, _: one.collections.statistics("typed"), list[answers.DayAnswer]),
    "job": (lambda one, _: one.jobs.force("typed", "COMPLETE"), answers.JobAnswer),
    "faults": (lambda one, _: one.faults.list(), list[answers.FaultAnswer]),
    "all faults": (lambda _, all_: all_.faults(), list[answers.KeyedFaultAnswer]),
    "presets": (lambda _, all_: all_.fault_presets(), list[answers.PresetAnswer]),
    "magic": (lambda _, all_: all_.magic(), list[answers.MagicAnswer]),
    "magic uploads": (lambda _, all_: all_.magic_uploads(), list[answers.MagicUploadAnswer]),
    "server's settings": (lambda _, all_: all_.settings(), dict[str, answers.SettingAnswer]),
    "rules": (lambda _, all_: all_.rules(), answers.LedgerAnswer),
    "methods": (lambda _, all_: all_.methods(), answers.MethodsAnswer),
    "of a wrong signature": (lambda one, all_: all_.diagnosis(latest(one, 44)), answers.DiagnosisAnswer),
    "of a right one": (lambda one, all_: all_.diagnosis(latest(one, 20)), answers.DiagnosisAnswer),
    "explanation": (lambda _, all_: all_.explain("?apiKey=none&signature=x"), answers.SignatureAnswer),
}


@pytest.mark.parametrize(("asked", "declared"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_has_the_fields_that_its_type_declares_and_no_others(
    server: MockServer, used: AccountAdmin, asked: Callable[[AccountAdmin, AdminClient], object], declared: Any
) -> None:
    answer = asked(used, server.admin)
    assert answer == msgspec.to_builtins(msgspec.convert(answer, declared))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (fields.SettingChanges, [Behaviour]),
        (fields.FaultConditions, [When]),
        (fields.CollectionFields, [NewCollection]),
        (fields.DayFields, [DayStatistics]),
        (fields.PageFields, [PageStatistics]),
        (fields.FaultFields, get_args(FaultKind)),
    ],
)
def test_what_can_be_sent_is_what_the_control_plane_reads(sent: Any, read: list[type[msgspec.Struct]]) -> None:
    assert set(get_type_hints(sent)) == {one.encode_name for kind in read for one in msgspec.structs.fields(kind)}


def test_the_filters_are_those_of_the_journal() -> None:
    known = {one.name for one in msgspec.structs.fields(Matcher)}
    assert known - {"key"} == set(get_type_hints(fields.RequestMatch))
    assert known - {"key", "params"} == set(get_type_hints(fields.RequestFilters))


def test_a_setting_has_the_type_that_the_fake_reads() -> None:
    assert get_type_hints(Behaviour) == get_type_hints(fields.SettingChanges)
