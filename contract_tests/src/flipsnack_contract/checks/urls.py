"""The resource URL: it serves the package for exactly one minute, cannot be changed, and knows ranges."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import urlsplit

from hypothesis import strategies as st
from lxml import etree

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Reply, Request

CONTROL = {"control"}
MINUTE = 60 * SECOND
ages = st.one_of(st.sampled_from([0, 1, MINUTE - 1, MINUTE, MINUTE + 1]), st.integers(0, 2 * MINUTE))


def _url(session: Session, **fields: object) -> str:
    answer = session.ask(session.draft(session.collection("immediate", **fields)))
    expect_code(20, answer, "a finished package")
    return str(answer.resource_url)


@check(
    "url.lives-60s",
    needs=CONTROL,
    rows={"age": (0, MINUTE - 1, MINUTE, MINUTE + SECOND), "start": (0, 1, 999_999)},
    varies={"age": ages, "start": st.integers(0, SECOND)},
    share=0.5,
)
def a_url_lives_exactly_a_minute(session: Session, age: int, start: int) -> None:
    """It serves until a microsecond before the minute is over, and not at its end, whenever it was handed out."""
    session.align()
    session.wait(start)
    url = _url(session)
    session.wait(age)
    expect(age < MINUTE, session.get(url).status == 200, f"a resource URL serves {age / SECOND:.6f} s after its answer")


@check("url.lives-60s", needs=CONTROL)
def a_later_url_does_not_lengthen_an_earlier(session: Session) -> None:
    """Asking again gives a new minute to the new URL only."""
    draft = session.draft(session.collection("immediate"))
    early = str(session.ask(draft).resource_url)
    session.wait(MINUTE - 1)
    late = str(session.ask(draft).resource_url)
    session.wait(1)
    expect(True, session.get(early).status != 200, "the earlier URL is dead after its minute")
    expect(200, session.get(late).status, "the later URL, in its minute")


@check("url.lives-60s", needs=CONTROL)
def being_used_does_not_change_the_life(session: Session) -> None:
    """A URL can be used many times in its minute, and use neither ends nor lengthens it."""
    url = _url(session)
    for _ in range(3):
        session.wait(MINUTE // 4)
        expect(200, session.get(url).status, "a resource URL in its minute")
    session.wait(MINUTE // 4)
    expect(True, session.get(url).status != 200, "a resource URL that was used is dead after its minute")


@check("url.expired-is-403", needs=CONTROL, rows={"age": (2 * MINUTE, 3600 * SECOND)})
def an_expired_url_is_access_denied(session: Session, age: int) -> None:
    """Well after its minute the URL answers HTTP 403 with an XML body whose Code is AccessDenied, and no package."""
    url = _url(session)
    session.wait(age)
    reply = session.get(url)
    expect(403, reply.status, "the HTTP status of an expired resource URL")
    expect("AccessDenied", _error_code(reply), "the Code in the body")


def _error_code(reply: Reply) -> str | None:
    try:
        root = etree.fromstring(reply.body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as damage:
        raise Violation("the body of a refusal is XML", "XML", damage) from None
    return root.findtext("Code")


@check(
    "url.tamper-proof",
    needs=CONTROL,
    rows={"place": (0, 9, 20, 30, 45, 60), "by": "a0"},
    varies={"place": st.integers(0, 10_000), "by": st.sampled_from("aZ09")},
    share=0.5,
)
def a_changed_url_is_403(session: Session, place: int, by: str) -> None:
    """Any letter or digit of path or query that is replaced by another makes it 403."""
    url = _url(session)
    start = url.index(urlsplit(url).netloc) + len(urlsplit(url).netloc) + 1
    places = [index for index in range(start, len(url)) if url[index].isalnum() and url[index] != by]
    index = places[place % len(places)]
    expect(
        True,
        session.get(url[:index] + by + url[index + 1 :]).status in (403, 404),
        f"{url[index]!r} replaced by {by!r}",
    )


@check(
    "url.tamper-proof", needs=CONTROL, rows={"how": ("no query", "one gone", "one changed", "later", "other", "more")}
)
def a_forged_url_is_403(session: Session, how: str) -> None:
    """Without its query, a part of it gone or changed, with a later expiry or another's signature it is 403."""
    url, other = _url(session), _url(session)
    path, _, query = url.partition("?")
    parts = query.split("&")
    forged = {
        "no query": [path],
        "one gone": [f"{path}?{'&'.join(parts[:gone] + parts[gone + 1 :])}" for gone in range(len(parts))],
        "one changed": [
            f"{path}?{'&'.join([*parts[:at], _ending_otherwise(parts[at]), *parts[at + 1 :]])}"
            for at in range(len(parts))
        ],
        "later": [
            f"{path}?{query}".replace("Expires=1", "Expires=2"),
            f"{path}?{query}".replace("Expires=", "Expires=9"),
        ],
        "other": [f"{path}?{other.partition('?')[2]}", f"{other.partition('?')[0]}?{query}"],
        "more": [f"{url}&Expires=9999999999", f"{url}&Policy=x"],
    }[how]
    for one in forged:
        expect(403, session.get(one).status, f"a resource URL with {how} of the query")


def _ending_otherwise(text: str) -> str:
    return text[:-1] + ("1" if text.endswith("0") else "0")


@check("url.tamper-proof", needs=CONTROL)
def another_alphabet_is_another_url(session: Session) -> None:
    """A URL whose Base64 is written in the other alphabet, which decodes to the same bytes, is 403."""
    for url in (_url(session) for _ in range(4)):
        path, _, query = url.partition("?")
        pairs = [pair.partition("=") for pair in query.split("&")]
        other = "&".join(f"{name}={value.replace('-', '%2B').replace('_', '/')}" for name, _, value in pairs)
        if other != query:
            expect(403, session.get(f"{path}?{other}").status, "a resource URL written in another alphabet")


@check(
    "url.zip",
    needs=CONTROL,
    rows=[
        {"title": title, "pages": 3}
        for title in ("A book", "é ß 日本", "../../etc", "<b>&amp;", '"quoted"', " ", "a/b\\c")
    ],
)
def the_package_is_a_sound_zip(session: Session, title: str, pages: int) -> None:
    """Whatever the collection is called, the package is a zip archive with an index.html, and every checksum holds."""
    reply = session.get(_url(session, title=title, pages=pages))
    expect(200, reply.status, "the package")
    try:
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            expect(None, archive.testzip(), "the first damaged file in the archive")
            expect(True, "index.html" in archive.namelist(), "index.html is in the archive")
            bad = [name for name in archive.namelist() if name.startswith("/") or ".." in name.split("/")]
            expect([], bad, "names in the archive that lead out of it")
    except zipfile.BadZipFile as damage:
        raise Violation("the package is a zip archive", "a zip archive", damage) from None


@check("url.ranges", needs=CONTROL)
def head_has_the_headers_of_get(session: Session) -> None:
    """HEAD has the status, length and ETag of GET, and no body."""
    url = _url(session)
    head, got = session.fetch(Request("HEAD", url)), session.get(url)
    expect(b"", head.body, "the body of a HEAD")
    for name in ("content-length", "etag", "content-type", "accept-ranges"):
        expect(got.headers.get(name), head.headers.get(name), f"{name} of HEAD and GET")
    expect(str(len(got.body)), got.headers.get("content-length"), "the content length")
    expect(True, bool(got.headers.get("etag")), "there is an ETag")


@check(
    "url.ranges",
    needs=CONTROL,
    rows=[
        {"first": 0, "last": 0},
        {"first": 0, "last": 10**9},
        {"first": 5, "last": None},
        {"first": None, "last": 7},
        {"first": None, "last": 10**9},
    ],
    varies={"first": st.integers(0, 300), "last": st.integers(300, 600)},
    share=0.2,
)
def a_range_is_that_part_of_the_package(session: Session, first: int | None, last: int | None) -> None:
    """A byte range is answered by 206 with exactly those bytes and a Content-Range."""
    url = _url(session)
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
    url = _url(session)
    size = len(session.get(url).body)
    reply = session.get(url, Range=f"bytes={size}-")
    expect(416, reply.status, "the HTTP status of a range beyond the end")
    expect(f"bytes */{size}", reply.headers.get("content-range"), "Content-Range")


@check("url.ranges", needs=CONTROL)
def if_range_guards_a_resumed_download(session: Session) -> None:
    """With the right ETag in If-Range the rest is sent, with another the whole; a later URL keeps the ETag."""
    draft = session.draft(session.collection("immediate"))
    first = session.get(str(session.ask(draft).resource_url))
    fresh = str(session.ask(draft).resource_url)
    etag = first.headers.get("etag", "")
    part = session.get(fresh, **{"Range": "bytes=10-", "If-Range": etag})
    expect((206, True), (part.status, part.body == first.body[10:]), "the rest, when the ETag is the same")
    whole = session.get(fresh, **{"Range": "bytes=10-", "If-Range": '"another"'})
    expect((200, True), (whole.status, whole.body == first.body), "the whole, when the ETag is another")
