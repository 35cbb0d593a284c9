"""What each rule says of a collection, looked at after every event, and after every event behind every other one."""

from collections.abc import Iterator, Mapping
from itertools import cycle, islice

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.fields import require_fields
from flipsnack_contract.checks.methods.comparison import LOOKS
from flipsnack_contract.checks.methods.packages import files_in
from flipsnack_contract.checks.methods.stage import EVENTS, Stage, follow, staged
from flipsnack_contract.checks.methods.uploaded import (
    DELETE,
    EMBED,
    GET,
    LIST,
    PACKAGE,
    STATS,
    UPDATE,
    USER,
    conversion_of,
    hashes_in,
    method_named,
)
from flipsnack_contract.checks.request_cases import FORMATS
from flipsnack_contract.checks.situations.asked import EMBEDS, LISTS, STATISTICS, spread
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.contract.assertions import Unsuitable, expect, expect_code, require
from flipsnack_contract.contract.clock import MINUTE
from flipsnack_contract.contract.library import Parameters
from flipsnack_contract.target.session import Session

# --- after each event ------------------------------------------------------------------------------------------------


@check("collection.object", needs=CONTROL, methods=method_named(GET))
def the_object_is_right_whatever_happens(session: Session) -> None:
    """getCollection shows what was set last, of that collection and of others, and update shows the same."""
    for stage, event, form in follow(session):
        for one in stage.collections:
            stage.mine.look(GET, one, form, {})
        shown = session.data(GET, stage.subject)
        expect(shown, session.data(UPDATE, stage.subject), f"the object of an update of nothing, after {event}")


@check("update.keeps", needs=CONTROL, methods=method_named(UPDATE))
def the_rest_is_kept_whatever_happens(session: Session) -> None:
    """An update keeps what it is not given, whatever happened before."""
    for stage, _, form in follow(session):
        for given in (
            {"description": "Set before"},
            {"collectionWidth": "7"},
            {"title": ""},
            {"collectionHeight": "9"},
        ):
            stage.subject = stage.mine.update(stage.subject, form, given)
        stage.mine.look(GET, stage.subject, form, {})


MARKS: Parameters = {"title": "No. #1? a/b;c=%20&é", "description": "100 %", "collectionStatus": "editable"}
"""Texts that a server may use in an address."""


@check("collection.thumbnail", needs=CONTROL, methods=method_named(GET))
def the_thumbnail_is_a_picture(session: Session) -> None:
    """The URL of the thumbnail answers with an image, whatever happened, while the document is converted too."""
    _require_picture(session, session.collection(), "nothing")
    for stage, event, _ in follow(session.another()):
        of_kinds = () if stage.gone else [stage.mine.upload(what, "after-2s", "json", MARKS) for what in DOCUMENTS]
        for one in (*stage.collections, *of_kinds):
            _require_picture(stage.session, one, event)


def _require_picture(session: Session, collection: str, event: str) -> None:
    url = session.data(GET, collection).get("collectionThumbnail")
    if url is None:
        raise Unsuitable("the object has no collectionThumbnail, which is an invented name")
    reply = session.get(str(url))
    found = (reply.status, reply.content_type.partition("/")[0], bool(reply.body))
    expect((200, "image", True), found, f"HTTP status, kind and body of the thumbnail, after {event}")


@check("update.temporary-hash-dies", needs=CONTROL, methods=method_named(UPDATE))
def a_temporary_hash_stays_43(session: Session) -> None:
    """After publishing the temporary hash is 43 for every method for good, whatever happens to its collection."""
    for stage, event, _ in follow(session):
        _require_dead(stage, stage.mine.model.gone, event)


@check("delete.gone", needs=CONTROL, methods=method_named(DELETE))
def a_deleted_collection_stays_43(session: Session) -> None:
    """A deleted collection is 43 for every method for good, and in no list, however it is asked for."""
    ways = cycle(spread(LISTS))
    for stage, event, _ in follow(session):
        _require_dead(stage, stage.gone, event)
        for asked in ({}, {"query": "spring"}, {"collectionStatus": "unlisted"}, next(ways)):
            found = set(hashes_in(session.data(LIST, **asked)))
            expect(set(), found & {*stage.gone}, f"deleted collections in the list with {asked}, after {event}")


def _require_dead(stage: Stage, hashes: list[str], event: str) -> None:
    # All methods, with the first and the last of them in turn; which comes first changes from event to event.
    tried = (hashes[:1] + hashes[-1:])[:: 1 if len(event) % 2 else -1]
    for name, one in zip((*LOOKS, UPDATE, DELETE), cycle(tried)):
        expect_code(43, stage.session.call(name, one), f"{name} of {one}, which is no more, after {event}")


@check("conversion.states", needs=CONTROL, methods=method_named(GET))
def a_conversion_stays_as_it_is(session: Session) -> None:
    """A conversion that is complete or failed stays so, and one that never ends is processing, whatever happens."""
    for stage, event, _ in follow(session):
        wanted = dict(zip(stage.collections, ("complete", "complete", "failed", "processing"), strict=True))
        found = {one: conversion_of(session.data(GET, one)) for one in wanted}
        expect(wanted, found, f"the conversions after {event}")


@check("job.never-goes-back", needs=CONTROL, methods=method_named(PACKAGE))
def a_package_stays_as_it_is(session: Session) -> None:
    """A package that is COMPLETE or FAILED stays so, whatever happens to its collection."""
    broken, changes = "", cycle(({"title": "Broken"}, {"collectionStatus": "public"}, {"collectionStatus": "editable"}))
    for stage, event, form in follow(session):
        broken = stage.mine.update(broken, form, next(changes)) if broken else stage.without_package()
        wanted = {stage.subject: "COMPLETE", stage.other: "COMPLETE", stage.failed: "FAILED", broken: "FAILED"}
        for one, state in wanted.items():
            expect(state, stage.mine.look(PACKAGE, one, form, {}).state, f"a package that was {state}, after {event}")


@check("url.package", needs=CONTROL, methods=method_named(PACKAGE))
def a_package_is_that_of_its_collection(session: Session) -> None:
    """As long as title and document stay, later links serve the same bytes; each collection has its own."""
    known: dict[tuple[str, str], bytes] = {}
    shown: dict[tuple[int, str], Mapping[str, bytes]] = {}
    etags: dict[str, bytes] = {}
    for stage, event, _ in follow(session):
        for one in (stage.subject, stage.other):
            reply = session.get(session.resource_url(one))
            body, etag = reply.body, reply.headers.get("etag", "")
            found = stage.mine.model.find(one)
            title = found.title if found else ""
            before = known.setdefault((one, title), body)
            expect(True, before == body, f"the package of {title!r} is the same as before, after {event}")
            # It stays the same collection when publishing gives it another hash, which may be in the package.
            files = files_in(body, one)
            expect(
                shown.setdefault((id(found), title), files), files, f"the files in the package of {title!r}, {event}"
            )
            same = etags.setdefault(etag, body) == body
            require(True, same, f"packages with the ETag {etag!r} are the same, after {event}", "url.validators")
        expect(True, len(set(known.values())) >= 2, "two collections have different packages")


@check("url.lives-60s", needs=CONTROL, methods=method_named(PACKAGE))
def a_link_outlives_what_happens(session: Session) -> None:
    """A resource URL serves for its minute, and not after it, whatever happens meanwhile."""
    links: list[tuple[str, int]] = []
    for stage, event, _ in follow(session):
        for url, since in links:
            age = session.clock.now - since
            expect(
                age < MINUTE, session.serves(url), f"a resource URL serves {age / 1e6:.6f} s after its answer, {event}"
            )
        links = [(session.resource_url(one), session.clock.now) for one in (stage.other, stage.other)]


@check("embed.code", needs=CONTROL, methods=method_named(EMBED))
def the_code_is_right_whatever_happens(session: Session) -> None:
    """The address names the present hash; size and first page are those asked for, else the present ones."""
    ways = cycle(spread(EMBEDS))
    for stage, _, form in follow(session):
        for one in stage.collections:
            stage.mine.look(EMBED, one, form, next(ways))
        stage.mine.look(EMBED, stage.subject, form, {})


@check("stats.fields", needs=CONTROL, methods=method_named(STATS))
def the_sums_are_right_whatever_happens(session: Session) -> None:
    """Sums, days and pages are those of that collection, whatever happened to it, whatever is asked for together."""
    ways = cycle(spread(STATISTICS))
    for stage, _, form in follow(session):
        for one in stage.collections:
            stage.mine.look(STATS, one, form, next(ways))
        stage.mine.look(STATS, stage.subject, form, {"includePageStats": "true"})


@check("user.sums", needs=CONTROL, methods=method_named(USER))
def the_account_is_right_whatever_happens(session: Session) -> None:
    """The sums of all collections, and the uploads left, are right whatever happened."""
    for stage, _, form in follow(session):
        stage.mine.summed(form)


@check("list.own", needs=CONTROL, methods=method_named(LIST))
def the_list_is_right_whatever_happens(session: Session) -> None:
    """The list has the collections that are there, as they are now, in the right order and part."""
    ways = cycle(spread(LISTS))
    for stage, _, form in follow(session):
        for asked in (*ASKED_AGAIN, *islice(ways, 4)):
            stage.mine.listed(form, asked)


@check("answer.fields", needs=CONTROL, methods=method_named(GET))
def data_has_its_fields_whatever_happens(session: Session) -> None:
    """The data of every method has its fields, whatever happened, and where a list has some of the collections only."""
    for stage, event, _ in follow(session):
        for name, asked in SHOWN:
            looking = session.calling(name)
            answer = looking.ask(looking.draft(stage.subject, **asked))
            require_fields(looking.method.fields, answer.data or {}, f"the data of {name} after {event}")


ASKED_AGAIN: tuple[Parameters, ...] = (
    *({}, {"query": "spring"}, {"query": "winter"}, {"collectionStatus": "public"}, {"orderMode": "asc", "to": "1"}),
    {"query": "r", "collectionStatus": "unlisted"},
)
"""What is asked for after every event, so that an answer that was kept shows."""
SHOWN: tuple[tuple[str, Parameters], ...] = (
    *((name, {}) for name in (GET, EMBED, USER, UPDATE)),
    (STATS, {"includePageStats": "true"}),
    *((LIST, {"collectionStatus": status}) for status in ("public", "unlisted", "editable")),
)
"""Methods, and parameters with which they show a part only."""


def _in_turn(first: str) -> Iterator[str]:
    """The first event before and after each that stands behind it in the table."""
    names = list(EVENTS)
    for second in names[names.index(first) :]:
        yield from (first, second)


@check("history.agrees", needs=CONTROL, rows={"first": EVENTS})
def every_event_follows_every_other(session: Session, first: str) -> None:
    """Whatever happens after whatever, every method answers as the rules say, about that collection and another."""
    stage = staged(session)
    shown = (
        (name, way)
        for ways in zip(spread(EMBEDS), cycle(spread(STATISTICS)))
        for name, way in zip((EMBED, STATS), ways, strict=True)
    )
    asked = cycle(zip(spread(LISTS), cycle(shown), cycle(FORMATS)))
    for event in _in_turn(first):
        session.trace.add(f"{event} happens to {stage.subject}")
        EVENTS[event](stage)
        listed, looked, form = next(asked)
        for name in (GET, PACKAGE):
            stage.mine.look(name, stage.subject, form, {})
        stage.mine.look(looked[0], stage.subject, form, looked[1])
        stage.mine.listed(form, {})
        stage.mine.listed(form, listed)
        stage.mine.summed(form)
