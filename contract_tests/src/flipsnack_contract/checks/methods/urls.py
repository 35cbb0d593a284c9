"""The resource URL: it serves the package for exactly one minute, cannot be changed, and knows ranges."""

import io
import zipfile
from urllib.parse import urlsplit

from hypothesis import strategies as st
from lxml import etree

from flipsnack_contract.checks.check import CONTROL, check, combined, steered
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Request

SLOW = {"slow"}
USED = (MINUTE // 4, MINUTE // 2, 3 * MINUTE // 4, MINUTE)
ages = st.one_of(st.sampled_from([0, 1, MINUTE - 1, MINUTE, MINUTE + 1]), st.integers(0, 2 * MINUTE))
# Between these ages two real clocks and a network may disagree.
ALIVE, DEAD = 55 * SECOND, 63 * SECOND


def _new(session: Session, **fields: object) -> str:
    """The resource URL of a new collection."""
    return session.resource_url(session.collection("immediate", **fields))


@check(
    "url.lives-60s",
    needs={"collection"},
    rows=[
        {"ages": (ALIVE, DEAD), "start": 0, "needs": SLOW},
        *steered(combined(ages=((0,), (MINUTE - 1,), (MINUTE,), (MINUTE + SECOND,), USED), start=(0, 1, 999_999))),
    ],
    varies={"ages": st.tuples(ages), "start": st.integers(0, SECOND)},
    drawn_needs=CONTROL,
    calls=1,
    waits=DEAD,
)
def a_url_lives_exactly_a_minute(session: Session, ages: tuple[int, ...], start: int) -> None:
    """It serves until a microsecond before the minute is over, and not at its end, whenever it was handed out.

    Use neither ends nor lengthens its life. Without a control plane it is tried 55 s and 63 s after its answer.
    """
    if session.account:
        session.align()
    session.wait(start)
    url, age = session.resource_url(), 0
    for until in ages:
        session.wait(until - age)
        age = until
        expect(age < MINUTE, session.serves(url), f"a resource URL serves {age / SECOND:.6f} s after its answer")


@check("url.lives-60s", needs=CONTROL)
def a_later_url_does_not_lengthen_an_earlier(session: Session) -> None:
    """Asking again gives a new minute to the new URL only."""
    early = session.resource_url()
    session.wait(MINUTE - 1)
    late = session.resource_url()
    session.wait(1)
    expect(False, session.serves(early), "the earlier URL serves at the end of its minute")
    expect(True, session.serves(late), "the later URL serves in its minute")


@check(
    "url.expired-is-403",
    needs={"collection"},
    rows=[{"age": DEAD, "needs": SLOW}, *steered({"age": age} for age in (2 * MINUTE, 3600 * SECOND))],
    calls=1,
    waits=DEAD,
)
def an_expired_url_is_access_denied(session: Session, age: int) -> None:
    """Well after its minute the URL answers HTTP 403 with an XML body whose Code is AccessDenied, and no package."""
    url = session.resource_url()
    session.wait(age)
    reply = session.get(url)
    expect(403, reply.status, "the HTTP status of an expired resource URL")
    try:
        root = etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as damage:
        raise Violation("the body of a refusal is XML", "XML", damage) from None
    expect("AccessDenied", root.findtext("Code"), "the Code in the body")


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


def _forged(url: str, other: str, how: str) -> list[str]:
    """Other URLs made of a resource URL, and of one of another collection."""
    path, _, query = url.partition("?")
    parts = query.split("&")
    changed = [part[:-1] + ("1" if part.endswith("0") else "0") for part in parts]
    places = range(len(parts))
    return {
        "no query": [path],
        "one gone": [f"{path}?{'&'.join(parts[:at] + parts[at + 1 :])}" for at in places],
        "one changed": [f"{path}?{'&'.join([*parts[:at], changed[at], *parts[at + 1 :]])}" for at in places],
        "later": [url.replace("Expires=1", "Expires=2"), url.replace("Expires=", "Expires=9")],
        "other": [f"{path}?{other.partition('?')[2]}", f"{other.partition('?')[0]}?{query}"],
        "more": [f"{url}&Expires=9999999999", f"{url}&Policy=x"],
        # It decodes to the same bytes.
        "another Base64 alphabet": [f"{path}?{query.replace('-', '%2B').replace('_', '/')}"],
    }[how]


@check(
    "url.tamper-proof",
    needs=CONTROL,
    rows={"how": ("no query", "one gone", "one changed", "later", "other", "more", "another Base64 alphabet")},
)
def a_forged_url_is_403(session: Session, how: str) -> None:
    """Without its query, a part of it gone, changed or written otherwise, or with another's signature it is 403."""
    for url, other in ((_new(session), _new(session)) for _ in range(4)):
        for forged in _forged(url, other, how):
            if forged != url:
                expect(403, session.get(forged).status, f"a resource URL with this done to its query: {how}")


@check(
    "url.zip",
    needs=CONTROL,
    rows={"title": ("A book", "é ß 日本", "../../etc", "<b>&amp;", '"quoted"', " ", "a/b\\c"), "pages": (3,)},
)
def the_package_is_a_sound_zip(session: Session, title: str, pages: int) -> None:
    """Whatever the collection is called, the package is a zip archive with an index.html, and every checksum holds."""
    reply = session.get(_new(session, title=title, pages=pages))
    expect(200, reply.status, "the package")
    try:
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            expect(None, archive.testzip(), "the first damaged file in the archive")
            expect(True, "index.html" in archive.namelist(), "index.html is in the archive")
            bad = [name for name in archive.namelist() if name.startswith("/") or ".." in name.split("/")]
            expect([], bad, "names in the archive that lead out of it")
    except zipfile.BadZipFile as damage:
        raise Violation("the package is a zip archive", "a zip archive", damage) from None


@check("url.zip", needs={"collection"}, calls=1)
def both_ends_are_those_of_a_zip(session: Session) -> None:
    """The package begins and ends as a zip archive does; only both ends are fetched, by Range."""
    url = session.resource_url()
    head, tail = session.get(url, Range="bytes=0-3"), session.get(url, Range="bytes=-65557")
    expect(b"PK\x03\x04", head.body[:4], "the first bytes of the package")
    expect(True, b"PK\x05\x06" in tail.body[-65557:], "the end of a zip archive at the end of the package")


@check("url.ranges", needs={"collection"}, calls=1)
def head_has_the_headers_of_get(session: Session) -> None:
    """HEAD has the length, type and ETag of GET, and no body; a range is 206 with those bytes."""
    url = session.resource_url()
    head, part = session.fetch(Request("HEAD", url)), session.get(url, Range="bytes=2-5")
    expect((200, b""), (head.status, head.body), "HTTP status and body of a HEAD")
    expect((206, 4), (part.status, len(part.body)), "HTTP status and length of a range of 4 bytes")
    for name in ("etag", "content-type", "accept-ranges"):
        expect(part.headers.get(name), head.headers.get(name), f"{name} of HEAD and GET")
    size = head.headers.get("content-length")
    expect(f"bytes 2-5/{size}", part.headers.get("content-range"), "Content-Range, with the length of the HEAD")
    expect(True, bool(head.headers.get("etag")), "there is an ETag")


@check(
    "url.ranges",
    needs=CONTROL,
    rows=[{"first": first, "last": last} for first, last in ((0, 0), (0, 10**9), (5, None), (None, 7), (None, 10**9))],
    varies={"first": st.integers(0, 300), "last": st.integers(300, 600)},
)
def a_range_is_that_part_of_the_package(session: Session, first: int | None, last: int | None) -> None:
    """A byte range is answered by 206 with exactly those bytes and a Content-Range."""
    url = session.resource_url()
    whole = session.get(url).body
    reply = session.get(url, Range=f"bytes={'' if first is None else first}-{'' if last is None else last}")
    start = max(0, len(whole) - (last or 0)) if first is None else first
    end = len(whole) - 1 if first is None or last is None else min(last, len(whole) - 1)
    expect(206, reply.status, "the HTTP status of a range")
    expect(f"bytes {start}-{end}/{len(whole)}", reply.headers.get("content-range"), "Content-Range")
    expect(True, reply.body == whole[start : end + 1], "the bytes are those of the range")


@check("url.ranges", needs=CONTROL)
def a_range_beyond_the_end_is_416(session: Session) -> None:
    """A range that begins after the end is 416, with the length in Content-Range."""
    url = session.resource_url()
    size = len(session.get(url).body)
    reply = session.get(url, Range=f"bytes={size}-")
    expect(416, reply.status, "the HTTP status of a range beyond the end")
    expect(f"bytes */{size}", reply.headers.get("content-range"), "Content-Range")


@check("url.ranges", needs=CONTROL)
def if_range_guards_a_resumed_download(session: Session) -> None:
    """With the right ETag in If-Range the rest is sent, with another the whole; a later URL keeps the ETag."""
    first = session.get(session.resource_url())
    fresh = session.resource_url()
    etag = first.headers.get("etag", "")
    part = session.get(fresh, **{"Range": "bytes=10-", "If-Range": etag})
    expect((206, True), (part.status, part.body == first.body[10:]), "the rest, when the ETag is the same")
    whole = session.get(fresh, **{"Range": "bytes=10-", "If-Range": '"another"'})
    expect((200, True), (whole.status, whole.body == first.body), "the whole, when the ETag is another")
