from typing import Any

import msgspec
import pytest
from mock_server.tests.conftest import DOCUMENT, KEY, Door, decoded, make_door, signed
from mock_server.tests.faults.conftest import account

from flipsnack_mock.admin.ui import page
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.remediation import BY_CODE
from flipsnack_mock.admin.ui.view import (
    MOST_ACCOUNTS,
    MOST_COLLECTIONS,
    MOST_REQUESTS,
    AccountView,
    PageQuery,
    PageView,
    view_of,
)
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultRule, When
from flipsnack_mock.protocol.messages import Form
from flipsnack_mock.state.world import World

BASE = "http://fake.test/v1/"
FIRST = "LK12NS-0-IOBW3S89VVJH12Z"


def seen(door: Door, *, cache: PageCache | None = None, **query: Any) -> PageView:
    return view_of(door.world, PageQuery(**query), at=door.now, base_url=BASE, cache=cache or PageCache())


def selected(door: Door, **query: Any) -> AccountView:
    """What it shows of the account that calls are made with."""
    shown = seen(door, account=KEY, **query).selected
    assert shown is not None
    return shown


def state_of(world: World) -> Any:
    """Everything that a look at the page could change."""
    return msgspec.json.encode(list(world.accounts)), len(list(world.journal.entries()))


def test_the_page_begins_with_the_account_that_was_used_last(door: Door) -> None:
    assert FIRST == seen(door).query.account
    door.call()
    assert KEY == seen(door).query.account


def test_the_calls_that_the_page_offers_are_signed(door: Door) -> None:
    """They go to the API itself: the upload, whose signature no file changes, and the call for a package."""
    door.call()
    form = selected(door).upload
    assert ({"action", "apiKey", "signature"}, 0, 1_000) == (set(form.fields), form.made, form.left)
    made = decoded(door.send(method="POST", form=Form(tuple(form.fields.items())), files=(DOCUMENT,)))
    assert 20 == made["code"]
    [row] = [one for one in selected(door).collections if one.collection.document]
    assert ("processing", ["complete", "failed"]) == (row.conversion, row.convertible)
    path, _, query = row.package.partition("?")
    assert ("../v1/", 38) == (path, decoded(door.send(query))["code"])
    embedded = door.act("collection.getEmbed", made["data"]["collectionHash"])["data"]["embedCode"]
    assert row.player.removeprefix("..") in embedded
    assert (1, 999) == (selected(door).upload.made, selected(door).upload.left)


def test_to_look_changes_nothing(door: Door) -> None:
    door.call(signature="0" * 32)
    account(door).faults["f1"] = FaultRule(id="f1", fault=PRESETS["slow"].fault, made_at=0, ttl=1)
    before = state_of(door.world)
    assert [] == selected(door, request="r1").faults
    assert before == state_of(door.world)


@pytest.mark.parametrize(
    ("show", "ids"), [("all", ["r3", "r2", "r1"]), ("refused", ["r3"]), ("with fault", []), ("unknown key", ["r4"])]
)
def test_requests_are_shown_newest_first_and_can_be_chosen(door: Door, show: str, ids: list[str]) -> None:
    for changes in ({}, {}, {"action": "nosuch"}, {"apiKey": "nobody"}):
        door.call(**changes)
    shown = selected(door, show=show)
    assert ids == [row.record.id for row in shown.requests]
    assert {"all": 3, "refused": 1, "with fault": 0, "unknown key": 1} == shown.counts


def test_only_the_request_that_is_asked_for_is_open(door: Door) -> None:
    door.call()
    door.call()
    first, second = selected(door, request="r1").requests
    assert (False, True) == (first.open, second.open)
    assert ("", True) == (first.curl, second.curl.startswith("curl 'http://fake.test/v1/?"))


def test_a_page_computes_one_diagnosis_beside_the_open_request(door: Door) -> None:
    for _ in range(3):
        door.call(signature="0" * 32)
    assert chosen_diagnoses(door, PageCache(), request="r1") == ["r3", "r1"]
    cache = PageCache()
    assert [["r3"], ["r3", "r2"], ["r3", "r2", "r1"]] == [chosen_diagnoses(door, cache) for _ in range(3)]


def chosen_diagnoses(door: Door, cache: PageCache, **query: Any) -> list[str]:
    """The ids of the diagnosed requests on the next page."""
    cache.begin()
    shown = seen(door, cache=cache, account=KEY, **query).selected
    assert shown is not None
    return [row.record.id for row in shown.requests if row.diagnosis is not None]


def test_the_advice_is_the_doctors_where_it_found_something(door: Door) -> None:
    door.call(signature="A" * 32)
    door.call(signature=str(signed()["signature"]).upper())
    upper, unknown = (row.todo for row in selected(door, request="r1").requests)
    assert (True, BY_CODE[44]) == ("lower" in upper, unknown)


def test_findings_are_looked_for_again_when_something_was_asked(door: Door) -> None:
    cache = PageCache()
    door.call(collectionHash="mock-never")
    first = cache.findings(door.world, KEY, 10)
    assert first is cache.findings(door.world, KEY, 10)
    door.call(collectionHash="mock-never")
    assert ["client.poll-interval"] == [finding.rule for finding in cache.findings(door.world, KEY, 10)]


def test_a_large_fake_makes_no_large_page() -> None:
    door = make_door(journal_size=200)
    for number in range(MOST_ACCOUNTS + 5):
        door.call(apiKey=f"test-{number}", signature="x")
    for number in range(MOST_REQUESTS + 5):
        door.call(collectionHash=f"mock-after-{number}s")
    view = seen(door, account=KEY)
    assert view.selected is not None
    assert (MOST_ACCOUNTS, 8) == (len(view.accounts), view.more_accounts)
    assert (MOST_REQUESTS, MOST_REQUESTS + 5) == (len(view.selected.requests), view.selected.counts["all"])
    assert (MOST_COLLECTIONS, 15) == (len(view.selected.collections), view.selected.more_collections)
    assert FIRST in seen(door, account=FIRST).accounts


def test_the_conditions_of_a_fault_are_told_in_words(door: Door) -> None:
    door.call()
    fault = PRESETS["slow"].fault
    for rule_id, when in (("f1", When()), ("f2", When(hash="abc", every=3))):
        account(door).faults[rule_id] = FaultRule(id=rule_id, fault=fault, made_at=door.now, when=when)
    assert ["every request", "hash abc, every 3"] == [item.when for item in selected(door).faults]


def test_secrets_of_others_and_signatures_are_not_on_the_page(door: Door) -> None:
    door.call(signature="5ec2e7" * 5, password="secret-test-core", other="123ABCDE-456-7890-FGH")
    html = page(seen(door, account=KEY))
    # Beside the key, and where the doctor says what should have been used.
    assert 2 == html.count("secret-test-core")
    assert "123ABCDE" not in html
    assert "5ec2e7" not in html
