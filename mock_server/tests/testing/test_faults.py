import pytest
import requests
from mock_server.tests.raw_socket import query

from flipsnack_mock.testing import AdminError, MockServer


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
