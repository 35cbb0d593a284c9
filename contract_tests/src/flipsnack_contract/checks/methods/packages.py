"""What a resource URL serves: the package of its collection, whole or in ranges, with its validators."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import CREATE, hash_of
from flipsnack_contract.contract import documents
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.target.bounds import MOST_BYTES
from flipsnack_contract.target.session import FilePart, Session
from flipsnack_contract.target.target import Reply, Request

# --- a zip archive ---------------------------------------------------------------------------------------------------


# What zipfile raises for damage, a password, a method of compression that it does not know, a name that is no text.
UNSOUND = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)


def _members(package: bytes) -> dict[str, bytes]:
    """The files in the archive, by their names. Raises `Violation` for what is no sound archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            expect(
                True, sum(one.file_size for one in archive.infolist()) <= MOST_BYTES, "the files have sensible sizes"
            )
            return {name: archive.read(name) for name in archive.namelist()}
    except UNSOUND as damage:
        raise Violation("the package is a zip archive", "one whose checksums hold", damage, rule="url.zip") from None


def files_in(package: bytes, collection: str) -> dict[str, bytes]:
    """The files in the archive, by their names, without the hash of the collection. Raises `Violation`."""
    return {name: content.replace(collection.encode(), b"") for name, content in _members(package).items()}


@check(
    "url.zip",
    needs=CONTROL,
    rows={
        "title": ("A book", "é ß 日本", "../../etc", "<b>&amp;", '"quoted"', " ", "a/b\\c", "long " * 200),
        "pages": (3,),
    },
)
def the_package_is_a_sound_zip(session: Session, title: str, pages: int) -> None:
    """Whatever the collection is called, the package is a zip archive with an index.html, and every checksum holds."""
    reply = session.get(session.resource_url(session.collection(title=title, pages=pages)))
    expect(200, reply.status, "the package")
    names = _members(reply.body)
    expect(True, "index.html" in names, "index.html is in the archive")
    bad = [name for name in names if name.startswith("/") or ".." in name.split("/")]
    expect([], bad, "names in the archive that lead out of it")


@check("url.zip", needs={"collection"}, calls=1)
def both_ends_are_those_of_a_zip(session: Session) -> None:
    """The package begins and ends as a zip archive does; only both ends are fetched, by Range."""
    url = session.resource_url()
    head, tail = session.get(url, Range="bytes=0-3"), session.get(url, Range="bytes=-65557")
    expect(b"PK\x03\x04", head.body[:4], "the first bytes of the package")
    expect(True, b"PK\x05\x06" in tail.body[-65557:], "the end of a zip archive at the end of the package")


# --- of which collection ---------------------------------------------------------------------------------------------

SHARED = "the-same"
Book = tuple[str, int]
"""The title and the number of pages of a collection."""
BOOKS: Sequence[tuple[Book, ...]] = (
    (("Quince", 2), ("Zebra", 2)),
    (("Quince", 1), ("Quince", 3)),
    (("Quince", 4), ("Zebra", 1)),
    # Near misses: letter case, the end of a long title, one page of many.
    (("Quince", 2), ("quince", 2)),
    (("Long " * 60 + "a", 1), ("Long " * 60 + "b", 1)),
    # Letters beyond ASCII and beyond the basic plane, accents, blanks, marks.
    (("Äpfel", 1), ("Öpfel", 1)),
    (("日本", 1), ("日木", 1), ("😀", 1), ("😁", 1)),
    (("a b", 1), ("a  b", 1), ("a-b", 1), ("a_b", 1), ("a/b", 1)),
    (("<b>", 1), ("&lt;b&gt;", 1), ("b", 1)),
    (("Quince", 12), ("Quince", 13)),
    (("Quince", 100), ("Quince", 101)),
)


def _links(session: Session, chosen: Sequence[Book], *, keys: bool) -> Iterator[tuple[Book, str]]:
    """Two resource URLs of each book, in turn. The books are of one key, or all have one hash, each of another key."""
    owners = [session, *(session.another() for _ in chosen[1:])] if keys else [session] * len(chosen)
    shelf = []
    for owner, (title, pages) in zip(owners, chosen, strict=True):
        shelf.append((owner, owner.collection(title=title, pages=pages, **({"hash": SHARED} if keys else {}))))
    made = [
        (book, owner, owner.resource_url(one))
        for _ in range(2)
        for book, (owner, one) in zip(chosen, shelf, strict=True)
    ]
    # The one that was handed out last is fetched first; and no two of one book at the same time.
    for book, owner, url in reversed(made):
        owner.wait(3 * SECOND)
        yield book, url


@check(
    "url.package",
    needs=CONTROL,
    rows={"chosen": (*BOOKS, BOOKS[0] + BOOKS[1] + BOOKS[2]), "keys": (False, True)},
)
def a_link_serves_the_package_of_its_collection(session: Session, chosen: Sequence[Book], *, keys: bool) -> None:
    """Each of several links to several collections, of one key or of several keys with one hash, serves its own."""
    found: dict[Book, bytes] = {}
    for book, url in _links(session, chosen, keys=keys):
        body = session.get(url).body
        expect(True, body == found.setdefault(book, body), f"two resource URLs of {book} serve the same bytes")
    expect(len(chosen), len(set(found.values())), f"the number of different packages of {chosen}")
    for (title, _pages), body in found.items():
        if not title.isalnum() or not title.isascii():
            continue  # It may be escaped, in HTML or in JavaScript.
        shown = [one for one in _members(body).values() if title.split()[0].encode() in one]
        expect(True, bool(shown), f"the title {title!r} is in its package")


@check("url.package", needs=CONTROL)
def the_package_shows_the_uploaded_document(session: Session) -> None:
    """Packages of two documents are different, although the collections are alike in everything else."""
    session.steer.settings(conversion_schedule="immediate", default_schedule="immediate")
    found: list[dict[str, bytes]] = []
    uploading = session.calling(CREATE)
    # Of one length, and such that begin or end in the same way.
    for content in (
        *(documents.pdf(1, one) for one in ("first", "third", "firsu", "airst")),
        documents.pdf(2, "first"),
        *map(documents.png, (0x80, 0x00)),
    ):
        file = FilePart(content)
        data = uploading.ask(replace(uploading.draft(title="Alike"), files=(file,))).data or {}
        files = files_in(session.get(session.resource_url(hash_of(data))).body, hash_of(data))
        found.append(files)
        expect(False, files in found[:-1], "the packages of two documents are the same")


# --- validators, conditions, ranges ----------------------------------------------------------------------------------


@check("url.validators", needs=CONTROL, rows={"chosen": BOOKS, "keys": (False, True)})
def each_package_has_an_etag_of_its_own(session: Session, chosen: Sequence[Book], *, keys: bool) -> None:
    """Every link to a package has its ETag, by GET, HEAD and Range; another package has another one."""
    found: dict[Book, str] = {}
    for book, url in _links(session, chosen, keys=keys):
        replies = session.get(url), session.fetch(Request("HEAD", url)), session.get(url, Range="bytes=1-4")
        etag = found.setdefault(book, replies[0].headers.get("etag", ""))
        expect([etag] * 3, [one.headers.get("etag") for one in replies], f"the ETags of {book} by GET, HEAD and Range")
        whole, head, part = replies
        size = str(len(whole.body))
        expect(size, head.headers.get("content-length"), f"Content-Length of {book} by HEAD")
        if part.status == 206:  # that there are ranges is another rule's matter
            expect(f"bytes 1-4/{size}", part.headers.get("content-range"), f"Content-Range of {book}")
    expect(len(chosen), len(set(found.values())), f"the number of different ETags of {chosen}")


@check("url.validators", needs=CONTROL)
def a_resumed_download_is_of_one_package(session: Session) -> None:
    """With the ETag of another package in If-Range the whole is sent: nothing is put together of two packages."""
    (_, first), (_, second) = list(_links(session, BOOKS[1], keys=False))[:2]
    etag, whole = session.get(first).headers.get("etag", ""), session.get(second).body
    reply = session.get(second, **{"Range": "bytes=10-", "If-Range": etag})
    expect((200, True), (reply.status, reply.body == whole), "the whole, when the ETag is that of another package")


@check("url.conditions", needs=CONTROL, rows={"verb": ("GET", "HEAD")})
def conditions_are_kept(session: Session, verb: str) -> None:
    """If-None-Match with the ETag is 304 without a body, If-Match with another 412; else the package is served."""
    url = session.resource_url()
    etag = session.get(url).headers.get("etag", "")

    def ask(name: str, value: str) -> Reply:
        return session.fetch(Request(verb, url, b"", {name: value}))

    known = ask("If-None-Match", etag)
    expect((304, b""), (known.status, known.body), "HTTP status and body with If-None-Match and the ETag")
    expect(412, ask("If-Match", '"another"').status, "the HTTP status with If-Match and another ETag")
    expect(304, ask("If-None-Match", "*").status, "the HTTP status with If-None-Match: *")
    for name, value in (("If-None-Match", '"another"'), ("If-Match", etag), ("If-Match", "*")):
        expect(200, ask(name, value).status, f"the HTTP status with {name}: {value}")


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
