from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import DOWNLOAD, SECOND, START

from flipsnack_mock.faults.base import Kind, Moment
from flipsnack_mock.faults.content import InvalidZip, UrlLifetime
from flipsnack_mock.faults.replacements import VendorCode
from flipsnack_mock.faults.rules import FaultRule, FaultTarget, When, count_failure, drop_expired, match_rule
from flipsnack_mock.faults.transport import Delay, DripFeed

CALL = FaultTarget(DOWNLOAD, "d3m0h45h", {"action": DOWNLOAD, "collectionHash": "d3m0h45h", "format": "xml"})
PACKAGE = FaultTarget("package", "d3m0h45h", {})


def rule(fault: Any = None, /, **fields: Any) -> FaultRule:
    """A rule made at `START`, of a fault that is about everything."""
    conditions = {name: fields.pop(name) for name in list(fields) if name in When.__struct_fields__}
    fault = Delay(seconds=0) if fault is None else fault
    return FaultRule(**{"id": "f1", "fault": fault, "made_at": START, "when": When(**conditions)} | fields)


def met(rules: dict[str, FaultRule], requests: int, *, now: int = START) -> list[int]:
    """The numbers (from 1) of those of so many calls that a fault meets."""
    return [
        number
        for number in range(1, requests + 1)
        if match_rule(rules, CALL, "request", now=now, request=f"r{number}") is not None
    ]


@pytest.mark.parametrize(
    ("hits", "conditions"),
    [
        (1, {}),
        (1, {"action": DOWNLOAD}),
        (1, {"hash": "d3m0h45h"}),
        (1, {"params": {"format": "xml"}}),
        (1, {"action": DOWNLOAD, "hash": "d3m0h45h", "params": {"format": "xml", "action": DOWNLOAD}}),
        (0, {"action": "package"}),
        (0, {"action": "collection.getList"}),
        (0, {"hash": "fxh4k89"}),
        (0, {"params": {"format": "json"}}),
        (0, {"params": {"callback": ""}}),
        (0, {"action": DOWNLOAD, "hash": "fxh4k89"}),
    ],
)
def test_a_rule_counts_and_hits_what_fulfils_all_conditions(hits: int, conditions: dict[str, Any]) -> None:
    rules = {"f1": rule(**conditions)}
    assert hits == len(met(rules, 1)) == rules["f1"].seen


@pytest.mark.parametrize(
    ("expected", "conditions"),
    [
        ([3], {"nth": 3}),
        ([3, 6, 9], {"every": 3}),
        ([6], {"nth": 6, "every": 3}),
        ([1, 2], {"count": 2}),
        ([2, 4], {"every": 2, "count": 2}),
        (list(range(1, 11)), {}),
    ],
)
def test_a_rule_meets_the_calls_that_it_counts_to(expected: list[int], conditions: dict[str, Any]) -> None:
    assert expected == met({"f1": rule(**conditions)}, 10)


def test_a_share_meets_about_its_share() -> None:
    """Of 2,000 calls, a share of 0.3 meets 600 (within what chance allows), each time the same, and with another seed
    others."""
    first, again, second = (met({"f1": rule(share=0.3, seed=seed)}, 2_000) for seed in (1, 1, 2))
    assert 540 < len(first) < 660
    assert 540 < len(second) < 660
    assert first == again != second


EDGES = [0, SECOND - 1, SECOND, 3 * SECOND - 1, 3 * SECOND]


@pytest.mark.parametrize(
    ("expected", "conditions"),
    [
        (EDGES, {}),
        (EDGES[2:], {"start": START / SECOND + 1}),
        (EDGES[:2], {"until": START / SECOND + 1}),
        (EDGES[2:4], {"start": START / SECOND + 1, "until": START / SECOND + 3}),
        (EDGES[:4], {"seconds": 3}),
        (EDGES[2:4], {"start": START / SECOND + 1, "seconds": 3}),
    ],
)
def test_a_window_opens_and_closes_to_the_microsecond(expected: list[int], conditions: dict[str, Any]) -> None:
    rules = {"f1": rule(**conditions)}
    assert expected == [offset for offset in EDGES if met(rules, 1, now=START + offset)]


def test_a_window_can_be_given_as_an_instant_in_words() -> None:
    text = '{"from": "2026-09-21T15:13:20+02:00", "until": "2026-09-21T13:13:21Z"}'
    when = msgspec.json.decode(text, type=When)
    made = 1_790_000_000 * SECOND - 3600
    at = 1_789_996_400 * SECOND
    assert [False, True, False] == [when.holds(made, at + offset) for offset in (-1, 0, SECOND)]


def test_a_rule_is_gone_when_its_time_to_live_is_over() -> None:
    rules = {"f1": rule(ttl=5)}
    assert ["f1"] == [item.id for item in drop_expired(rules, START + 5 * SECOND - 1)]
    assert [] == drop_expired(rules, START + 5 * SECOND)
    assert {} == rules


def test_a_spent_rule_stays_and_shows_its_hits() -> None:
    rules = {"f1": rule(count=2)}
    met(rules, 5)
    assert (2, 0, 2) == (rules["f1"].hits, rules["f1"].hits_left, rules["f1"].seen)
    assert not rules["f1"].is_active(START)
    assert "r2" == rules["f1"].last


@pytest.mark.parametrize(
    ("expected", "fields"), [(None, {}), (3, {"count": 3}), (1, {"nth": 4}), (1, {"nth": 4, "count": 3})]
)
def test_hits_left_is_none_without_an_end(expected: int | None, fields: dict[str, Any]) -> None:
    assert expected == rule(**fields).hits_left
    rules = {"f1": rule(nth=2, count=5)}
    assert [2] == met(rules, 4)
    assert 0 == rules["f1"].hits_left


def test_the_first_rule_has_the_request_and_later_ones_do_not_see_it() -> None:
    """One request meets one fault: rules are asked in order, and what one has disturbed the next does not count."""
    rules = {"a": rule(VendorCode(code=31), id="a", count=2), "b": rule(VendorCode(code=22), id="b", nth=1)}
    codes = [match_rule(rules, CALL, "request", now=START, request=f"r{number}") for number in range(4)]
    assert ["a", "a", "b", None] == [None if item is None else item.id for item in codes]


@pytest.mark.parametrize(
    ("expected", "fault", "seen", "moment"),
    [
        (True, Delay(seconds=0), CALL, "request"),
        (True, Delay(seconds=0), PACKAGE, "request"),
        (False, Delay(seconds=0), CALL, "resource-url"),
        (True, VendorCode(code=31), CALL, "request"),
        (False, VendorCode(code=31), PACKAGE, "request"),
        (True, InvalidZip(), PACKAGE, "zip"),
        (False, InvalidZip(), PACKAGE, "request"),
        (True, UrlLifetime(seconds=5), CALL, "resource-url"),
        (False, UrlLifetime(seconds=5), CALL, "request"),
        (True, DripFeed(bytes=1, seconds=0), PACKAGE, "request"),
        (False, DripFeed(bytes=1, seconds=0), FaultTarget("package", "d3m0h45h", {}, has_body=False), "request"),
        (True, Delay(seconds=0), FaultTarget("package", "d3m0h45h", {}, has_body=False), "request"),
    ],
)
def test_a_rule_sees_only_what_its_fault_is_about(
    expected: bool, fault: Kind, seen: FaultTarget, moment: Moment
) -> None:
    assert expected == rule(fault).accepts(seen, moment, START)


def test_a_hit_without_effect_becomes_a_failure() -> None:
    rules = {"f1": rule(count=1)}
    met(rules, 1)
    count_failure(rules, "f1")
    assert (0, 1, 1) == (rules["f1"].hits, rules["f1"].failures, rules["f1"].hits_left)
    count_failure(rules, "f2")
    assert ["f1"] == list(rules)


@given(st.integers(min_value=1, max_value=5), st.integers(min_value=1, max_value=5), st.integers(0, 40))
def test_hits_and_hits_left_add_up_to_the_count(every: int, count: int, requests: int) -> None:
    """However often it is asked: what was met and what is left is the count, and nothing is met beyond it."""
    rules = {"f1": rule(every=every, count=count)}
    hits = met(rules, requests)
    assert len(hits) == min(count, requests // every)
    assert count == rules["f1"].hits + (rules["f1"].hits_left or 0)


def test_a_rule_survives_being_stored() -> None:
    stored = rule(VendorCode(code=31), nth=2, start=5.0, ttl=9.0, seen=1)
    assert stored == msgspec.json.decode(msgspec.json.encode(stored), type=FaultRule)
