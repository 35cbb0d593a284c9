"""collection.getList: which collections are listed, in which order, and ranges of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.borders import BORDERS, reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import (
    DELETE,
    LIST,
    USER,
    hashes_in,
    method_named,
    uploaded,
)
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.target.session import Session

OF_LIST: Mapping[str, Any] = {"methods": method_named(LIST), "needs": CONTROL}
TITLES = ("Spring offers", "autumn leaves", "Winter", "Summer & sun", "Zebra", "Äpfel")
DESCRIPTIONS = ("all for the garden", "SPRING is far", "snow_100%", "", "stripes " * 500 + "to the end", "obst")
STATUSES = ("public", "unlisted", "editable", "public", "public", "unlisted")


def _shelf(session: Session) -> list[str]:
    """The hashes of six collections, oldest first, a second between them."""
    made = []
    for title, description, status in zip(TITLES, DESCRIPTIONS, STATUSES, strict=True):
        made.append(session.collection(title=title, description=description, status=status))
        session.wait(SECOND)
    return made


def _listed(session: Session, **parameters: str) -> tuple[Any, list[str]]:
    """The count and the hashes of an answer."""
    answer = session.ask(session.draft(**parameters))
    expect_code(20, answer, f"getList with {parameters}")
    data = answer.data or {}
    return data.get("collectionCount"), hashes_in(data)


def _require(session: Session, wanted: Sequence[str], **parameters: str) -> None:
    """The list has these collections, in any order, and the count says how many they are."""
    count, hashes = _listed(session, **parameters)
    expect(sorted(wanted), sorted(hashes), f"the hashes of getList with {parameters}")
    expect(len(wanted), count, f"collectionCount with {parameters}")


@check("list.own", **OF_LIST)
def an_empty_account_lists_nothing(session: Session) -> None:
    """Without collections the list is empty and the count 0."""
    _require(session, [])


@check("list.own", **OF_LIST)
def the_list_has_all_own_collections(session: Session) -> None:
    """The list has every collection of the key that is not deleted, in whatever state, and no other key's."""
    shelf, converting = _shelf(session), uploaded(session)
    session.another().collection()
    session.data(DELETE, shelf[1])
    _require(session, [shelf[0], *shelf[2:], converting])


@check("list.status", **OF_LIST, rows={"status": ("public", "unlisted", "editable")})
def a_status_chooses(session: Session, status: str) -> None:
    """collectionStatus lists the collections with that status and no others."""
    shelf = _shelf(session)
    wanted = [one for one, has in zip(shelf, STATUSES, strict=True) if has == status]
    _require(session, wanted, collectionStatus=status)


QUERIES = (
    "spring",
    "SPRING",
    "ring o",
    "%",
    "_",
    "&",
    "",
    "Zebra",
    "nothing has this",
    "ä",
    " ",
    "snow_100%",
    ".*",
    "to the end",
    "stripes " * 100,
    "x" * 5000,
    # Not trimmed, no list of words, in one of the two texts, as it is stored, and nothing but these.
    *("spring ", " garden", "garden ", "garden all", "leavesSPRING", "Spring offersall", "&amp;", "\\", "'", "*"),
    # Neither sizes nor anything but the two texts.
    *("385", "650", "12", "complete", "document", "http", "0"),
    *("public", "unlisted", "zebr", "zebra\n", "a-z", "[a-z]", "^", "$", "(", "winter snow", "Wint*"),
)


@check("list.query", **OF_LIST, rows={"query": QUERIES}, varies={"query": st.text("aeiSs% _&n", max_size=3)})
def a_text_chooses(session: Session, query: str) -> None:
    """query lists the collections with that text in title or description, letter case aside; empty lists all."""
    shelf = _shelf(session)
    wanted = [
        one
        for one, title, words in zip(shelf, TITLES, DESCRIPTIONS, strict=True)
        if query.lower() in title.lower() or query.lower() in words.lower()
    ]
    _require(session, wanted, query=query)


@check("list.query", **OF_LIST)
def a_hash_is_no_text_of_it(session: Session) -> None:
    """query is looked for in the two texts, and not in the hash."""
    for one in _shelf(session):
        _require(session, [], query=one)


RANGES: Mapping[str, tuple[int | None, int | None]] = {
    "the first": (0, 0),
    "two in the middle": (2, 3),
    "from the third on": (2, None),
    "up to the third": (None, 2),
    "beyond the end": (4, 100),
    "behind the end": (6, 7),
    "all": (0, 5),
    "far behind the end": (2**32, 2**32 + 1),
    "to far behind the end": (1, 10**12),
    "from far behind the end": (2**31, None),
}


@check("list.range", **OF_LIST, rows={"span": RANGES}, varies={"span": st.tuples(*[st.integers(0, 8)] * 2).map(sorted)})
def a_range_is_cut_from_the_list(session: Session, span: str | Sequence[int]) -> None:
    """from and the end of the range cut the list, counted from 0, both included; one alone leaves the other open."""
    _shelf(session)
    first, last = RANGES[span] if isinstance(span, str) else span
    asked = {name: str(index) for name, index in (("from", first), ("to", last)) if index is not None}
    for chosen in CHOSEN:
        whole = _listed(session, **chosen)[1]
        wanted = whole[first or 0 : None if last is None else last + 1]
        expect(wanted, _listed(session, **chosen, **asked)[1], f"the hashes of getList with {chosen} and {asked}")


CHOSEN: Sequence[Mapping[str, str]] = (
    *(
        {},
        {"collectionStatus": "public"},
        {"query": "a"},
        {"orderBy": "date"},
        {"orderBy": "name", "orderMode": "desc"},
    ),
    {"orderMode": "asc", "collectionStatus": "unlisted", "query": "s"},
)
"""What a range is cut from."""


MANY = 1040


@check("list.range", **OF_LIST)
def ranges_have_any_length(session: Session) -> None:
    """Without a range the list has every collection, however many there are, and a range as many as it says.

    All of them are searched, counted and summed, too.
    """
    day = {"date": "2024-01-01", "views": 1}
    made = [session.collection(title=f"Book {number:04}", statistics=[day]) for number in range(MANY)][::-1]
    _require(session, made)
    for first, last in (("0", "01040"), ("00", "099"), ("0100", "0101"), ("1038", "1090")):
        found = _listed(session, **{"from": first, "to": last})[1]
        wanted = made[int(first) : int(last) + 1]
        expect(wanted, found, f"the hashes of a list of {MANY} from {first} to {last}")
    oldest = made[:-11:-1]
    _require(session, oldest, query="book 000")
    expect(oldest[::-1], _listed(session, orderBy="name", orderMode="desc", **{"from": "1030"})[1], "the last by name")
    require(MANY, session.data(USER).get("views"), f"the views of {MANY} collections", "user.sums")


BACKWARDS = ((4, 0), (4, 3), (10, 9), (100, 20), (1, 0), (2**31, 5), (10**12, 10**12 - 1))


@check("list.range-order", **OF_LIST, rows={"span": BACKWARDS})
def an_end_before_the_beginning_is_40(session: Session, span: tuple[int, int]) -> None:
    """An end of the range before its beginning is 40."""
    first, last = map(str, span)
    for chosen in CHOSEN:
        answer = session.ask(session.draft(**{"from": first, "to": last}, **chosen))
        expect_code(40, answer, f"a range from {first} to {last} with {chosen}")


COUNTED: Sequence[Mapping[str, str]] = (
    *({"from": "1", "to": "2"}, {"from": "9"}, {"to": "0"}, {"from": "0", "to": "0", "orderBy": "name"}),
    *({"from": "2", "orderBy": "date", "orderMode": "desc"}, {"from": "5", "to": "9", "orderMode": "asc"}),
)


@check("list.count", **OF_LIST, rows={"asked": COUNTED})
def the_count_is_that_before_the_cut(session: Session, asked: Mapping[str, str]) -> None:
    """collectionCount is the number of collections that were chosen, whatever range is cut from them."""
    shelf = _shelf(session)
    expect(len(shelf), _listed(session, **asked)[0], f"collectionCount with {asked}")
    expect(3, _listed(session, collectionStatus="public", **asked)[0], f"collectionCount of public ones with {asked}")
    expect(2, _listed(session, query="spring", **asked)[0], f"collectionCount of those about spring with {asked}")
    both = {"query": "spring", "collectionStatus": "unlisted"}
    expect(1, _listed(session, **both, **asked)[0], f"collectionCount with {both} and {asked}")


def _by_title(shelf: Sequence[str]) -> list[str]:
    # How letters beyond ASCII are sorted is open: the last title is left out.
    return [one for _, one in sorted(zip(map(str.lower, TITLES[:5]), shelf, strict=False))]


@check("list.order", **OF_LIST)
def the_order_is_that_of_time(session: Session) -> None:
    """Collections that were made before and after the ends of days, months and years are in the order of time."""
    made = []
    for border in BORDERS:
        reach(session, border, short_of=SECOND)
        made.append(session.collection(title="Same"))
        session.wait(2 * SECOND)
        made.append(session.collection(title="Same"))
    expect(made[::-1], _listed(session)[1], "the newest first, across the ends of days, months and years")
    expect(made, _listed(session, orderBy="date")[1], "by date, across the ends of days, months and years")


@check("list.order", **OF_LIST, rows={"by": ("", "name", "date"), "mode": ("", "asc", "desc")})
def the_order_is_the_one_asked_for(session: Session, by: str, mode: str) -> None:
    """Without orderBy the newest is first, with name and date the order is ascending, unless orderMode says otherwise.

    It is always the same, and a range is cut from it.
    """
    shelf = _shelf(session)
    wanted = _by_title(shelf) if by == "name" else shelf
    wanted = wanted[:: -1 if mode == "desc" or not (by or mode) else 1]
    asked = {name: value for name, value in (("orderBy", by), ("orderMode", mode)) if value}
    for _ in range(2):
        hashes = [one for one in _listed(session, **asked)[1] if by != "name" or one != shelf[5]]
        expect(wanted, hashes, f"the order of getList with {asked}")
    if by != "name":
        expect(wanted[:2], _listed(session, **asked, to="1")[1], f"the first two with {asked}")
