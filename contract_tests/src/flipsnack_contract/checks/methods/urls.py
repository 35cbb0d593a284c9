"""The resource URL: it serves the package for exactly one minute, whatever happens, and cannot be changed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from hypothesis import strategies as st
from lxml import etree

from flipsnack_contract.checks.borders import BORDERS, reach
from flipsnack_contract.checks.check import CONTROL, check, combined, steered
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, EMBED, UPDATE
from flipsnack_contract.contract.assertions import Violation, expect, expect_in, require
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply, Request

SLOW = {"slow"}
USED = (MINUTE // 4, MINUTE // 2, 3 * MINUTE // 4, MINUTE)
ages = st.one_of(st.sampled_from([0, 1, MINUTE - 1, MINUTE, MINUTE + 1]), st.integers(0, 2 * MINUTE))
# Between these ages two real clocks and a network may disagree.
ALIVE, DEAD = 55 * SECOND, 63 * SECOND

WAYS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "GET": ("GET", {}),
    "HEAD": ("HEAD", {}),
    "Range": ("GET", {"Range": "bytes=0-3"}),
    "the last bytes": ("GET", {"Range": "bytes=-5"}),
    "If-Range": ("GET", {"Range": "bytes=4-", "If-Range": '"another"'}),
    "If-None-Match": ("GET", {"If-None-Match": "*"}),
    "If-Modified-Since": ("GET", {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    "If-Match": ("GET", {"If-Match": "*"}),
    "If-Match of another": ("GET", {"If-Match": '"another"'}),
    "a range behind the end": ("GET", {"Range": "bytes=999999999-"}),
    "If-Unmodified-Since": ("GET", {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    "If-None-Match of another": ("GET", {"If-None-Match": '"another"'}),
    "a known one": ("GET", {"If-None-Match": 'W/"a", "b"', "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    "HEAD with Range": ("HEAD", {"Range": "bytes=0-3"}),
    "packed": ("GET", {"Accept-Encoding": "gzip", "Accept": "text/html"}),
    "two ranges": ("GET", {"Range": "bytes=0-1,4-5"}),
    "no range at all": ("GET", {"Range": "bytes=5-1"}),
    "HEAD with If-None-Match": ("HEAD", {"If-None-Match": "*"}),
    "another host name": ("GET", {"Host": "api.flipsnack.com"}),
}
"""How a resource URL can be asked for: the verb and the header fields."""
AT_ONCE = "GET"


def asked(session: Session, url: str, way: str) -> Reply:
    """The answer to a resource URL that is asked for in the way of that name."""
    verb, headers = WAYS[way]
    return session.fetch(Request(verb, url, b"", headers))


def _use_up(session: Session) -> None:
    for _ in range(6):
        session.ask(session.draft(), paced=False)


def _maintain(session: Session) -> None:
    session.trace.add("maintenance on")
    session.steer.maintenance(on=True)


EVENTS: Mapping[str, Callable[[Session, str], object]] = {
    "nothing": lambda _session, _collection: None,
    "a further link": lambda session, collection: session.ask(session.draft(collection)),
    "further links": lambda session, collection: [session.get(session.resource_url(collection)) for _ in range(58)],
    "a further collection": lambda session, _collection: session.resource_url(session.collection()),
    "a change": lambda session, collection: session.data(UPDATE, collection, title="Another"),
    "publishing": lambda session, collection: session.data(UPDATE, collection, collectionStatus="public"),
    "deleting another": lambda session, _collection: session.data(DELETE, session.collection()),
    "an upload": lambda session, _collection: session.data(CREATE),
    "the end of another key": lambda session, _collection: session.another().steer.reset(),
    "an embed code": lambda session, collection: session.data(EMBED, collection),
    "a limit": lambda session, _collection: _use_up(session),
    "maintenance": lambda session, _collection: _maintain(session),
    "another key": lambda session, collection: session.another().collection(hash=collection),
}
"""What happens between the answer that has the resource URL and its use, to the session and the collection."""
LIVES = (MINUTE - 1, MINUTE)


def _lives(**columns: Iterable[object]) -> list[Mapping[str, Any]]:
    """Rows for the life of a resource URL, of the plainest kind but for the columns."""
    plain: dict[str, Iterable[object]] = {"ages": [LIVES], "start": [0], "way": [AT_ONCE], "event": ["nothing"]}
    return steered(combined(**plain | columns))


@check(
    "url.lives-60s",
    needs={"collection"},
    rows=[
        {"ages": (ALIVE, DEAD), "start": 0, "way": AT_ONCE, "event": "nothing", "needs": SLOW},
        *_lives(ages=((0,), (MINUTE - 1,), (MINUTE,), (MINUTE + SECOND,), USED), start=(0, 1, 999_999)),
        *_lives(ages=[(*(0,) * 30, MINUTE - 1)]),
        *_lives(way=WAYS, ages=[USED]),
        *_lives(event=EVENTS),
        *_lives(start=BORDERS),
    ],
    varies={
        "ages": st.tuples(ages, ages).map(sorted),
        "start": st.integers(0, SECOND),
        "way": st.sampled_from(sorted(WAYS)),
        "event": st.sampled_from(sorted(EVENTS)),
    },
    drawn_needs=CONTROL,
    calls=1,
    waits=DEAD,
)
def a_url_lives_exactly_a_minute(
    session: Session, ages: tuple[int, ...], start: int | str, way: str, event: str
) -> None:
    """It serves until a microsecond before the minute is over, and not at its end, whenever it was handed out.

    Neither use nor what happens meanwhile ends or lengthens its life. Without a control plane it is tried 55 s and 63 s
    after its answer.
    """
    collection = session.collection(status="editable") if session.account else None
    _begin(session, start)
    url, issued_at = session.resource_url(collection), session.clock.now
    EVENTS[event](session, collection or "")
    for age in ages:
        session.wait(issued_at + age - session.clock.now)
        reply = asked(session, url, way)
        what = f"{age / SECOND:.6f} s after its answer"
        expect(False, age >= MINUTE and _serves(reply), f"a resource URL serves by {way} {what}")
        expect(age < MINUTE, session.serves(url), f"a resource URL serves {what}")
        if age >= MINUTE:
            require(403, reply.status, f"the HTTP status by {way} {what}, after {event}", "url.expired-is-403")


def _begin(session: Session, start: int | str) -> None:
    if isinstance(start, str):
        reach(session, start, short_of=MINUTE // 2)
        return
    if session.account:
        session.align()
    session.wait(start)


def _serves(reply: Reply) -> bool:
    return reply.status in (200, 206, 304)


LONG = (3600 * SECOND, DAY + 30 * SECOND, 7 * DAY + 1, 31 * DAY, 366 * DAY)


@check(
    "url.expired-is-403",
    needs={"collection"},
    rows=[
        {"age": DEAD, "way": AT_ONCE, "needs": SLOW},
        *steered(combined(age=(2 * MINUTE,), way=WAYS)),
        *steered(combined(age=LONG, way=(AT_ONCE,))),
    ],
    calls=1,
    waits=DEAD,
)
def an_expired_url_is_access_denied(session: Session, age: int, way: str) -> None:
    """After its minute the URL answers HTTP 403 with an XML body whose Code is AccessDenied, by whichever way."""
    url = session.resource_url()
    for used in (AT_ONCE, way) if session.account else ():
        asked(session, url, used)
    session.wait(age)
    reply = asked(session, url, way)
    expect(403, reply.status, f"the HTTP status of an expired resource URL by {way}")
    if way.startswith("HEAD"):
        return
    try:
        root = etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as damage:
        raise Violation("the body of a refusal is XML", "XML", damage) from None
    expect("AccessDenied", root.findtext("Code"), "the Code in the body")


@check("url.reset", needs=CONTROL, rows={"way": WAYS, "end": ("reset", "made_again")})
def no_link_outlives_its_account(session: Session, way: str, end: str) -> None:
    """After a reset, and after a deletion, a link is 403, with a new account and collection of the same names too."""
    url = session.resource_url(session.collection(hash="the-same"))
    for used in (AT_ONCE, way, "HEAD"):
        asked(session, url, used)
    session.trace.add(f"the account is {end.replace('_', ' ')}")
    (session.steer.reset if end == "reset" else session.steer.make_again)()
    what = f"the HTTP status of a resource URL by {way}, when its account was {end.replace('_', ' ')}"
    expect(403, asked(session, url, way).status, what)
    session.resource_url(session.collection(hash="the-same"))
    expect(403, asked(session, url, way).status, f"{what}, and has a collection of that hash")


@check(
    "url.tamper-proof",
    needs=CONTROL,
    rows={"place": (0, 9, 20, 30, 45, 60), "by": "a0"},
    varies={"place": st.integers(0, 10_000), "by": st.sampled_from("aZ09")},
)
def a_changed_url_is_403(session: Session, place: int, by: str) -> None:
    """Any letter or digit of path or query that is replaced by another makes it 403."""
    url = session.resource_url()
    start = url.index(urlsplit(url).netloc) + len(urlsplit(url).netloc) + 1
    places = [index for index in range(start, len(url)) if url[index].isalnum() and url[index] != by]
    index = places[place % len(places)]
    status = session.get(url[:index] + by + url[index + 1 :]).status
    expect(True, status in (403, 404), f"{url[index]!r} replaced by {by!r}")


def _forged(url: str, others: tuple[str, str], how: str) -> Iterator[str]:
    """Other URLs made of a resource URL, and of those of another collection and of another key's."""
    path, _, query = url.partition("?")
    yield from BY_PATH[how](path, query) if how in BY_PATH else ()
    for other in others if how == "another's" else ():
        yield f"{path}?{other.partition('?')[2]}"
        yield f"{other.partition('?')[0]}?{query}"
    parts = query.split("&")
    for at, part in enumerate(parts):
        for changed in BY_PART[how](*part.partition("=")[::2]) if how in BY_PART else ():
            yield f"{path}?{'&'.join(filter(None, (*parts[:at], changed, *parts[at + 1 :])))}"


def _at_slashes(url: str) -> Iterator[tuple[str, str]]:
    """The address before and after each slash of its path but the first, the slash included in the first part."""
    # Frameworks (Werkzeug, for one) read several slashes at the beginning of a path as one.
    start = url.index("/", url.index("//") + 2) + 1
    return ((url[: at + 1], url[at + 1 :]) for at in range(start, len(url)) if url[at] == "/")


BY_PATH: Mapping[str, Callable[[str, str], Iterable[str]]] = {
    "no query": lambda path, _query: (path, f"{path}?"),
    "more": lambda path, query: (
        f"{path}?{more}"
        for one in ("Expires=9999999999", "Policy=x", "x=", "x", "=1", "x=1&x=1")
        for more in (f"{query}&{one}", f"{one}&{query}")
    ),
    "another Base64 alphabet": lambda path, query: (f"{path}?{query.replace('-', '%2B').replace('_', '/')}",),
    "another path": lambda path, query: (f"{path}/?{query}", f"{path}x?{query}", f"{path[:-1]}?{query}"),
    "a path with more in it": lambda path, query: (
        f"{part}{more}{rest}?{query}" for part, rest in _at_slashes(path) for more in ("/", "x/", "x")
    ),
    "a path with a mark behind it": lambda path, query: (
        f"{path}{mark}?{query}" for mark in (";x=1", "%20", "%2F", ".", ".zip")
    ),
    "a path in capitals": lambda path, query: (f"{path[:-4]}{path[-4:].upper()}?{query}",),
}
"""How path and query are changed."""
BY_PART: Mapping[str, Callable[[str, str], Iterable[str]]] = {
    "one gone": lambda _name, _value: ("",),
    "one empty": lambda name, _value: (f"{name}=", name),
    "one changed": lambda name, value: (f"{name}={value[:-1]}{'1' if value.endswith('0') else '0'}",),
    "one twice": lambda name, value: (f"{name}={value}&{name}={value}", f"{name}=0&{name}={value}"),
    "one longer": lambda name, value: (f"{name}={value}{more}" for more in ("0", "x", "=", "%3D", "%20", "+", "%0A")),
    "one longer before": lambda name, value: (f"{name}={more}{value}" for more in ("0", "%20", "%2B", "-")),
    "one shorter": lambda name, value: (f"{name}={value[:-1]}", f"{name}={value[1:]}", f"{name}={value[:8]}"),
    "one in the other case": lambda name, value: (f"{name}={value.swapcase()}", f"{name.swapcase()}={value}"),
    "one encoded twice": lambda name, value: (f"{name}=%25{ord(value[0]):02X}{value[1:]}",),
    "later": lambda name, value: (
        (f"{name}={int(value) + 3600}", f"{name}=9{value}") if re.fullmatch("[0-9]{1,18}", value) else ()
    ),
}
"""How a parameter of the query is changed."""


@check("url.tamper-proof", needs=CONTROL, rows={"how": (*BY_PATH, *BY_PART, "another's")})
def a_forged_url_is_403(session: Session, how: str) -> None:
    """Without its query, a part of it gone, changed or written otherwise, or with another's signature it is 403."""
    foreign = session.another()
    collection, others = (
        session.collection(hash="the-same"),
        (session.collection(), foreign.collection(hash="the-same")),
    )
    ways = cycle((AT_ONCE, "HEAD", "If-None-Match", "Range"))
    for _ in range(4):
        url = session.resource_url(collection)
        made = session.resource_url(others[0]), foreign.resource_url(others[1])
        for forged in _forged(url, made, how):
            if forged != url:
                allowed, way = (403, 404) if "path" in how else (403,), next(ways)
                status = asked(session, forged, way).status
                expect_in(allowed, status, f"the HTTP status of a forged resource URL, {how}, by {way}")
