"""A key: no other key sees or changes what it has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, EMBED, GET, LIST, STATS, UPDATE, USER
from flipsnack_contract.contract.assertions import expect, expect_code
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.near_misses import NEAR_KEYS
from flipsnack_contract.target.session import Session

SHARED = "the-same"


def _force(session: Session) -> None:
    if session.steer.job_state(SHARED) in ("NEW", "PROCESSING"):
        session.steer.force(SHARED, "FAILED")


DISTURBANCES: Mapping[str, Callable[[Session], object]] = {
    "poll": lambda session: session.ask(session.draft(SHARED), paced=False),
    "wait": lambda session: session.wait(61 * SECOND),
    "force": _force,
    "delete": lambda session: session.steer.delete_collection(SHARED),
    "maintenance": lambda session: session.steer.maintenance(on=True),
    "settings": lambda session: session.steer.settings(url_lifetime=1, default_schedule="failed"),
    "limits": lambda session: session.steer.settings(requests_per_second=1),
}


@check(
    "key.isolation",
    needs=CONTROL,
    rows=[{"disturbances": [name] * 2} for name in DISTURBANCES],
    varies={"disturbances": st.lists(st.sampled_from(sorted(DISTURBANCES)), min_size=1, max_size=5)},
)
def nothing_is_seen_through_another_key(session: Session, disturbances: list[str]) -> None:
    """Nothing that another key does with a collection of the same hash changes the package of this key."""
    other = session.another()
    for one in (session, other):
        one.collection("after-5s", hash=SHARED)
    expect("PROCESSING", session.ask(session.draft(SHARED)).state, "the first call")
    for name in disturbances:
        session.trace.add(f"the other key: {name}")
        DISTURBANCES[name](other)
    expect("PROCESSING", session.ask(session.draft(SHARED)).state, "a call while the package is built")
    session.wait(5 * SECOND)
    url = session.resource_url(SHARED)
    session.wait(30 * SECOND)
    expect(True, session.serves(url), "the resource URL serves in its minute")


@check("key.isolation", needs=CONTROL, rows={"named": NEAR_KEYS})
def nothing_of_another_key_is_counted_or_listed(session: Session, named: str) -> None:
    """Lists, sums of statistics and uploads left are those of one key alone, however alike two keys are."""
    other = session.another(key=NEAR_KEYS[named](session.key))
    other.steer.statistics(other.collection(), [{"date": "2024-01-01", "views": 5}])
    before = session.data(USER)
    other.data(CREATE)
    session.steer.reset()
    expect(2, other.data(LIST).get("collectionCount"), "the collections of another key, after a reset of this one")
    expect([], session.data(LIST).get("collections"), "the list of a key without collections")
    expect(before, session.data(USER), "the statistics of a key, after an upload by another")
    expect(0, before.get("views"), "the views of a key without collections")


SHELVES: Sequence[Mapping[str, Any]] = [
    {"title": title, "pages": pages, "width": 100 * pages, "statistics": [{"date": "2024-01-01", "views": pages}]}
    for title, pages in (("Quince", 2), ("Zebra", 3))
]


@check("key.isolation", needs=CONTROL, rows={"named": NEAR_KEYS})
def two_collections_of_one_hash_have_nothing_in_common(session: Session, named: str) -> None:
    """Two keys have collections of the same hash, and what a method shows of one, or changes, is of that one alone."""
    other = session.another(key=NEAR_KEYS[named](session.key))
    for one, fields in zip((session, other), SHELVES, strict=True):
        one.collection(hash=SHARED, **fields)
    before = _seen(session)
    expect(
        (2, 200), (before[STATS].get("views"), before[GET].get("collectionWidth")), "the views and the width of mine"
    )
    expect(3, _seen(other)[STATS].get("views"), "the views of the collection of another key")
    other.data(UPDATE, SHARED, title="Changed", collectionWidth="5", collectionStatus="editable")
    other.data(UPDATE, SHARED, collectionStatus="unlisted")  # which gives it another hash
    other.collection(hash=SHARED, title="Again")
    other.data(CREATE)
    other.data(DELETE, SHARED)
    expect(before, _seen(session), "what the methods show, after another key changed its collection")


def _seen(session: Session) -> dict[str, Mapping[str, object]]:
    shown = {name: session.data(name, SHARED) for name in (GET, EMBED, LIST, USER)}
    return {**shown, STATS: session.data(STATS, SHARED, includePageStats="true")}


@check("key.isolation", needs=CONTROL)
def a_secret_belongs_to_its_key(session: Session) -> None:
    """A call under one key signed with another key's secret is 44."""
    other = session.another(secret="another secret")
    draft = replace(session.draft(), secret=other.secret)
    expect_code(44, session.ask(draft), "a call signed with another key's secret")


@check("key.isolation", needs=CONTROL)
def a_link_belongs_to_its_key(session: Session) -> None:
    """Two keys with a collection of the same hash are never given the same resource URL."""
    urls = []
    for one in (session, session.another()):
        one.collection(hash=SHARED)
        urls.append(one.resource_url(SHARED))
    expect(True, urls[0] != urls[1], "two keys have different resource URLs")


@check("key.isolation", needs=CONTROL)
def a_collection_belongs_to_its_key(session: Session) -> None:
    """The hash of a collection is good under its own key only."""
    other, mine = session.another(), session.collection()
    expect_code(43, other.ask(other.draft(mine)), "another key asks for my collection")
