"""Uploads: which document is taken, what the new collection has, and how uploads are counted in a month."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flipsnack_contract.checks.borders import begin_month
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import DELETE, FIELD_OF, UPDATE, every_part_of, hash_of, title_of
from flipsnack_contract.contract import documents
from flipsnack_contract.contract.assertions import expect, expect_code, expect_message
from flipsnack_contract.contract.methods import takes_document
from flipsnack_contract.target.session import CallDraft, FilePart, Session, multipart

URL = "https://example.com/papers/spring-offers"
PDF = FilePart(documents.pdf())


OF_UPLOADS: Mapping[str, Any] = {"needs": CONTROL, "methods": takes_document}


def with_files(session: Session, *files: FilePart, **parameters: str) -> CallDraft:
    """An upload of these files instead of the usual one."""
    return replace(session.draft(**parameters), files=files)


DOCUMENTS = {
    "a PDF": FilePart(documents.pdf(2)),
    "a PDF named as a picture": FilePart(documents.pdf(), "picture.png"),
    "a PDF without an ending": FilePart(documents.pdf(), "document"),
    "a PNG": FilePart(documents.png(), "picture.png"),
    "a JPG": FilePart(documents.jpg(), "picture.jpg"),
    "a JPG named as a text": FilePart(documents.jpg(), "letter.txt", content_type="text/plain"),
    "a PDF sent as bytes": FilePart(documents.pdf(), content_type="application/octet-stream"),
    **{f"a JPG that goes on with {one:X}": FilePart(documents.jpg(marker=one)) for one in (0xE1, 0xE2, 0xEE, 0xDB)},
    **{f"a PDF {one}": FilePart(documents.pdf().replace(b"1.4", one.encode(), 1)) for one in ("1.0", "1.7", "2.0")},
    "a PNG with text in it": FilePart(documents.padded_png(b"words")),
}


@check("code.45", **OF_UPLOADS, rows={"document": DOCUMENTS})
def each_kind_is_taken(session: Session, document: str) -> None:
    """PDF, PNG and JPG are taken, by their content and whatever their names are."""
    answer = session.ask(with_files(session, DOCUMENTS[document]))
    expect_code(20, answer, f"an upload of {document}")
    expect(True, bool((answer.data or {}).get("collectionHash")), "the answer has the hash of the new collection")


GIVEN = {
    **every_part_of(
        {
            "title": "%41+Spring &amp; <b>summer</b> 😀!",
            "description": "Æ <b>bold</b> 日本 'x'\r\n",
            "collectionWidth": "800",
            "collectionHeight": "0600",
            "collectionStatus": "editable",
        }
    ),
    "zeros": {"title": "0", "description": "0"},
    "nothing to see": {"title": " ", "description": "e\u0301"},
    "blanks": {"title": " a  b ", "description": "\n"},
    "long texts": {"title": "Wörter & mehr " * 100, "description": "a word " * 1500},
    "an empty title": {"title": "", "collectionStatus": "unlisted"},
    "a great size": {"collectionWidth": "999999999", "collectionHeight": "123456789"},
}
DEFAULTS = {"collectionStatus": "public", "collectionWidth": 650, "collectionHeight": 385, "collectionDescription": ""}


OF: Mapping[str, tuple[FilePart, ...]] = {
    "a file": (PDF,),
    "a PNG": (FilePart(documents.png(), "a.png"),),
    "a JPG": (FilePart(documents.jpg(), "a.jpg"),),
    "a URL": (),
    "a file and a URL": (PDF,),
}


@check("upload.answer", **OF_UPLOADS, rows={"of": OF})
def the_new_collection_has_what_was_given(session: Session, of: str) -> None:
    """The new collection has the title, description, size and status that were given, or the defaults."""
    for given, sent in GIVEN.items():
        data = session.ask(with_files(session, *OF[of], **sent, **({"fileUrl": URL} if "URL" in of else {}))).data or {}
        for name, value in {**DEFAULTS, **{FIELD_OF.get(name, name): value for name, value in sent.items()}}.items():
            wanted = int(str(value)) if isinstance(DEFAULTS.get(name), int) else value
            expect(wanted, data.get(name), f"{name} of the new collection of {of}, given {given}")


NAMES = {
    "Offers 2024.pdf": "Offers 2024",
    "two.dots.pdf": "two.dots",
    "no ending": "no ending",
    "Füße.PDF": "Füße",
    "a.pdf.pdf": "a.pdf",
    "0.pdf": "0",
    "a+b%20c & 50%.png": "a+b%20c & 50%",
    "long " * 48 + "name.pdf": "long " * 48 + "name",
}


@check("upload.title-default", **OF_UPLOADS, rows={"file_name": NAMES})
def the_title_comes_from_the_file_name(session: Session, file_name: str) -> None:
    """Without a title the collection has the file's name without its ending."""
    data = session.ask(with_files(session, replace(PDF, file_name=file_name))).data or {}
    expect(NAMES[file_name], title_of(data), f"the title of an upload of {file_name!r}")


URLS = {
    URL: "spring-offers",
    "https://example.com/papers/a%20b%C3%A9.pdf?page=2#top": "a bé.pdf",
    "https://example.com/papers/": "",
    "https://example.com": "",
    "https://example.com/a+b.pdf": "a+b.pdf",
    "https://example.com/0": "0",
    "https://example.com/x/a%2Fb;c=d.pdf": "a/b;c=d.pdf",
    "https://example.com/A%2BB%25.PDF": "A+B%.PDF",
    "https://example.com/x/?name=y.pdf": "",
    "https://example.com/x.pdf?name=/y.pdf#/z.pdf": "x.pdf",
}


@check("upload.title-default", **OF_UPLOADS, rows={"url": URLS})
def the_title_comes_from_the_url(session: Session, url: str) -> None:
    """Of a fileUrl the title is the last part of the path, percent-decoded and with its ending."""
    answer = session.ask(with_files(session, fileUrl=url))
    expect_code(20, answer, "an upload by fileUrl")
    expect(URLS[url], title_of(answer.data or {}), f"the title of an upload of {url}")


@check("upload.document-required", **OF_UPLOADS, rows={"file": ("no", "an empty")})
def an_upload_without_a_document_is_30(session: Session, file: str) -> None:
    """With neither a file nor fileUrl an upload is 30; a file of no bytes counts as none."""
    files = () if file == "no" else (FilePart(b""),)
    expect_message(30, session.ask(with_files(session, *files)), f"an upload with {file} file")


@check("upload.document-required", **OF_UPLOADS)
def an_empty_file_beside_a_url_is_none(session: Session) -> None:
    """A file of no bytes beside a fileUrl counts as none: the URL is used."""
    answer = session.ask(with_files(session, FilePart(b"", "empty.pdf"), fileUrl=URL))
    expect_code(20, answer, "an upload with an empty file and a fileUrl")
    expect("spring-offers", title_of(answer.data or {}), "the title, which comes from the URL")


@check("upload.file-wins", **OF_UPLOADS)
def the_file_is_used_before_the_url(session: Session) -> None:
    """Of file and fileUrl the file is used."""
    answer = session.ask(with_files(session, replace(PDF, file_name="mine.pdf"), fileUrl=URL))
    expect_code(20, answer, "an upload with file and fileUrl")
    expect("mine", title_of(answer.data or {}), "the title, which comes from the file")


@check("upload.file-url-signed", **OF_UPLOADS)
def the_url_is_signed(session: Session) -> None:
    """A signature that leaves out fileUrl is 44; one that covers it is right."""
    draft = with_files(session, fileUrl=URL)
    unsigned = dict(draft.without("fileUrl").signed())["signature"]
    answer = session.ask(replace(draft, signature=unsigned))
    expect_code(44, answer, "an upload whose signature leaves out fileUrl")
    expect_code(20, session.ask(draft), "an upload whose signature covers fileUrl")


@check("signature.excludes-itself-and-file", **OF_UPLOADS, rows={"content": ("a", "é%", "")})
def a_field_named_file_is_not_signed(session: Session, content: str) -> None:
    """The file is not signed, neither its bytes nor its name."""
    draft = with_files(session, FilePart(documents.pdf() + content.encode(), content or "a b&c=d.pdf"))
    expect_code(20, session.ask(draft), "an upload whose signature leaves out the file")


@check("signature.sorted", **OF_UPLOADS)
def the_file_may_come_first(session: Session) -> None:
    """The parameters of an upload may be sent in any order, behind the file too."""
    draft = session.draft(title="Behind it", aa="1")
    first = multipart((), draft.files).removesuffix(multipart(()))
    request = replace(draft.request(session.target.base_url), body=first + multipart(draft.signed()[::-1]))
    answer = session.ask(request)
    expect_code(20, answer, "an upload whose file comes first")
    expect("Behind it", title_of(answer.data or {}), "the title of an upload whose file comes first")


@check("upload.new-hash", **OF_UPLOADS)
def each_upload_has_a_hash_of_its_own(session: Session) -> None:
    """The same document twice is two collections, and the hash of a deleted or published one does not come again."""
    session.steer.settings(conversion_schedule="immediate")
    seen: set[str] = set()
    for number in range(12):
        way = session.draft(), with_files(session, fileUrl=URL), with_files(session, PDF, title="A", fileUrl=URL)
        draft = way[number // 3 % 3].with_(collectionStatus="editable")
        made = hash_of(session.ask(draft).data or {})
        expect(False, made in seen, f"the hash of upload {number + 1} was there before")
        seen.add(made)
        if number % 3 == 0:
            session.call(DELETE, made)
        if number % 3 == 1:
            seen.add(hash_of(session.data(UPDATE, made, collectionStatus="public")))


# --- what is refused -------------------------------------------------------------------------------------------------

SMALL, PAGES, MONTH = 4_000, 3, 2
MANY_BYTES = 21 * 2**20  # more than servers and frameworks allow unless they are told otherwise
LIMITS = {"upload_bytes": SMALL, "upload_pages": PAGES, "uploads_per_month": MONTH}
EXACT = documents.pdf() + b"%" * (SMALL - len(documents.pdf()))


def at_small_limits(session: Session) -> None:
    """Begin a month, and lower what a file, a document and a month may have."""
    begin_month(session)
    session.trace.add(f"settings: {LIMITS}")
    session.steer.settings(**LIMITS)


BESIDE: Sequence[Mapping[str, str]] = ({}, {"title": "T", "collectionStatus": "editable"})
"""What an upload has beside its file."""
KINDS: Mapping[str, Callable[[int], bytes]] = {
    "PDF": lambda size: documents.pdf() + b"%" * (size - len(documents.pdf())),
    "PNG": lambda size: documents.padded_png(b"x" * (size - len(documents.padded_png(b"x")) + 1)),
    "JPG": lambda size: documents.jpg() + b"\0" * (size - len(documents.jpg())),
}
"""Makes a document of so many bytes."""


@check("code.34", **OF_UPLOADS, rows={"more": (1, 2_000, 200_000), "kind": KINDS, "beside": BESIDE})
def a_file_above_the_limit_is_34(session: Session, more: int, kind: str, beside: Mapping[str, str]) -> None:
    """A file of the largest size is taken; one byte more is 34, and so is much more, of whichever kind."""
    at_small_limits(session)
    for size, code in ((SMALL, 20), (SMALL + more, 34)):
        answer = session.ask(with_files(session, FilePart(KINDS[kind](size)), **beside))
        (expect_code if code == 20 else expect_message)(code, answer, f"a {kind} of {size} bytes")


@check("code.34", **OF_UPLOADS)
def a_file_may_be_large(session: Session) -> None:
    """By default a file of many megabytes is taken."""
    large = FilePart(KINDS["JPG"](MANY_BYTES), "large.jpg")
    expect_code(20, session.ask(with_files(session, large)), f"a JPG of {MANY_BYTES} bytes")


@check("code.35", **OF_UPLOADS, rows={"more": (1, 5), "beside": BESIDE})
def a_document_with_too_many_pages_is_35(session: Session, more: int, beside: Mapping[str, str]) -> None:
    """A document of the most pages is taken; one page more is 35."""
    at_small_limits(session)
    session.steer.settings(upload_bytes=1_000_000)
    expect_code(20, session.ask(with_files(session, FilePart(documents.pdf(PAGES)))), f"a document of {PAGES} pages")
    longer = with_files(session, FilePart(documents.pdf(PAGES + more)), **beside)
    expect_message(35, session.ask(longer), f"a document of {PAGES + more} pages")


@check("code.35", **OF_UPLOADS)
def a_document_has_a_thousand_pages_at_most(session: Session) -> None:
    """By default a document of 1,000 pages is taken, and one of 1,001 is 35."""
    for pages, code in ((1000, 20), (1001, 35)):
        answer = session.ask(with_files(session, FilePart(documents.pdf(pages))))
        expect_code(code, answer, f"a document of {pages} pages")


SEVERAL: Mapping[str, tuple[FilePart, ...]] = {
    "two of one name": (PDF, PDF),
    "two of two names": (PDF, replace(PDF, field="file2")),
    "three": (PDF, PDF, replace(PDF, field="other")),
    "the second under a name of its own": (replace(PDF, field="document"), PDF),
    "two pictures": (FilePart(documents.png(), "a.png"), FilePart(documents.jpg(), "b.jpg", "file2")),
    "a PDF and a picture": (PDF, FilePart(documents.png(), "picture.png")),
}


@check("code.36", **OF_UPLOADS, rows={"files": SEVERAL, "beside": (*BESIDE, {"fileUrl": URL})})
def several_files_are_36(session: Session, files: str, beside: Mapping[str, str]) -> None:
    """More than one file is 36, whatever the names of the parts are."""
    expect_message(36, session.ask(with_files(session, *SEVERAL[files], **beside)), f"an upload of {files}")


@check("code.45", **OF_UPLOADS, rows={"kind": documents.OTHER_KINDS})
def another_kind_is_45(session: Session, kind: str) -> None:
    """A file that is neither PDF nor JPG nor PNG by its content is 45, whatever its name says."""
    for name, sent_as, beside in zip(("document.pdf", "picture.png"), ("", "image/png"), BESIDE, strict=True):
        draft = with_files(session, FilePart(documents.OTHER_KINDS[kind], name, content_type=sent_as), **beside)
        expect_message(45, session.ask(draft), f"an upload of {kind} named {name} beside {beside}")


LARGE, LONGER = b"words " * SMALL, documents.pdf(PAGES + 1, "word")
FAILING: Mapping[str, tuple[int, tuple[FilePart, ...]]] = {
    "several files, the first too large": (36, (FilePart(LARGE), PDF)),
    "several files, none a document": (36, (FilePart(b"words"), FilePart(b"words", "b.txt", "file2"))),
    "several files of too many pages": (36, (FilePart(LONGER), FilePart(LONGER, "b.pdf", "file2"))),
    "too large, and a text": (34, (FilePart(LARGE),)),
    "too large, and too many pages": (34, (FilePart(LONGER + b"%" * SMALL),)),
    "no document": (30, ()),
    "a text": (45, (FilePart(b"words"),)),
    "too many pages": (35, (FilePart(LONGER),)),
}


@check("order.upload", **OF_UPLOADS, rows={"wrong": FAILING, "left": (MONTH, 0)})
def the_first_thing_wrong_with_an_upload_answers(session: Session, wrong: str, left: int) -> None:
    """Of several things that are wrong with an upload the first is named, and a wrong value before all of them."""
    code, files = FAILING[wrong]
    session.steer.settings(**LIMITS | {"uploads_per_month": left})
    what = f"an upload of {wrong}, when {left} are left in the month"
    expect_code(code, session.ask(with_files(session, *files)), what)
    expect_code(40, session.ask(with_files(session, *files, collectionWidth="x")), f"{what}, with a wrong value")
