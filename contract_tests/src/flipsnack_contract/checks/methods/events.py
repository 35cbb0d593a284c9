"""What happens to a collection between two looks at it. What a check expects after nothing, it expects after each."""

from collections.abc import Callable, Iterable, Mapping

from flipsnack_contract.checks.methods.uploaded import (
    DELETE,
    EMBED,
    GET,
    LIST,
    PACKAGE,
    STATS,
    UPDATE,
    USER,
    hash_of,
    uploaded,
)
from flipsnack_contract.contract.clock import DAY
from flipsnack_contract.target.session import Session


def prepared(
    session: Session, days: Iterable[Mapping[str, object]] = (), *, packages: str = "immediate", **parameters: str
) -> str:
    """The hash of an editable collection that is converted, with its package built, and at which every method looked.

    `days` are its statistics, `packages` is the schedule of its package.
    """
    session.steer.settings(default_schedule=packages)
    collection = uploaded(session, "immediate", **{"collectionStatus": "editable", **parameters})
    session.steer.statistics(collection, days)
    return look(session, collection)


def look(session: Session, collection: str) -> str:
    """Call every method that only looks; what a server keeps of a first answer, it has from then on."""
    for name in (GET, EMBED, LIST, USER, PACKAGE):
        session.data(name, collection)
    session.data(STATS, collection, includePageStats="true")
    return collection


def _updated(session: Session, collection: str, **changes: str) -> str:
    return hash_of(session.data(UPDATE, collection, **changes))


def _refused(session: Session, collection: str) -> str:
    session.call(UPDATE, collection, title="Refused", collectionWidth="x", collectionStatus="public")
    return collection


def _another_deleted(session: Session, collection: str) -> str:
    session.data(DELETE, uploaded(session, "immediate"))
    return collection


def _another_published(session: Session, collection: str) -> str:
    _updated(session, uploaded(session, "immediate", collectionStatus="editable"), collectionStatus="public")
    return collection


def _waited(session: Session, collection: str) -> str:
    session.wait(40 * DAY)
    return collection


EVENTS: Mapping[str, Callable[[Session, str], str]] = {
    "nothing": lambda _session, collection: collection,
    "another look": look,
    "a change of nothing": _updated,
    "a change of the title": lambda session, collection: _updated(session, collection, title="Changed"),
    "a change of the size": lambda session, collection: _updated(session, collection, collectionWidth="1234"),
    "publishing": lambda session, collection: _updated(session, collection, collectionStatus="public"),
    "publishing as unlisted, with a title": lambda session, collection: _updated(
        session, collection, collectionStatus="unlisted", title="Changed"
    ),
    "a refused change": _refused,
    "a deletion of another": _another_deleted,
    "the publishing of another": _another_published,
    "forty days": _waited,
}
"""Makes it happen; the hash that the collection has afterwards."""
PUBLISHING = "publishing"


def happen(session: Session, event: str, collection: str) -> str:
    """Make the event of that name happen; the hash of the collection afterwards."""
    session.trace.add(f"{event} happens to {collection}")
    return EVENTS[event](session, collection)
