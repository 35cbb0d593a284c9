from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, SECOND, START, Door, make_door, signed
from mock_server.tests.faults.conftest import account as used

from flipsnack_mock.faults.replacements import VendorCode
from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.state.account import Account, Collection, account_id, new_account
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.jobs import Job
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.settings import Settings, load_settings
from flipsnack_mock.state.snapshots import VERSION, Snapshot, fork, restored, seed_of, take, toml_lines
from flipsnack_mock.state.statistics import DayStatistics, PageStatistics

STATISTICS = st.builds(
    DayStatistics,
    date=st.dates(),
    views=st.integers(0, 10**9),
    pages=st.lists(st.builds(PageStatistics, page=st.integers(1, 9), clicks=st.integers(0, 9)), max_size=2).map(tuple),
)
COLLECTIONS = st.builds(
    SeedCollection,
    hash=st.text("abcXYZ019_-", min_size=1, max_size=8).filter(lambda text: not text.startswith("mock-")),
    title=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    pages=st.integers(1, 1000),
    package_bytes=st.integers(0, 500_000_000),
    schedule=st.sampled_from([None, "immediate", "after-0.5s", "failed-manual"]),
    description=st.text("a\"'\\\n\x7f", max_size=5),
    status=st.sampled_from(["public", "editable", "unlisted"]),
    width=st.integers(1, 5000),
    statistics=st.lists(STATISTICS, max_size=2).map(tuple),
)
ACCOUNTS = st.builds(
    SeedAccount,
    key=st.text("abcXYZ-19", min_size=1, max_size=8),
    secret=st.text("abc\"'\\[]=#", min_size=1, max_size=8),
    collections=st.lists(COLLECTIONS, max_size=3, unique_by=lambda one: one.hash).map(tuple),
    uploads=st.dictionaries(st.sampled_from(["2026-01", "2026-12"]), st.integers(0, 1000)),
)
SEEDS = st.lists(ACCOUNTS, max_size=3, unique_by=lambda one: one.key)


def account(**fields: Any) -> Account:
    return msgspec.structs.replace(new_account(SeedAccount(KEY, "s"), Behaviour()), **fields)


def through_a_file(snapshot: Snapshot) -> Snapshot:
    return msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot)


def test_a_snapshot_is_not_touched_by_what_comes_later(door: Door) -> None:
    door.call(collectionHash="mock-after-3-polls")
    snapshot = take(used(door), START)
    before = msgspec.json.encode(snapshot)
    door.call(collectionHash="mock-after-3-polls")
    assert before == msgspec.json.encode(snapshot)


def test_everything_of_an_account_is_put_back(door: Door) -> None:
    for collection_hash in ("mock-after-0.5s", "mock-manual", "mock-failed", "mock-complete"):
        door.call(collectionHash=collection_hash)
    drafts = [door.act("collection.create", collectionStatus="editable")["data"]["collectionHash"] for _ in range(2)]
    door.now += 2 * SECOND
    door.act("collection.update", drafts[0], collectionStatus="public")
    state = used(door)
    assert (2, 1) == (sum(state.uploads.values()), len(state.renamed))
    state.behaviour = Behaviour(http_statuses={41: 401}, requests_per_second=7)
    state.faults = {"f1": FaultRule(id="f1", made_at=START, fault=VendorCode(code=31))}
    state.collections["gone"] = Collection(hash="gone", deleted=True)
    state.counted, state.maintenance, state.urls_made = [START - 2, START - 1], True, 3
    assert state == restored(through_a_file(take(state, door.now)), door.now)
    # A snapshot of the first generation has none of what came later.
    old = msgspec.to_builtins(take(state, START))
    for name in ("uploads", "hashes_made", "renamed"):
        del old["account"][name]
    assert {} == restored(msgspec.convert(old, Snapshot), START).uploads


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_time_goes_on_from_where_it_was(offset: int, pause: int, frozen: bool) -> None:
    clock = VirtualClock(offset=offset).freeze(START) if frozen else VirtualClock(offset=offset)
    put_back = restored(through_a_file(take(account(clock=clock), START)), START + pause)
    assert START + offset == put_back.now(START + pause)
    assert START + offset + (0 if frozen else SECOND) == put_back.now(START + pause + SECOND)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"collections": {"a": Collection(hash="b")}}, "is listed under 'a'"),
        ({"collections": {"a": Collection(hash="a", job=Job(schedule="sometimes"))}}, "not a schedule"),
        ({"collections": {"a": Collection(hash="a", job=Job(started_at=10**30))}}, "Expected `int`"),
        ({"collections": {"a": Collection(hash="a", conversion=Job(schedule="sometimes"))}}, "not a schedule"),
        ({"collections": {"a": Collection(hash="a", conversion=Job(started_at=10**30))}}, "Expected `int`"),
        ({"clock": VirtualClock(frozen_at=10**20)}, "Expected `int`"),
        ({"counted": [-(10**20)]}, "Expected `int`"),
    ],
    ids=str,
)
def test_what_no_account_can_be_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        restored(through_a_file(Snapshot(VERSION, START, account(**fields))), START)


def test_a_fork_goes_its_own_way(door: Door) -> None:
    door.call(collectionHash="mock-after-1-polls")
    twin = door.world.add(fork(used(door), "test-twin", "secret-test-twin"))
    assert used(door).collections == twin.collections
    door.call(collectionHash="mock-after-1-polls")
    assert 1 == twin.collections["mock-after-1-polls"].job.calls
    # Both have made the same number of resource URLs, and those of one are not good for the other.
    own = door.call()["data"]["resourceUrl"]
    twins = door.call(signed("secret-test-twin", apiKey="test-twin"))["data"]["resourceUrl"]
    crossed = own.replace(account_id(KEY), account_id("test-twin"))
    assert crossed != own
    assert [200, 200, 403] == [door.fetch(url).http_status for url in (own, twins, crossed)]


def test_a_seed_leaves_out_deleted_and_magic_collections(door: Door) -> None:
    door.call(collectionHash="mock-after-0.5s")
    state = used(door)
    state.collections |= {"kept": Collection(hash="kept", pages=3), "gone": Collection(hash="gone", deleted=True)}
    assert SeedAccount(KEY, state.secret, (SeedCollection(hash="kept", pages=3),)) == seed_of(state)


@given(SEEDS)
def test_the_seed_file_gives_the_same_accounts(seeds: list[SeedAccount]) -> None:
    settings, _ = load_settings(flags={}, environment={}, file=("seed.toml", "".join(toml_lines(seeds))))
    assert tuple(seeds) == settings.seed


def test_the_seed_of_a_fresh_server_is_its_own() -> None:
    assert Settings().seed == tuple(seed_of(found) for found in make_door().world.accounts)
