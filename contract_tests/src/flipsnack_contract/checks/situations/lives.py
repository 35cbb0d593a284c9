"""The lives of collections: how each came to be, what happened to it, who asked; every pair of these is tried.

A row of `LIVES` is one life. After each of its events every method looks at the collection, and the model says what it
must answer, and which rule is broken.
"""

from itertools import cycle, islice

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.uploaded import DELETE, EMBED, GET, STATS, UPDATE, USER, method_named
from flipsnack_contract.checks.situations.beginnings import (
    CONVERSIONS,
    PACKAGES,
    SEEDED,
    Row,
    begin,
    end_conversion,
    end_package,
)
from flipsnack_contract.checks.situations.changes import CHANGES, PAUSES, change
from flipsnack_contract.checks.situations.given import SHAPES, TEXTS
from flipsnack_contract.checks.situations.happenings import BEFORE, HAPPENINGS
from flipsnack_contract.checks.situations.life import PARTS, Life, turned
from flipsnack_contract.checks.situations.manners import MANNERS
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.checks.situations.strangers import ENDS, STRANGERS
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.near_misses import NEAR_KEYS
from flipsnack_contract.target.session import Session

LIVES = covering(
    {
        "way": (*DOCUMENTS, SEEDED),
        "title": tuple(TEXTS),
        "description": tuple(TEXTS),
        "shape": tuple(SHAPES),
        "conversion": CONVERSIONS,
        "packages": PACKAGES,
        "before": tuple(BEFORE),
        "happens": tuple(HAPPENINGS),
        "change": tuple(CHANGES),
        "pause": tuple(PAUSES),
        "then": tuple(CHANGES),
        "last": tuple(zip(cycle(STRANGERS), islice(cycle(ENDS), 11), strict=False)),
    }
)
MOST = 4
"""So many collections are kept."""


def _live(life: Life, row: Row) -> None:
    """One life from its beginning to its end, looked at after each event."""
    life.begin()
    begin(life, row)
    BEFORE[row["before"]](life)
    end_conversion(life, row)
    HAPPENINGS[row["happens"]](life)
    end_package(life, row)
    change(life, row["change"])
    life.look()
    PAUSES[row["pause"]](life.session)
    change(life, row["then"])
    stranger, end = row["last"]
    STRANGERS[stranger](life)
    life.look()
    ENDS[end](life)
    life.look()
    _look_back(life)


def _look_back(life: Life) -> None:
    """Those of before are as they were: two that are there, and two that are no more."""
    others = life.mine.model.live()[:2]
    for one in others:
        # Which schedule a package has that nobody asked for yet is open, when that of the key was changed.
        for name in LOOKS if one.package.started_at else (GET, EMBED, STATS):
            life.mine.look(name, one.hash, life.form, {})
    for gone in life.old[-2:]:
        for name in (*LOOKS, UPDATE, DELETE):
            life.mine.look(name, gone, life.form, {})
    for collection in (life.subject, *(one.hash for one in others)):
        life.served.picture(collection)


def _play(session: Session, part: int) -> None:
    """Every so many-th of the lives, one after the other at one key."""
    manners = turned(MANNERS, part)
    # Nothing happens in whole seconds, and the other key is nearly the same.
    session.wait(part * SECOND // PARTS)
    near = list(NEAR_KEYS.values())[part % len(NEAR_KEYS)](session.key)
    mine, theirs = (
        ComparedAccount(one, per_month=400, packages="after-1s", manners=manners)
        for one in (session, session.another(key=near))
    )
    life = Life(mine, theirs, part)
    for row in LIVES[part::PARTS]:
        session.trace.add(f"a life: {row}")
        _live(life, row)
        live = mine.model.live()
        if len(live) > MOST:
            mine.delete(live[0].hash, life.form)


# A wrong answer names the rule that it breaks, so each of these finds what breaks the rules of the others too.


@check("history.agrees", needs=CONTROL, rows={"part": range(5, PARTS)})
def every_pair_of_circumstances(session: Session, part: int) -> None:
    """However a collection came to be, whatever happened and whoever asks: every method answers as the rules say."""
    _play(session, part)


@check("update.keeps", needs=CONTROL, methods=method_named(UPDATE))
def the_rest_is_kept_in_every_life(session: Session) -> None:
    """An update keeps what it is not given, whatever happened to the collection before."""
    _play(session, 0)


@check("collection.thumbnail", needs=CONTROL, methods=method_named(GET))
def the_thumbnail_is_a_picture_in_every_life(session: Session) -> None:
    """The URL of the thumbnail answers with an image, whatever the collection is called and whatever happened."""
    _play(session, 1)


@check("update.temporary-hash-dies", needs=CONTROL, methods=method_named(UPDATE))
def a_temporary_hash_stays_43_in_every_life(session: Session) -> None:
    """After publishing the temporary hash is 43 for every method, whatever happens to its collection."""
    _play(session, 2)


@check("delete.gone", needs=CONTROL, methods=method_named(DELETE))
def a_deleted_collection_stays_43_in_every_life(session: Session) -> None:
    """A deleted collection is 43 for every method and in no list, however it ended and whatever happens later."""
    _play(session, 3)


@check("user.sums", needs=CONTROL, methods=method_named(USER))
def the_sums_are_right_in_every_life(session: Session) -> None:
    """The sums of all collections, deleted ones included, and the uploads left are right whatever happened."""
    _play(session, 4)
