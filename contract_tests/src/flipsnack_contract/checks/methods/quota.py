"""The month's uploads: which of them count, and when they are free again."""

from collections.abc import Callable, Mapping

from flipsnack_contract.checks.borders import MONTH_ENDS, MONTHS, reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import DELETE, GET, LIST, hash_of, hashes_in, uploads_left
from flipsnack_contract.checks.methods.uploads import (
    EXACT,
    MONTH,
    OF_UPLOADS,
    PAGES,
    PDF,
    URL,
    at_small_limits,
    with_files,
)
from flipsnack_contract.checks.request_cases import MISTAKES, RequestCase
from flipsnack_contract.contract import documents
from flipsnack_contract.contract.assertions import Violation, expect, expect_code, expect_message
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.ledger import named
from flipsnack_contract.contract.methods import methods, takes_document
from flipsnack_contract.target.session import ABSENT, CallDraft, FilePart, Session

(UPLOADING,) = filter(takes_document, methods())


def _mistaken(mistake: RequestCase) -> Callable[[Session], CallDraft]:
    return lambda session: mistake.make(session, session.draft())


def _used_up(session: Session) -> CallDraft:
    for _ in range(5):
        session.ask(session.calling(LIST).draft(), paced=False)
    return session.draft()


REFUSALS: Mapping[str, Callable[[Session], CallDraft]] = {
    **{
        f"one with {one.name}": _mistaken(one)
        for one in MISTAKES
        if one.paced and "alone" not in one.needs and one.suits(UPLOADING)
    },
    "one that a limit refuses": _used_up,
    "one with another wrong value": lambda session: session.draft(collectionStatus="secret"),
    "one of a wrong kind": lambda session: with_files(session, FilePart(documents.OTHER_KINDS["zeros"])),
    "one that is too large": lambda session: with_files(session, FilePart(EXACT + b"%")),
    "one of too many pages": lambda session: with_files(session, FilePart(documents.pdf(PAGES + 1))),
    "one of two files": lambda session: with_files(session, PDF, PDF),
    "one without a file": lambda session: with_files(session, FilePart(b"")),
}


@check("code.33", **OF_UPLOADS)
def the_month_used_up_is_33(session: Session) -> None:
    """After the month's last upload every further one is 33."""
    at_small_limits(session)
    for number in range(MONTH):
        expect_code(20, session.ask(session.draft()), f"upload {number + 1} of {MONTH}")
    picture = with_files(session, FilePart(documents.png(), "picture.png"))
    for draft in (
        session.draft(),
        picture,
        with_files(session, fileUrl=URL),
        session.draft(collectionStatus="editable"),
    ):
        expect_message(33, session.ask(draft), "an upload when the month is used up")


@check("upload.refused-not-counted", **OF_UPLOADS, rows={"refused": REFUSALS})
def a_refused_upload_is_free(session: Session, refused: str) -> None:
    """Refused uploads leave the month as it is: all of its uploads can still be made."""
    at_small_limits(session)
    for _ in range(MONTH + 1):
        limited = refused == "one that a limit refuses"
        answer = session.read(session.send(REFUSALS[refused](session), paced=not limited))
        session.steer.maintenance(on=False)
        if answer.code in (20, 33):
            what = f"{refused} is refused for what is wrong with it, not for the month"
            raise Violation(what, "another code", named(answer.code), rule="limit.per-second" if limited else None)
    for number in range(MONTH):
        expect_code(20, session.ask(session.draft()), f"upload {number + 1} of {MONTH} after refused ones")


@check("upload.refused-not-counted", **OF_UPLOADS)
def an_upload_beyond_the_month_is_free(session: Session) -> None:
    """Uploads that were refused because the month was used up do not count when it has more later."""
    at_small_limits(session)
    for code in (20, 20, 33, 33, 33):
        expect_code(code, session.ask(session.draft()), f"an upload in a month of {MONTH}")
    session.steer.settings(uploads_per_month=MONTH + 3)
    expect(3, uploads_left(session), f"the uploads left of {MONTH + 3}, after {MONTH} and refused ones")
    for code in (20, 20, 20, 33):
        expect_code(code, session.ask(session.draft()), f"an upload in a month of {MONTH + 3}, after refused ones")


@check("upload.failed-counts", **OF_UPLOADS, rows={"schedule": ("failed", "failed-after-2s")})
def a_failed_conversion_is_counted(session: Session, schedule: str) -> None:
    """An upload that was accepted counts although its conversion fails, and although it is deleted."""
    at_small_limits(session)
    session.steer.settings(conversion_schedule=schedule)
    for _ in range(MONTH):
        data = session.ask(session.draft()).data or {}
        session.wait(3 * SECOND)
        session.call(GET, hash_of(data))
        session.call(DELETE, hash_of(data))
    expect_code(33, session.ask(session.draft()), "an upload after a month of failed ones")


@check("upload.quota", **OF_UPLOADS, rows={"border": MONTHS})
def a_new_month_frees_all_uploads(session: Session, border: str) -> None:
    """The month's uploads stay used up until its last microsecond, for all its days; with the next all are free."""
    at_small_limits(session)
    reach(session, border, short_of=27 * DAY)
    for _ in range(MONTH):
        expect_code(20, session.ask(session.draft()), "an upload of this month")
    for day in range(1, 27, 6):
        reach(session, border, short_of=(27 - day) * DAY)
        expect_code(33, session.ask(session.draft(), paced=False), f"an upload {day} days after the month was used up")
    reach(session, border, short_of=1)
    expect_code(33, session.ask(session.draft(), paced=False), "an upload in the last microsecond of the month")
    session.wait(1)
    for _ in range(MONTH):
        expect_code(20, session.ask(session.draft(), paced=False), "an upload of the next month")
    expect_code(33, session.ask(session.draft(), paced=False), "one more in the next month")


@check("upload.quota", **OF_UPLOADS, rows={"used": range(MONTH + 1), "months": (1, 2)})
def nothing_is_carried_over(session: Session, used: int, months: int) -> None:
    """A month has its uploads and no more, however few were made in the months before."""
    at_small_limits(session)
    for _ in range(used):
        session.ask(session.draft())
    session.wait(months * 31 * DAY)
    for _ in range(MONTH):
        expect_code(20, session.ask(session.draft()), f"an upload after a month with {used}")
    expect_code(33, session.ask(session.draft()), f"one more after a month with {used}")


@check("upload.quota", **OF_UPLOADS)
def a_month_of_another_year_is_another(session: Session) -> None:
    """Each month has all its uploads, whatever the month before, and the same month of the year before had."""
    at_small_limits(session)
    reach(session, "the end of a year")
    for number in range(26):
        expect(MONTH, uploads_left(session), f"the uploads left at the beginning of month {number + 1}")
        session.ask(session.draft())
        expect(MONTH - 1, uploads_left(session), f"the uploads left after one in month {number + 1}")
        reach(session, MONTH_ENDS)
    session.wait(370 * DAY)
    expect(MONTH, uploads_left(session), "the uploads left in the same month of the next year")


@check("upload.quota", needs=CONTROL, methods=takes_document)
def the_month_has_a_thousand(session: Session) -> None:
    """By default a month has 1,000 uploads, and no day of it has less."""
    reach(session, "the end of a year")
    for left in (1000, 999, 998):
        expect(left, uploads_left(session), "the uploads left in January")
        session.ask(session.draft())
        session.wait(DAY)


DOCUMENTS: Mapping[str, Callable[[Session], CallDraft]] = {
    "a PDF": lambda session: session.draft(),
    "a picture": lambda session: with_files(session, FilePart(documents.png(), "picture.png")),
    "a URL": lambda session: with_files(session, fileUrl="https://example.com/a.pdf"),
    "a URL beside a file": lambda session: session.draft(fileUrl="https://example.com/a.pdf"),
    "a document that cannot be read": lambda session: with_files(session, FilePart(b"%PDF-1.4\n")),
    "an editable collection": lambda session: session.draft(collectionStatus="editable"),
    "the same document again": lambda session: session.draft(),
}


@check("upload.quota", **OF_UPLOADS)
def every_upload_counts(session: Session) -> None:
    """Each upload takes one, whatever is uploaded and however."""
    at_small_limits(session)
    session.steer.settings(uploads_per_month=len(DOCUMENTS))
    for number, (name, draft) in enumerate(DOCUMENTS.items(), 1):
        expect_code(20, session.ask(draft(session)), f"an upload of {name}")
        expect(len(DOCUMENTS) - number, uploads_left(session), f"the uploads left after one of {name}")
    session.data(DELETE, next(iter(hashes_in(session.data(LIST))), ABSENT))
    expect(0, uploads_left(session), "the uploads left after one was deleted")
