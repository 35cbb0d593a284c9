"""A collection: the object that describes it, and how update and deleteCollection change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import (
    CREATE,
    DELETE,
    FIELD_OF,
    GET,
    LIST,
    PACKAGE,
    UPDATE,
    every_part_of,
    hash_of,
    hashes_in,
    method_named,
    title_of,
    uploaded,
)
from flipsnack_contract.checks.request_cases import texts
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import Method
from flipsnack_contract.target.session import Session


def returns_collection(method: Method) -> bool:
    """Chooses the methods that answer with a collection."""
    return method.returns == "collection"


# --- the collection object -------------------------------------------------------------------------------------------


TEXTS = ("Same", "", " a  b ", "a word " * 300, "<b>&amp;</b>", "é 日本 😀", "a\nb", "0", "null", "\\'\"%")


@check("collection.object", needs=CONTROL, methods=method_named(GET), rows={"text": TEXTS})
def create_get_and_update_show_the_same(session: Session, text: str) -> None:
    """create, getCollection and update answer with the same object, as long as nothing changes."""
    session.steer.settings(conversion_schedule="immediate")
    made = session.data(CREATE, title=text, description=text, collectionWidth="500")
    collection = hash_of(made)
    seen = session.data(GET, collection)
    expect(seen, session.data(UPDATE, collection), "the object of an update that changes nothing")
    expect(seen, session.data(GET, collection), "the object when it is asked for again")
    expect(sorted(seen), sorted(made), "the names in the answer of create")
    for name in made.keys() - {"flipbooks"}:
        expect(made[name], seen[name], f"{name} after create")


@check("collection.empty-texts", needs=CONTROL, methods=returns_collection)
def an_unset_text_is_empty(session: Session) -> None:
    """A description that was never given is an empty text, or one that the document has: never null or absent."""
    for given in ({}, {"description": ""} if session.method.takes("description") else {}):
        data = session.ask(session.draft(**given)).data or {}
        for name in ("collectionTitle", "collectionDescription"):
            expect(True, isinstance(data.get(name), str), f"{name} is a text, not {data.get(name)!r}")
        expect("", data.get("collectionDescription") if given else "", "the description that was given empty")


# --- update ----------------------------------------------------------------------------------------------------------

CHANGES: Mapping[str, Mapping[str, str]] = {
    **every_part_of(
        {
            "title": "New & better",
            "description": "日本 <i>x</i>",
            "collectionWidth": "1200",
            "collectionHeight": "010",
            "collectionStatus": "public",
        }
    ),
    "status and height": {"collectionStatus": "unlisted", "collectionHeight": "33"},
    "long texts": {"title": "Wörter & mehr " * 100, "description": "a word " * 1500},
    "a great width": {"collectionWidth": "9" * 15},
    "what is taken for nothing": {"title": "0", "description": "null"},
    "a blank": {"title": " ", "description": "a\r\n\U0001f600 b"},
}
BEFORE = {
    "title": "Old",
    "description": "Words",
    "collectionWidth": "640",
    "collectionHeight": "480",
    "collectionStatus": "unlisted",
}
STATUSES = ("unlisted", "editable", "public")
OF_UPDATE: Mapping[str, Any] = {"needs": CONTROL, "methods": method_named(UPDATE)}


def _require_changed(session: Session, collection: str, changes: Mapping[str, str]) -> None:
    before = session.data(GET, collection)
    answered = session.data(UPDATE, collection, **changes)
    given = {FIELD_OF.get(one, one): new for one, new in changes.items()}
    for what, data in (
        ("the answer of update", answered),
        ("getCollection after update", session.data(GET, hash_of(answered))),
        ("getList after update", next(iter(session.data(LIST).get("collections") or ({},)))),
    ):
        for name, value in sorted(before.items(), key=lambda item: item[0] not in given):
            if name not in data and "getList" in what:
                continue
            if name == "flipbooks" or collection in str(value):
                continue  # An item may have the title of its collection. Publishing gives another hash.
            if name not in given:
                require(value, data.get(name), f"{name}, which update was not given, in {what}", "update.keeps")
                continue
            wanted = int(given[name]) if isinstance(value, int) else given[name]
            require(wanted, data.get(name), f"{name} in {what}", "update.sets")


@check(
    "update.sets",
    **OF_UPDATE,
    rows={"changes": CHANGES, "status": STATUSES[:2]},
    varies={"changes": st.fixed_dictionaries({"title": texts}), "status": st.sampled_from(STATUSES)},
)
def update_sets_what_it_is_given(session: Session, changes: str | Mapping[str, str], status: str) -> None:
    """update sets what it is given, in its answer and from then on, and keeps the rest, also when it publishes."""
    given = CHANGES[changes] if isinstance(changes, str) else changes
    _require_changed(session, uploaded(session, "immediate", **{**BEFORE, "collectionStatus": status}), given)


BESIDE: Sequence[Mapping[str, str]] = (
    *({}, {"collectionStatus": "public"}, {"collectionStatus": "editable"}, {"collectionWidth": "5"}),
    *({"title": "Kept"}, {"description": "Kept"}, {"title": "", "description": ""}),
)


@check("update.empty-text", **OF_UPDATE, rows={"name": ("title", "description"), "beside": BESIDE})
def an_empty_text_is_set(session: Session, name: str, beside: Mapping[str, str]) -> None:
    """An empty title or description is set empty, not taken for one that was left out."""
    collection = uploaded(session, "immediate", **BEFORE)
    updated = session.data(UPDATE, collection, **{**beside, name: ""})
    (listed,) = session.data(LIST).get("collections") or ({},)
    for data in (updated, session.data(GET, hash_of(updated)), listed):
        expect("", data.get(FIELD_OF[name]), f"the {name} that was set empty, beside {beside}")


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


# --- deleteCollection ------------------------------------------------------------------------------------------------

OF_DELETE: Mapping[str, Any] = {"needs": CONTROL, "methods": method_named(DELETE)}


@check("delete.no-data", **OF_DELETE, rows={"form": ("json", "jsonp", "xml")})
def deleting_has_no_data(session: Session, form: str) -> None:
    """deleteCollection is 20 without data, in every format."""
    answer = session.call(DELETE, session.collection(), format=form, **({"callback": "f"} if form == "jsonp" else {}))
    expect_code(20, answer, "deleteCollection")
    expect(None, answer.data, "the data of deleteCollection")


@check("delete.url-lives", **OF_DELETE)
def a_link_outlives_its_collection(session: Session) -> None:
    """A resource URL that was handed out before the deletion serves for the rest of its minute, and not longer."""
    collection = session.collection("immediate")
    url = str(session.data(PACKAGE, collection).get("resourceUrl"))
    session.data(DELETE, collection)
    expect(True, session.serves(url), "the resource URL of a collection that was deleted since")
    session.wait(61 * SECOND)
    expect(403, session.get(url).status, "the HTTP status after its minute")
