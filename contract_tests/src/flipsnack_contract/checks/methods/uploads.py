"""Uploads: which document is taken, what the new collection has, and how uploads are counted in a month."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import DELETE, FIELD_OF, GET, hash_of, title_of, uploads_left
from flipsnack_contract.contract import documents
from flipsnack_contract.contract.assertions import expect, expect_code, expect_message
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.methods import Method
from flipsnack_contract.target.session import CallDraft, FilePart, Session

URL = "https://example.com/papers/spring-offers"
PDF = FilePart(documents.pdf())


def uploads(method: Method) -> bool:
    """Chooses the methods that take a document."""
    return method.takes("file")


OF_UPLOADS: Mapping[str, Any] = {"needs": CONTROL, "methods": uploads}


def _with(session: Session, *files: FilePart, **parameters: str) -> CallDraft:
    return replace(session.draft(**parameters), files=files)


DOCUMENTS = {
    "a PDF": FilePart(documents.pdf(2)),
    "a PDF named as a picture": FilePart(documents.pdf(), "picture.png"),
    "a PDF without an ending": FilePart(documents.pdf(), "document"),
    "a PNG": FilePart(documents.png(), "picture.png"),
    "a JPG": FilePart(documents.jpg(), "picture.jpg"),
    "a JPG named as a text": FilePart(documents.jpg(), "letter.txt"),
}


@check("code.45", **OF_UPLOADS, rows={"document": DOCUMENTS})
def each_kind_is_taken(session: Session, document: str) -> None:
    """PDF, PNG and JPG are taken, by their content and whatever their names are."""
    answer = session.ask(_with(session, DOCUMENTS[document]))
    expect_code(20, answer, f"an upload of {document}")
    expect(True, bool((answer.data or {}).get("collectionHash")), "the answer has the hash of the new collection")


GIVEN = {
    "nothing": {},
    "texts": {"title": "Spring & summer", "description": "Æ <b>bold</b> 日本 'x'"},
    "a size": {"collectionWidth": "800", "collectionHeight": "600"},
    "unlisted": {"collectionStatus": "unlisted"},
    "editable": {"collectionStatus": "editable", "title": "A draft"},
}
DEFAULTS = {"collectionStatus": "public", "collectionWidth": 650, "collectionHeight": 385}


@check("upload.answer", **OF_UPLOADS, rows={"given": GIVEN})
def the_new_collection_has_what_was_given(session: Session, given: str) -> None:
    """The new collection has the title, description, size and status that were given, or the defaults."""
    wanted = GIVEN[given]
    data = session.ask(_with(session, PDF, **wanted)).data or {}
    for name, value in {**DEFAULTS, **{FIELD_OF.get(name, name): value for name, value in wanted.items()}}.items():
        expect(str(value), str(data.get(name)), f"{name} of the new collection, given {given}")


NAMES = {
    "Offers 2024.pdf": "Offers 2024",
    "two.dots.pdf": "two.dots",
    "no ending": "no ending",
    "Füße.PDF": "Füße",
}


@check("upload.title-default", **OF_UPLOADS, rows={"file_name": NAMES})
def the_title_comes_from_the_file_name(session: Session, file_name: str) -> None:
    """Without a title the collection has the file's name without its ending."""
    data = session.ask(_with(session, replace(PDF, file_name=file_name))).data or {}
    expect(NAMES[file_name], title_of(data), f"the title of an upload of {file_name!r}")


@check("upload.title-default", **OF_UPLOADS)
def the_title_comes_from_the_url(session: Session) -> None:
    """Of a fileUrl the title is the last part of the path."""
    answer = session.ask(_with(session, fileUrl=URL))
    expect_code(20, answer, "an upload by fileUrl")
    expect("spring-offers", title_of(answer.data or {}), f"the title of an upload of {URL}")


@check("upload.document-required", **OF_UPLOADS, rows={"file": ("no", "an empty")})
def an_upload_without_a_document_is_30(session: Session, file: str) -> None:
    """With neither a file nor fileUrl an upload is 30; a file of no bytes counts as none."""
    files = () if file == "no" else (FilePart(b""),)
    expect_message(30, session.ask(_with(session, *files)), f"an upload with {file} file")


@check("upload.document-required", **OF_UPLOADS)
def an_empty_file_beside_a_url_is_none(session: Session) -> None:
    """A file of no bytes beside a fileUrl counts as none: the URL is used."""
    answer = session.ask(_with(session, FilePart(b"", "empty.pdf"), fileUrl=URL))
    expect_code(20, answer, "an upload with an empty file and a fileUrl")
    expect("spring-offers", title_of(answer.data or {}), "the title, which comes from the URL")


@check("upload.file-wins", **OF_UPLOADS)
def the_file_is_used_before_the_url(session: Session) -> None:
    """Of file and fileUrl the file is used."""
    answer = session.ask(_with(session, replace(PDF, file_name="mine.pdf"), fileUrl=URL))
    expect_code(20, answer, "an upload with file and fileUrl")
    expect("mine", title_of(answer.data or {}), "the title, which comes from the file")


@check("upload.file-url-signed", **OF_UPLOADS)
def the_url_is_signed(session: Session) -> None:
    """A signature that leaves out fileUrl is 44; one that covers it is right."""
    draft = _with(session, fileUrl=URL)
    unsigned = dict(draft.without("fileUrl").signed())["signature"]
    answer = session.ask(replace(draft, signature=unsigned))
    expect_code(44, answer, "an upload whose signature leaves out fileUrl")
    expect_code(20, session.ask(draft), "an upload whose signature covers fileUrl")


@check("signature.excludes-itself-and-file", **OF_UPLOADS, rows={"content": ("a", "é%", "")})
def a_field_named_file_is_not_signed(session: Session, content: str) -> None:
    """The file is not signed, neither its bytes nor its name."""
    draft = _with(session, FilePart(documents.pdf() + content.encode(), content or "a b&c=d.pdf"))
    expect_code(20, session.ask(draft), "an upload whose signature leaves out the file")


@check("upload.new-hash", **OF_UPLOADS)
def each_upload_has_a_hash_of_its_own(session: Session) -> None:
    """The same document twice is two collections, and a deleted one's hash does not come again."""
    seen: set[Any] = set()
    for number in range(3):
        data = session.ask(session.draft()).data or {}
        expect(False, data.get("collectionHash") in seen, f"the hash of upload {number + 1} was there before")
        seen.add(data.get("collectionHash"))
        session.call(DELETE, hash_of(data))


# --- what is refused -------------------------------------------------------------------------------------------------

SMALL, PAGES, MONTH = 4_000, 3, 2
LIMITS = {"upload_bytes": SMALL, "upload_pages": PAGES, "uploads_per_month": MONTH}
EXACT = documents.pdf() + b"%" * (SMALL - len(documents.pdf()))


def _at_small_limits(session: Session) -> None:
    session.trace.add(f"settings: {LIMITS}")
    session.steer.settings(**LIMITS)


@check("code.34", **OF_UPLOADS, rows={"more": (1, 2_000, 200_000)})
def a_file_above_the_limit_is_34(session: Session, more: int) -> None:
    """A file of the largest size is taken; one byte more is 34, and so is much more."""
    _at_small_limits(session)
    expect_code(20, session.ask(_with(session, FilePart(EXACT))), f"a file of {SMALL} bytes")
    expect_message(34, session.ask(_with(session, FilePart(EXACT + b"%" * more))), f"a file of {SMALL + more} bytes")


@check("code.35", **OF_UPLOADS, rows={"more": (1, 5)})
def a_document_with_too_many_pages_is_35(session: Session, more: int) -> None:
    """A document of the most pages is taken; one page more is 35."""
    _at_small_limits(session)
    session.steer.settings(upload_bytes=1_000_000)
    expect_code(20, session.ask(_with(session, FilePart(documents.pdf(PAGES)))), f"a document of {PAGES} pages")
    longer = _with(session, FilePart(documents.pdf(PAGES + more)))
    expect_message(35, session.ask(longer), f"a document of {PAGES + more} pages")


SEVERAL: Mapping[str, tuple[FilePart, ...]] = {
    "two of one name": (PDF, PDF),
    "two of two names": (PDF, replace(PDF, field="file2")),
    "three": (PDF, PDF, replace(PDF, field="other")),
    "a PDF and a picture": (PDF, FilePart(documents.png(), "picture.png")),
}


@check("code.36", **OF_UPLOADS, rows={"files": SEVERAL})
def several_files_are_36(session: Session, files: str) -> None:
    """More than one file is 36, whatever the names of the parts are."""
    expect_message(36, session.ask(_with(session, *SEVERAL[files])), f"an upload of {files}")


WRONG_KINDS = {
    "a text named as a PDF": FilePart(b"just words\n"),
    "HTML": FilePart(b"<!doctype html><title>%PDF</title>", "page.html"),
    "a GIF": FilePart(b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", "picture.png"),
    "a zip": FilePart(b"PK\3\4\24\0\0\0\0\0", "document.docx"),
    "zeros": FilePart(b"\0" * 100),
}


@check("code.45", **OF_UPLOADS, rows={"kind": WRONG_KINDS})
def another_kind_is_45(session: Session, kind: str) -> None:
    """A file that is neither PDF nor JPG nor PNG by its content is 45, whatever its name says."""
    expect_message(45, session.ask(_with(session, WRONG_KINDS[kind])), f"an upload of {kind}")


@check("code.33", **OF_UPLOADS)
def the_month_used_up_is_33(session: Session) -> None:
    """After the month's last upload every further one is 33."""
    _at_small_limits(session)
    for number in range(MONTH):
        expect_code(20, session.ask(session.draft()), f"upload {number + 1} of {MONTH}")
    for _ in range(2):
        expect_message(33, session.ask(session.draft()), "an upload when the month is used up")


# --- the month -------------------------------------------------------------------------------------------------------

REFUSALS: Mapping[str, Callable[[Session], CallDraft]] = {
    "an unsigned one": lambda session: replace(session.draft(), signature="0" * 32),
    "one with a wrong value": lambda session: session.draft(collectionStatus="secret"),
    "one of a wrong kind": lambda session: _with(session, WRONG_KINDS["zeros"]),
    "one that is too large": lambda session: _with(session, FilePart(EXACT + b"%")),
    "one of too many pages": lambda session: _with(session, FilePart(documents.pdf(PAGES + 1))),
    "one of two files": lambda session: _with(session, PDF, PDF),
    "one without a file": lambda session: _with(session, FilePart(b"")),
}


@check("upload.refused-not-counted", **OF_UPLOADS, rows={"refused": REFUSALS})
def a_refused_upload_is_free(session: Session, refused: str) -> None:
    """Refused uploads leave the month as it is: all of its uploads can still be made."""
    _at_small_limits(session)
    for _ in range(MONTH + 1):
        answer = session.ask(REFUSALS[refused](session))
        expect(True, answer.code not in (20, 33), f"{refused} is refused for what is wrong with it, not for the month")
    for number in range(MONTH):
        expect_code(20, session.ask(session.draft()), f"upload {number + 1} of {MONTH} after refused ones")


@check("upload.failed-counts", **OF_UPLOADS)
def a_failed_conversion_is_counted(session: Session) -> None:
    """An upload that was accepted counts although its conversion fails, and although it is deleted."""
    _at_small_limits(session)
    session.steer.settings(conversion_schedule="failed")
    for _ in range(MONTH):
        data = session.ask(session.draft()).data or {}
        session.call(GET, hash_of(data))
        session.call(DELETE, hash_of(data))
    expect_code(33, session.ask(session.draft()), "an upload after a month of failed ones")


def _to_next_month(session: Session, short_of: int) -> None:
    """Let time pass until `short_of` microseconds before the next month (UTC)."""
    session.wait(next_month(session.clock.now) - session.clock.now - short_of)


def next_month(now: int) -> int:
    """The first instant of the month after `now`; both in microseconds since 1970."""
    moment = datetime.fromtimestamp(now / SECOND, UTC)
    following = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)
    return int(following.replace(day=1).timestamp()) * SECOND


@check("upload.quota", **OF_UPLOADS, rows={"months": (1, 2)})
def a_new_month_frees_all_uploads(session: Session, months: int) -> None:
    """The month's uploads stay used up until its last microsecond; with the next month all are free again."""
    _at_small_limits(session)
    for _ in range(months - 1):
        _to_next_month(session, 0)
    for _ in range(MONTH):
        expect_code(20, session.ask(session.draft()), "an upload of this month")
    _to_next_month(session, 1)
    expect_code(33, session.ask(session.draft(), paced=False), "an upload in the last microsecond of the month")
    session.wait(1)
    for _ in range(MONTH):
        expect_code(20, session.ask(session.draft(), paced=False), "an upload of the next month")
    expect_code(33, session.ask(session.draft(), paced=False), "one more in the next month")


@check("upload.quota", **OF_UPLOADS)
def a_month_of_another_year_is_another(session: Session) -> None:
    """The same month of the next year has all its uploads."""
    _at_small_limits(session)
    session.ask(session.draft())
    for _ in range(12):
        _to_next_month(session, 0)
    expect(MONTH, uploads_left(session), "the uploads left in the same month of the next year")


@check("upload.quota", needs=CONTROL, methods=uploads)
def the_month_has_a_thousand(session: Session) -> None:
    """By default a month has 1,000 uploads, and no day of it has less."""
    expect(1000, uploads_left(session), "the uploads left at first")
    session.ask(session.draft())
    session.wait(DAY)
    expect(
        1000 if next_month(session.clock.now - DAY) <= session.clock.now else 999, uploads_left(session), "after one"
    )
