from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import DOCUMENT, KEY, SECOND, Door, decoded, make_door, signed
from mock_server.tests.faults.conftest import account

from flipsnack_mock.admin.ui import page
from flipsnack_mock.admin.ui.account_list import MOST_ACCOUNTS
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.collections import MOST_COLLECTIONS
from flipsnack_mock.admin.ui.query import PageQuery
from flipsnack_mock.admin.ui.remediation import BY_CODE
from flipsnack_mock.admin.ui.request_list import MOST_REQUESTS, listing
from flipsnack_mock.admin.ui.view import AccountView, PageView, view_of
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultRule, When
from flipsnack_mock.faults.transport import Delay
from flipsnack_mock.protocol.messages import Form, Request
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

BASE = "http://fake.test/v1/"
FIRST = "LK12NS-0-IOBW3S89VVJH12Z"


def seen(door: Door, *, cache: PageCache | None = None, **query: Any) -> PageView:
    return view_of(door.world, PageQuery(**query), at=door.now, base_url=BASE, cache=cache or PageCache())()


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
    [row] = [one for one in selected(door).collections.rows if one.collection.document]
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
    ("ids", "query"),
    [
        (["r6", "r4", "r3", "r2", "r1"], {}),
        (["r4", "r3"], {"show": "refused"}),
        (["r4"], {"show": "faulted"}),
        (["r5"], {"show": "unknown key"}),
        (["r2"], {"hash": "mock-failed"}),
        (["r3"], {"code": "42"}),
        (["r4"], {"code": "502"}),
        (["r4"], {"fault": "bad-gateway"}),
        (["r4"], {"fault": "f1"}),
        ([], {"fault": "f"}),
        (["r2"], {"text": "ock-FAIL"}),
        (["r1"], {"text": "resourceURL", "hash": "mock-complete", "to": "2026-09-21T14:13:20"}),
        (["r6"], {"text": "no such text", "request": "r6", "since": "2026-09-21T14:13:30"}),
        (["r6"], {"since": "2026-09-21T14:13:21"}),
        (["r4", "r3", "r2", "r1"], {"to": "2026-09-21T14:13:20"}),
        (["r6", "r4", "r3", "r2", "r1"], {"to": "tomorrow", "since": "20"}),
    ],
)
def test_requests_are_shown_newest_first_and_can_be_searched(door: Door, ids: list[str], query: dict[str, str]) -> None:
    """By kind, hash, code or HTTP status, fault, text and time; a fault is known by its name and its id."""
    door.call()
    account(door).faults["f1"] = FaultRule(
        id="f1", fault=PRESETS["bad-gateway"].fault, made_at=0, when=When(hash="gateway")
    )
    for changes in ({"collectionHash": "mock-failed"}, {"action": "nosuch"}, {"apiKey": "nobody"}):
        door.send(urlencode(signed(**changes)))
        if "action" in changes:
            door.send(urlencode(signed(collectionHash="gateway")))
    door.now += 10 * SECOND
    door.call()
    rows = selected(door, **query).requests
    assert ids == [row.record.id for row in rows.rows] + [row.record.id for row in [rows.apart] if row]


def test_a_search_for_text_finds_no_signature(door: Door) -> None:
    door.call()
    assert [] == selected(door, text=str(signed()["signature"])).requests.rows


def test_only_the_request_that_is_asked_for_is_open_and_it_is_always_shown(door: Door) -> None:
    """Beside the list when that does not hold it, whatever the filters; its account need not be named."""
    for _ in range(MOST_REQUESTS + 2):
        door.call()
    door.call(apiKey="test-other")
    shown = selected(door, request="r52").requests
    assert (["r52"], None) == ([row.record.id for row in shown.rows if row.open], shown.apart)
    (row,) = (row for row in shown.rows if row.open)
    assert row.snippets[0].text.startswith("curl 'http://fake.test/v1/?")
    queries: list[dict[str, Any]] = [{"request": "r1"}, {"request": "r52", "show": "refused"}]
    for query in (*queries, {"request": "r52", "text": "nothing"}):
        view = seen(door, **query).selected
        assert view is not None
        assert view.requests.apart is not None
        assert (KEY, query["request"]) == (view.account.key, view.requests.apart.record.id)
    for asked, words, owner in (("r53", "belongs to the account test-other", "test-other"), ("r54", "has no", "")):
        missing = selected(door, request=asked).requests
        assert (None, True, owner) == (missing.apart, words in missing.missing, missing.elsewhere)


@given(count=st.integers(0, 240), seen_last=st.integers(0, 260))
def test_the_pages_of_the_list_hold_every_request_once(count: int, seen_last: int) -> None:
    """From the newest to the oldest and back; requests that come meanwhile are counted and move no row."""
    entries = [Entry(number, Request("GET", "/v1/", b"", 0, ""), 0, KEY, {}) for number in range(1, count + 1)]
    held = min(seen_last, count) if seen_last else count
    query, numbers, steps = PageQuery(seen=seen_last), [], [0]
    part = listing(entries, query, {})
    assert (held, count - held) == (part.found, part.fresh)
    while part.older is not None:
        numbers += [entry.number for entry in part.entries]
        steps.append(part.older)
        part = listing(entries, msgspec.structs.replace(query, older=part.older), {})
        assert (len(numbers) + 1, steps[-2]) == (part.first, part.newer)
    assert [*range(held, 0, -1)] == numbers + [entry.number for entry in part.entries]
    first = listing(entries, query, {})
    if first.oldest is not None:
        last = listing(entries, msgspec.structs.replace(query, older=first.oldest), {})
        assert (None, 1) == (last.older, last.entries[-1].number)


def test_a_page_computes_one_diagnosis_beside_the_open_request(door: Door) -> None:
    for _ in range(3):
        door.call(signature="0" * 32)
    assert chosen_diagnoses(door, PageCache(), request="r1") == ["r3", "r1"]
    cache = PageCache()
    assert [["r3"], ["r3", "r2"], ["r3", "r2", "r1"]] == [chosen_diagnoses(door, cache) for _ in range(3)]


def chosen_diagnoses(door: Door, cache: PageCache, **query: Any) -> list[str]:
    """The ids of the diagnosed requests on the next page."""
    shown = seen(door, cache=cache, account=KEY, **query).selected
    assert shown is not None
    return [row.record.id for row in shown.requests.rows if row.diagnosis is not None]


def test_the_advice_is_the_doctors_where_it_found_something(door: Door) -> None:
    door.call(signature="A" * 32)
    door.call(signature=str(signed()["signature"]).upper())
    upper, unknown = (row.todo for row in selected(door, request="r1").requests.rows)
    assert (True, BY_CODE[44]) == ("lower" in upper, unknown)


def test_findings_are_looked_for_again_when_something_was_asked(door: Door) -> None:
    cache = PageCache()
    door.call(collectionHash="mock-never")
    entries = tuple(door.world.journal.entries(KEY))
    first = cache.findings(door.world, KEY, entries)
    assert first is cache.findings(door.world, KEY, entries)
    door.call(collectionHash="mock-never")
    found = cache.findings(door.world, KEY, tuple(door.world.journal.entries(KEY)))
    assert ["client.poll-interval"] == [finding.rule for finding in found]


def test_a_large_fake_makes_no_large_page_and_every_part_can_be_reached() -> None:
    door = make_door(journal_size=200)
    for number in range(MOST_ACCOUNTS + 5):
        door.call(apiKey=f"test-{number}", signature="x")
    for number in range(MOST_REQUESTS + 5):
        door.call(collectionHash=f"mock-after-{number}s")
    view = seen(door, account=KEY)
    assert view.selected is not None
    assert (MOST_ACCOUNTS, 0, MOST_ACCOUNTS + 8) == (len(view.accounts.keys), view.accounts.first, view.accounts.found)
    assert (MOST_REQUESTS, MOST_REQUESTS + 5) == (len(view.selected.requests.rows), view.selected.counts["all"])
    assert (MOST_COLLECTIONS, MOST_REQUESTS + 5) == (
        len(view.selected.collections.rows),
        view.selected.collections.count,
    )
    assert [FIRST, KEY, "test-44"] == [view.accounts.keys[0], *view.accounts.keys[2:4]]
    assert "test-0" == seen(door, account=KEY, accounts=MOST_ACCOUNTS).accounts.keys[-1]
    assert ["test-44", "test-4"] == seen(door, account=KEY, find="ST-4").accounts.keys[::5]
    assert 15 == len(selected(door, jobs=MOST_COLLECTIONS).collections.rows)


def test_a_fault_is_shown_with_its_name_its_values_and_its_conditions(door: Door) -> None:
    door.call()
    for rule_id, preset, when in (("f1", "slow", When()), ("f2", "bad-gateway", When(hash="abc", every=3))):
        fault = PRESETS[preset].fault
        account(door).faults[rule_id] = FaultRule(id=rule_id, fault=fault, made_at=door.now, when=when)
    account(door).faults["f3"] = FaultRule(id="f3", fault=Delay(seconds=0.25), made_at=door.now, ttl=9)
    shown = [(item.name, item.values, item.when) for item in selected(door).faults]
    assert ("slow", "seconds 2, before headers", "every request") == shown[0]
    assert ("bad-gateway", "hash abc, every 3") == (shown[1][0], shown[1][2])
    assert shown[1][1].startswith("status 502, body <html><head>")
    assert ("delay", "seconds 0.25, before headers", "expires after 9 s") == shown[2]
    door.call()
    assert "slow f1" == selected(door).requests.rows[0].fault


def test_a_deleted_collection_cannot_be_forced_and_magic_ones_say_what_they_do(door: Door) -> None:
    door.call()
    account(door).collections["gone"] = Collection(hash="gone", deleted=True, conversion_schedule="never")
    rows = {row.collection.hash: row for row in selected(door).collections.rows}
    assert ([], []) == (rows["gone"].legal, rows["gone"].convertible)
    assert (False, True) == (rows["gone"].magic, rows["mock-complete"].magic)
    assert "COMPLETE at the first call" == rows["mock-complete"].title


def test_a_magic_hash_that_gives_a_code_shows_no_job_and_advice_is_given_once_in_a_row(door: Door) -> None:
    for collection_hash in ("mock-error-38", "mock-error-38", "mock-processing"):
        door.call(collectionHash=collection_hash)
    rows = {row.collection.hash: row.refused for row in selected(door).collections.rows}
    assert {"mock-error-38": True, "mock-processing": False} == rows
    html = page(seen(door, account=KEY))
    assert (2, 1) == (html.count('class="why"'), html.count("The magic hash, title or file name"))
    assert 1 == html.count(">COMPLETE in") + html.count("PROCESSING forever")


def test_secrets_of_others_and_signatures_are_not_on_the_page(door: Door) -> None:
    door.call(signature="5ec2e7" * 5, password="secret-test-core", other="123ABCDE-456-7890-FGH")
    html = page(seen(door, account=KEY))
    # Beside the key, and where the doctor says what should have been used.
    assert 2 == html.count("secret-test-core")
    assert "123ABCDE" not in html
    assert "5ec2e7" not in html
