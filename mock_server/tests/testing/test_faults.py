import pytest
import requests
from mock_server.tests.raw_socket import query

from flipsnack_mock.testing import AdminError, MockServer


def test_a_rule_is_added_by_its_kind_and_fields(server: MockServer) -> None:
    """`add` takes the kind, its fields, conditions and limits, and returns the rule."""
    faults = server.admin.account("test-fault-admin").faults
    rule = faults.add("code", code=32, when={"nth": 2}, count=1, ttl=60, id="mine")
    assert {"kind": "code", "code": 32, "message": None} == rule["fault"]
    assert ({"nth": 2}, 1, 60, "mine") == (rule["when"], rule["count"], rule["ttl"], rule["id"])


def test_a_rule_is_added_by_the_name_of_a_preset(server: MockServer) -> None:
    """A preset needs nothing else, and the fault fires."""
    faults = server.admin.account("test-fault-preset").faults
    faults.add(preset="per-minute-limit")
    assert 32 == requests.get(server.base_url, params=query("test-fault-preset"), timeout=10).json()["code"]
    assert [(1, 0)] == [(rule["hits"], rule["hits_left"]) for rule in faults.list()]


def test_rules_are_shown_deleted_and_cleared(server: MockServer) -> None:
    """One by its id, all at once; what is gone is refused by name."""
    faults = server.admin.account("test-fault-clear").faults
    for rule_id in ("a", "b", "c"):
        faults.add("reset", id=rule_id)
    assert "b" == faults.show("b")["id"]
    faults.delete("b")
    assert ["a", "c"] == [rule["id"] for rule in faults.list()]
    with pytest.raises(AdminError, match="there is no fault rule 'b'"):
        faults.show("b")
    faults.clear()
    assert [] == faults.list()


def test_the_rules_of_all_accounts_and_the_presets_are_at_hand(server: MockServer) -> None:
    """The admin client lists what the server has and what it knows by name."""
    server.admin.account("test-fault-all").faults.add(preset="slow")
    assert "test-fault-all" in [rule["key"] for rule in server.admin.faults()]
    assert "slow" in [preset["name"] for preset in server.admin.fault_presets()]


def test_a_bad_rule_is_refused_with_the_facts(server: MockServer) -> None:
    """The error carries what the control plane said: the field, and what was expected."""
    with pytest.raises(AdminError) as refusal:
        server.admin.account("test-fault-bad").faults.add(preset="slowly")
    assert "$.preset" == refusal.value.error["path"]
