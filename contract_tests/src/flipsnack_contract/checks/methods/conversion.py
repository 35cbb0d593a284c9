"""The conversion of a document: its states, and what the methods answer meanwhile and afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from flipsnack_contract.checks.borders import BORDERS, reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import (
    CREATE,
    DELETE,
    EMBED,
    GET,
    LIST,
    PACKAGE,
    STATS,
    UPDATE,
    USER,
    conversion_of,
    hash_of,
    method_named,
    title_of,
    uploaded,
)
from flipsnack_contract.checks.methods.uploads import DOCUMENTS, OF, URL, with_files
from flipsnack_contract.contract import documents
from flipsnack_contract.contract.assertions import expect, expect_code, expect_message
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.methods import options_of, takes_document
from flipsnack_contract.target.session import FilePart, Session

FINAL = ("complete", "failed")


def _conversion(session: Session, collection: str) -> str:
    return conversion_of(session.data(GET, collection))


OF_CONVERSION: Mapping[str, Any] = {"needs": CONTROL, "methods": method_named(GET)}
TIMED = {"after-2s": "complete", "failed-after-2s": "failed", "after-90s": "complete"}


@check("conversion.states", **OF_CONVERSION, rows={"schedule": TIMED})
def processing_then_final_for_good(session: Session, schedule: str) -> None:
    """The conversion is processing until its time has come, then complete or failed, and stays so."""
    session.steer.settings(conversion_schedule=schedule)
    made = session.data(CREATE)
    expect("processing", conversion_of(made), "the conversion in the answer to the upload")
    collection = hash_of(made)
    expect("processing", _conversion(session, collection), "the conversion at first")
    session.wait(100 * SECOND)
    for pause in (0, SECOND, 40 * DAY):
        session.wait(pause)
        expect(TIMED[schedule], _conversion(session, collection), f"a conversion with the schedule {schedule}")


@check("conversion.states", **OF_CONVERSION, rows={"border": BORDERS})
def it_ends_on_the_next_day(session: Session, border: str) -> None:
    """A conversion that goes on at the end of a day, a month or a year ends when its time has come."""
    reach(session, border, short_of=SECOND)
    collection = uploaded(session, "after-2s")
    for pause, state in ((2 * SECOND - 1, "processing"), (1, "complete")):
        session.wait(pause)
        expect(state, _conversion(session, collection), f"a conversion that takes 2 s, across {border}")


@check("conversion.states", **OF_CONVERSION, rows={"state": FINAL})
def a_forced_end_is_reported(session: Session, state: str) -> None:
    """A conversion is processing however often it is asked for, until it ends."""
    collection = uploaded(session)
    for _ in range(4):
        expect("processing", _conversion(session, collection), "the conversion before its end")
        session.wait(SECOND)
    session.steer.convert(collection, state)
    expect(state, _conversion(session, collection), "the conversion after its end")


@check("conversion.states", needs=CONTROL, methods=takes_document, rows={"document": DOCUMENTS})
def each_kind_is_converted(session: Session, document: str) -> None:
    """A document of each kind that is taken, and can be read, is converted."""
    made = hash_of(session.ask(with_files(session, DOCUMENTS[document])).data or {})
    session.wait(10 * SECOND)
    expect("complete", _conversion(session, made), f"the conversion of {document}, ten seconds after its upload")


@check("conversion.failure-is-reported", **OF_CONVERSION)
def a_failed_conversion_is_20(session: Session) -> None:
    """A failed conversion is a status in an answer with code 20, and the collection is all there."""
    collection = uploaded(session, "failed", title="Broken", description="Words")
    answer = session.call(GET, collection)
    expect_code(20, answer, "getCollection of a failed conversion")
    data = answer.data or {}
    expect((collection, "Broken"), (hash_of(data), title_of(data)), "hash and title of a failed conversion")
    expect("Words", data.get("collectionDescription"), "the description of a failed conversion")
    expect("failed", conversion_of(data), "the conversion")


BROKEN = {
    "a PDF that ends after its first line": FilePart(b"%PDF-1.4\n"),
    "a PDF of words": FilePart(b"%PDF-1.4\njust words, and no page\n%%EOF\n"),
    "half a PNG": FilePart(documents.png()[: len(documents.png()) // 2], "picture.png"),
    "half a JPG": FilePart(documents.jpg()[:40], "picture.jpg"),
}


@check("conversion.damaged", needs=CONTROL, methods=method_named(CREATE), rows={"document": BROKEN})
def a_damaged_document_fails_to_convert(session: Session, document: str) -> None:
    """What begins as a PDF, PNG or JPG and cannot be read is taken, and its conversion fails."""
    answer = session.ask(replace(session.draft(), files=(BROKEN[document],)))
    expect_code(20, answer, f"an upload of {document}")
    session.wait(10 * SECOND)
    expect("failed", _conversion(session, hash_of(answer.data or {})), f"the conversion of {document}")


BUSY: Mapping[str, tuple[Mapping[str, str], ...]] = {
    UPDATE: ({"title": "New"}, {}, {"title": ""}, {"collectionStatus": "public"}, {"collectionWidth": "650"}),
    PACKAGE: ({}, {}),
}


@check("code.38", needs=CONTROL, methods=lambda method: method.name in BUSY, rows={"of": OF})
def not_while_it_is_converted_is_38(session: Session, of: str) -> None:
    """update and downloadHTML are 38 while the document is converted, change nothing, and work afterwards."""
    session.steer.settings(conversion_schedule="never")
    url = {"fileUrl": URL} if "URL" in of else {}
    made = session.calling(CREATE)
    collection = hash_of(made.ask(with_files(made, *OF[of], title="Old", **url)).data or {})
    for changes, pause in product(BUSY[session.method.name], (0, 3600 * SECOND, DAY)):
        session.wait(pause)
        answer = session.ask(session.draft(collection, **changes))
        expect_message(38, answer, f"{session.method} with {changes} while the document is converted")
    expect("Old", title_of(session.data(GET, collection)), "the title after a refused call")
    session.steer.convert(collection, "complete")
    expect("Old", title_of(session.data(GET, collection)), "the title after the conversion")
    expect("NEW", session.steer.job_state(collection), "the package after the conversion, which was refused before")
    expect_code(20, session.ask(session.draft(collection)), f"{session.method} after the conversion")


IDLE = (GET, EMBED, STATS, LIST, USER, DELETE)


@check("conversion.others-answer", needs=CONTROL, methods=lambda method: method.name in IDLE)
def the_others_work_while_it_is_converted(session: Session) -> None:
    """While the document is converted, every other method answers 20, also with all its parameters."""
    single = ({one.name: value} for one in session.method.parameters for value in one.right_values if not one.required)
    for options in ({}, options_of(session.method), *single):
        answer = session.ask(session.draft(uploaded(session), **options))
        expect_code(20, answer, f"{session.method} with {options} while the document is converted")


@check("conversion.then-package", needs=CONTROL, methods=method_named(PACKAGE), rows={"state": FINAL})
def the_package_follows_the_conversion(session: Session, state: str) -> None:
    """A collection that was converted has a package; one whose conversion failed is FAILED."""
    collection = uploaded(session)
    session.steer.settings(default_schedule="immediate")
    session.steer.convert(collection, state)
    answer = session.ask(session.draft(collection))
    expect_code(20, answer, f"a call for the package of a collection whose conversion is {state}")
    expect(state.upper(), answer.state, f"the package of a collection whose conversion is {state}")
    for pause in (60 * SECOND, 40 * DAY):
        session.wait(pause)
        answer = session.ask(session.draft(collection))
        expect(state.upper(), answer.state, f"the package, later, of a collection whose conversion is {state}")
    if state == "complete":
        expect(True, session.serves(str(answer.resource_url)), "the package of an uploaded document is served")
