"""Who asks for a collection too, and how it ends."""

from collections.abc import Callable, Mapping

from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.embedding import frame_of
from flipsnack_contract.checks.methods.uploaded import DELETE, EMBED, GET, PACKAGE, STATS, UPDATE
from flipsnack_contract.checks.situations.life import Life
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.clock import DAY
from flipsnack_contract.contract.library import Parameters
from flipsnack_contract.contract.methods import methods


def _as(code: int, change: Callable[[Life], Parameters]) -> Callable[[Life], None]:
    """Calls of every method for the collection with some of their parameters changed are answered with this code."""

    def ask(life: Life) -> None:
        changed = change(life)
        for method in methods():
            if all(map(method.takes, changed.keys() - {"apiKey"})):
                given = {**changed, "title": "Stolen"} if method.takes("title") else changed
                life.mine.wrong(code, method.name, life.subject, life.form, given, f"code.{code}")

    return ask


def _by_another(life: Life, other: ComparedAccount | None = None) -> None:
    other = other or life.theirs
    for name in LOOKS:
        other.look(name, life.subject, life.form, {})
    other.update(life.subject, life.form, {"title": "Stolen"})
    other.delete(life.subject, life.form)


def _by_new(life: Life) -> None:
    other = ComparedAccount(life.session.another(), per_month=5, packages="immediate", manners=life.mine.manners)
    _by_another(life, other)
    other.listed(life.form, {})
    other.summed(life.form)


def _by_alike(life: Life) -> None:
    """A key with a collection of the same hash changes and deletes its own."""
    other = life.session.another()
    other.collection(hash=life.subject, title="Theirs", pages=4)
    other.steer.statistics(life.subject, [{"date": "2024-02-29", "views": 1000}])
    other.data(UPDATE, life.subject, title="Theirs again", collectionWidth="9")
    expect("Theirs again", other.data(GET, life.subject).get("collectionTitle"), "the title of another key's")
    expect(1000, other.data(STATS, life.subject).get("views"), "the views of another key's")
    expect({"9"}, {frame_of(str(other.data(EMBED, life.subject).get("embedCode"))).get("width")}, "its width in a code")
    body = other.get(other.calling(PACKAGE).resource_url(life.subject)).body
    found = life.served.books.setdefault(body, ("Theirs again", 4))
    require(("Theirs again", 4), found, "title and pages of another key's package", "key.isolation")
    expect_code(20, other.call(DELETE, life.subject), "the deletion of another key's")


STRANGERS: Mapping[str, Callable[[Life], None]] = {
    "another key": _by_another,
    "a new key": _by_new,
    "a key with the same hash": _by_alike,
    "nobody": _as(41, lambda _life: {"apiKey": "nobody"}),
    "the key in other letters": _as(41, lambda life: {"apiKey": life.session.key[0] + life.session.key[1:].upper()}),
    "no key": _as(30, lambda _life: {"apiKey": ""}),
    "nearly the hash": _as(43, lambda life: {"collectionHash": life.subject.swapcase() + "x"}),
}


def _delete(life: Life) -> None:
    life.delete()
    life.mine.delete(life.subject, life.form)


def _steer_away(life: Life) -> None:
    found = life.mine.model.find(life.subject)
    if found:
        found.is_deleted = True
        life.session.steer.delete_collection(life.subject)
        life.old.append(life.subject)


def _delete_and_wait(life: Life) -> None:
    life.delete()
    life.session.wait(8 * DAY)


ENDS: Mapping[str, Callable[[Life], None]] = {
    "it stays": lambda _life: None,
    "it is deleted": _delete,
    "it is taken away": _steer_away,
    "it is deleted, and a week passes": _delete_and_wait,
}
