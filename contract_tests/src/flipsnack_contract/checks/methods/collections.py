"""A collection: the object that describes it, and how update and deleteCollection change it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.events import EVENTS, PUBLISHING, happen, prepared
from flipsnack_contract.checks.methods.uploaded import (
    CREATE,
    DELETE,
    FIELD_OF,
    GET,
    LIST,
    PACKAGE,
    UPDATE,
    hash_of,
    hashes_in,
    method_named,
    title_of,
    uploaded,
)
from flipsnack_contract.checks.request_cases import texts
from flipsnack_contract.contract.assertions import Unsuitable, expect, expect_code
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import Method, takes_collection
from flipsnack_contract.target.session import Session


def returns_collection(method: Method) -> bool:
    """Chooses the methods that answer with a collection."""
    return method.returns == "collection"


# --- the collection object -------------------------------------------------------------------------------------------


@check("collection.object", needs=CONTROL, methods=method_named(GET), rows={"event": EVENTS})
def get_and_update_show_the_same_after_all(session: Session, event: str) -> None:
    """getCollection and update show the same object, whatever happened, and each collection has one of its own."""
    other = session.data(GET, prepared(session, title="Other", description="Words", collectionWidth="77"))
    collection = happen(session, event, prepared(session))
    expect(session.data(GET, collection), session.data(UPDATE, collection), f"the object after {event}")
    expect(other, session.data(GET, hash_of(other)), f"the object of another collection, after {event}")


@check("collection.object", needs=CONTROL, methods=method_named(GET))
def create_get_and_update_show_the_same(session: Session) -> None:
    """create, getCollection and update answer with the same object, as long as nothing changes."""
    session.steer.settings(conversion_schedule="immediate")
    made = session.data(CREATE, title="Same", description="in all", collectionWidth="500")
    collection = hash_of(made)
    seen = session.data(GET, collection)
    expect(seen, session.data(UPDATE, collection), "the object of an update that changes nothing")
    expect(seen, session.data(GET, collection), "the object when it is asked for again")
    expect(sorted(seen), sorted(made), "the names in the answer of create")
    for name in made.keys() - {"flipbooks"}:
        expect(made[name], seen[name], f"{name} after create")


@check("collection.thumbnail", needs=CONTROL, methods=method_named(GET), rows={"event": EVENTS})
def the_thumbnail_is_a_picture(session: Session, event: str) -> None:
    """The URL of the thumbnail, where the object has one, answers with an image, whatever happened.

    It does so while the document is converted, and when that failed.
    """
    others = (uploaded(session, state) for state in ("never", "failed"))
    for collection in (session.collection(), *others, happen(session, event, prepared(session))):
        url = session.data(GET, collection).get("collectionThumbnail")
        if url is None:
            raise Unsuitable("the object has no collectionThumbnail, which is an invented name")
        reply = session.get(str(url))
        found = (reply.status, reply.content_type.partition("/")[0], bool(reply.body))
        expect((200, "image", True), found, "HTTP status, kind and body of the thumbnail")


@check("collection.empty-texts", needs=CONTROL, methods=returns_collection)
def an_unset_text_is_empty(session: Session) -> None:
    """A description that was never given is an empty text, or one that the document has: never null or absent."""
    data = session.ask(session.draft()).data or {}
    for name in ("collectionTitle", "collectionDescription"):
        expect(True, isinstance(data.get(name), str), f"{name} is a text, not {data.get(name)!r}")


@check("collection.empty-texts", needs=CONTROL, methods=method_named(CREATE))
def an_empty_description_stays_empty(session: Session) -> None:
    """A description that was given empty is an empty text."""
    data = session.data(CREATE, title="T", description="")
    expect("", data.get("collectionDescription"), "the description that was given empty")


# --- update ----------------------------------------------------------------------------------------------------------

CHANGES: Mapping[str, Mapping[str, str]] = {
    "the title": {"title": "New & better"},
    "the description": {"description": "日本 <i>x</i>"},
    "the size": {"collectionWidth": "1200", "collectionHeight": "1"},
    "the width": {"collectionWidth": "77"},
    "the status": {"collectionStatus": "public"},
    "long texts": {"title": "Wörter & mehr " * 100, "description": "a word " * 1500},
    "a great width": {"collectionWidth": "9" * 15},
    "everything": {"title": "A", "description": "B", "collectionWidth": "2", "collectionHeight": "3"}
    | {"collectionStatus": "public"},
}
BEFORE = {
    "title": "Old",
    "description": "Words",
    "collectionWidth": "640",
    "collectionHeight": "480",
    "collectionStatus": "unlisted",
}
OF_UPDATE: Mapping[str, Any] = {"needs": CONTROL, "methods": method_named(UPDATE)}


def _require_changed(session: Session, collection: str, changes: Mapping[str, str], rule_of: str) -> None:
    before = session.data(GET, collection)
    answered = session.data(UPDATE, collection, **changes)
    for what, data in (
        ("the answer of update", answered),
        ("getCollection after update", session.data(GET, hash_of(answered))),
    ):
        for name, value in before.items():
            if name == "flipbooks" or collection in str(value):
                continue  # An item may have the title of its collection. Publishing gives another hash.
            given = {FIELD_OF.get(one, one): new for one, new in changes.items()}.get(name)
            if rule_of == "sets" and given is not None:
                expect(given, str(data.get(name)), f"{name} in {what}")
            if rule_of == "keeps" and given is None:
                expect(value, data.get(name), f"{name}, which update was not given, in {what}")


@check(
    "update.sets", **OF_UPDATE, rows={"changes": CHANGES}, varies={"changes": st.fixed_dictionaries({"title": texts})}
)
def update_sets_what_it_is_given(session: Session, changes: str | Mapping[str, str]) -> None:
    """update sets title, description, size and status, in its answer and from then on."""
    given = CHANGES[changes] if isinstance(changes, str) else changes
    _require_changed(session, uploaded(session, "immediate", **BEFORE), given, "sets")


@check("update.keeps", **OF_UPDATE, rows={"changes": CHANGES, "status": ("unlisted", "editable")})
def update_keeps_the_rest(session: Session, changes: str, status: str) -> None:
    """What update is not given stays as it was, also when the update publishes the collection."""
    collection = uploaded(session, "immediate", **{**BEFORE, "collectionStatus": status})
    _require_changed(session, collection, CHANGES[changes], "keeps")


@check("update.keeps", **OF_UPDATE, rows={"event": EVENTS})
def update_keeps_what_was_set_before(session: Session, event: str) -> None:
    """An update keeps what an earlier one set, whatever happened in between."""
    collection = prepared(session)
    session.data(UPDATE, collection, description="Set before", collectionHeight="77")
    found = session.data(UPDATE, happen(session, event, collection), collectionStatus="public")
    shown = found.get("collectionDescription"), found.get("collectionHeight")
    expect(("Set before", 77), shown, f"the description and height that were set before {event}")


@check("update.empty-text", **OF_UPDATE, rows={"name": ("title", "description")})
def an_empty_text_is_set(session: Session, name: str) -> None:
    """An empty title or description is set empty, not taken for one that was left out."""
    collection = uploaded(session, "immediate", **BEFORE)
    session.data(UPDATE, collection, **{name: ""})
    expect("", session.data(GET, collection).get(FIELD_OF[name]), f"the {name} that was set empty")


@check("update.sets", **OF_UPDATE)
def a_public_collection_becomes_unlisted(session: Session) -> None:
    """A public collection can be made unlisted."""
    collection = uploaded(session, "immediate")
    session.data(UPDATE, collection, collectionStatus="unlisted")
    expect("unlisted", session.data(GET, collection).get("collectionStatus"), "the status that was set")


PUBLISHED = ("public", "unlisted")


def _published(session: Session, status: str) -> tuple[str, str]:
    """The temporary hash of an editable collection, and the one that publishing gave it."""
    before = uploaded(session, "immediate", collectionStatus="editable", title="Draft")
    return before, hash_of(session.data(UPDATE, before, collectionStatus=status))


@check("update.publishing-renames", **OF_UPDATE, rows={"status": PUBLISHED})
def publishing_gives_a_new_hash(session: Session, status: str) -> None:
    """Publishing an editable collection gives it a new hash, which the answer and the list have."""
    before, after = _published(session, status)
    expect(True, before != after, "publishing gives another hash")
    data = session.data(GET, after)
    expect(
        (after, status, "Draft"), (hash_of(data), data.get("collectionStatus"), title_of(data)), "what was published"
    )
    expect([after], hashes_in(session.data(LIST)), "the hashes in the list")
    session.data(UPDATE, after, collectionStatus="editable")
    again = hash_of(session.data(UPDATE, after, collectionStatus=status))
    expect(False, again in (before, after), "publishing it once more gives the same hash again")


@check("update.publishing-renames", **OF_UPDATE)
def a_change_without_publishing_keeps_the_hash(session: Session) -> None:
    """An update that leaves an editable collection editable, or a published one published, keeps its hash."""
    for status, changes in (("editable", {"title": "B"}), ("public", {"collectionStatus": "unlisted"})):
        collection = uploaded(session, "immediate", collectionStatus=status)
        expect(collection, hash_of(session.data(UPDATE, collection, **changes)), f"the hash of an {status} collection")


@check("update.temporary-hash-dies", needs=CONTROL, methods=takes_collection, rows={"event": EVENTS})
def the_temporary_hash_is_43(session: Session, event: str) -> None:
    """After publishing the temporary hash is 43 for every method, also when they were called with it before."""
    before = prepared(session)
    after = hash_of(session.data(UPDATE, before, collectionStatus="public"))
    after = happen(session, event, after)
    expect_code(43, session.ask(session.draft(before)), f"{session.method} with the temporary hash, after {event}")
    expect_code(20, session.ask(session.draft(after)), f"{session.method} with the new hash, after {event}")


# --- deleteCollection ------------------------------------------------------------------------------------------------

OF_DELETE: Mapping[str, Any] = {"needs": CONTROL, "methods": method_named(DELETE)}


@check("delete.no-data", **OF_DELETE, rows={"form": ("json", "jsonp", "xml")})
def deleting_has_no_data(session: Session, form: str) -> None:
    """deleteCollection is 20 without data, in every format."""
    answer = session.call(DELETE, session.collection(), format=form, **({"callback": "f"} if form == "jsonp" else {}))
    expect_code(20, answer, "deleteCollection")
    expect(None, answer.data, "the data of deleteCollection")


@check(
    "delete.gone",
    needs=CONTROL,
    methods=takes_collection,
    rows={"schedule": ("immediate", "after-2s", "failed-after-2s"), "event": ("nothing", PUBLISHING, "forty days")},
)
def a_deleted_collection_is_43_for_every_method(session: Session, schedule: str, event: str) -> None:
    """After deleteCollection every method is 43 for the collection, a second deleteCollection too; others stay.

    It stays deleted when its conversion or its package would end, and when the same happens to another one.
    """
    other, gone = prepared(session), uploaded(session, schedule)
    session.steer.settings(default_schedule="after-2s")
    session.call(PACKAGE, gone)
    session.data(DELETE, gone)
    for pause, happens in ((0, "nothing"), (5 * SECOND, event)):
        session.wait(pause)
        other = happen(session, happens, other)
        expect_code(43, session.ask(session.draft(gone)), f"{session.method} of a deleted collection, after {happens}")
        for query in ({}, {"query": "document"}):
            expect(
                [other], hashes_in(session.data(LIST, **query)), f"the hashes in the list with {query}, after {happens}"
            )
    expect_code(20, session.ask(session.draft(other)), f"{session.method} of the other collection")


@check("delete.gone", **OF_DELETE)
def a_refused_deletion_deletes_nothing(session: Session) -> None:
    """A deleteCollection that is refused, for its signature or for another key's collection, deletes nothing."""
    collection = session.collection()
    draft = session.calling(DELETE).draft(collection)
    expect_code(44, session.ask(replace(draft, signature="0" * 32)), "deleteCollection with a wrong signature")
    other = session.another()
    expect_code(43, other.call(DELETE, collection), "deleteCollection by another key")
    expect_code(20, session.call(GET, collection), "getCollection after refused deletions")


@check("delete.url-lives", **OF_DELETE)
def a_link_outlives_its_collection(session: Session) -> None:
    """A resource URL that was handed out before the deletion serves for the rest of its minute, and not longer."""
    collection = session.collection("immediate")
    url = str(session.data(PACKAGE, collection).get("resourceUrl"))
    session.data(DELETE, collection)
    expect(True, session.serves(url), "the resource URL of a collection that was deleted since")
    session.wait(61 * SECOND)
    expect(403, session.get(url).status, "the HTTP status after its minute")
