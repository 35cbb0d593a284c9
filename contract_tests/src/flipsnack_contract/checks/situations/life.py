"""The lives of collections: how each came to be, what happened to it, who asked; every pair of these is tried.

A row of `LIVES` is one life. After each of its events every method looks at the collection, and the model says what it
must answer, and which rule is broken.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from flipsnack_contract.checks.borders import reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.stage import DAYS
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, EMBED, GET, PACKAGE, STATS, UPDATE
from flipsnack_contract.checks.request_cases import FORMATS, MISTAKES, REFUSED_UPLOADS, RequestCase
from flipsnack_contract.checks.situations.asked import EMBEDS, LISTS, STATISTICS, spread
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.checks.situations.served import ServedPackages
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.library import Parameters
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.target.session import Session

Row = Mapping[str, Any]
SEEDED = "the control plane"
TEXTS: Mapping[str, str | None] = {
    "none": None,
    "ASCII": "Spring offers",
    "empty": "",
    "Latin": "Caf\u00e9 \u00df",
    "wide": "\u65e5\u672c \u0436\u2028",
    "beyond 16 bits": "\U0001f600 \U0001f469\u200d\U0001f680",
    "blanks": "  a  b\t",
    "lines": "a\r\nb\nc\rd",
    "markup": "<b>&amp;</b> ]]> -->'\"",
    "escapes": "%41+%20\\n\\u0041 $& $$ {0}",
    "control characters": "a\x01\x0b\x1f\x7f\x85b",
    "number": "007",
    "long": "Long w\u00f6rds & more " * 60,
}
SIZES: Mapping[str, Parameters] = {
    "none": {},
    "the width": {"collectionWidth": "1"},
    "the height": {"collectionHeight": "0077"},
    "both": {"collectionWidth": "640", "collectionHeight": "480"},
    "the largest": {"collectionWidth": "9" * 15, "collectionHeight": "4294967296"},
}
CONVERSIONS = ("immediate", "after-2s", "after-3600s", "never", "failed", "failed-after-2s", "to complete", "to failed")
PACKAGES = ("immediate", "after-1s", "after-3600s", "after-2-polls", "failed", "failed-after-1s", "never", "to COMPLETE")
PACKAGES = (*PACKAGES, "to FAILED")


@dataclass
class Life:
    """Two keys; collections of the first one come, change and go. `subject` is the one that a row is about."""

    mine: ComparedAccount
    theirs: ComparedAccount
    served: ServedPackages
    subject: str = ""
    old: list[str] = field(default_factory=list)
    forms: Iterator[str] = field(default_factory=lambda: cycle(FORMATS))
    lists: Iterator[Parameters] = field(default_factory=lambda: cycle(spread(LISTS)))
    embeds: Iterator[Parameters] = field(default_factory=lambda: cycle(spread(EMBEDS)))
    statistics: Iterator[Parameters] = field(default_factory=lambda: cycle(spread(STATISTICS)))

    @property
    def session(self) -> Session:
        return self.mine.session

    @property
    def form(self) -> str:
        """The next format."""
        return next(self.forms)

    def update(self, given: Parameters) -> None:
        hash_before = self.subject
        self.subject = self.mine.update(self.subject, self.form, given)
        if hash_before != self.subject:
            self.old.append(hash_before)

    def delete(self) -> None:
        self.mine.delete(self.subject, self.form)
        self.old.append(self.subject)

    def look(self) -> None:
        """Look at the collection by every method, and at the account."""
        self.mine.look(GET, self.subject, self.form, {})
        self.served.look(self.subject, self.form)
        self.mine.look(EMBED, self.subject, self.form, next(self.embeds))
        self.mine.look(STATS, self.subject, self.form, next(self.statistics))
        self.mine.listed(self.form, {})
        self.mine.listed(self.form, next(self.lists))
        self.mine.summed(self.form)
        self.served.again()


# --- how it comes to be ----------------------------------------------------------------------------------------------


def _given(row: Row) -> dict[str, str]:
    texts = {name: TEXTS[row[name]] for name in ("title", "description")}
    status = {} if row["status"] == "none" else {"collectionStatus": row["status"]}
    return {**{name: text for name, text in texts.items() if text is not None}, **SIZES[row["size"]], **status}


def _begin(life: Life, row: Row) -> None:
    """The collection comes to be, and its conversion begins."""
    conversion, packages = ("never" if "to " in row[name] else row[name] for name in ("conversion", "packages"))
    life.mine.packages = packages
    if row["way"] == SEEDED:
        life.subject = life.mine.seed({"title": "A collection", **_given(row)}, 2)
    else:
        life.subject = life.mine.upload(row["way"], conversion, life.form, _given(row))


def _end_conversion(life: Life, row: Row) -> None:
    if "to " in row["conversion"]:
        life.mine.convert(life.subject, row["conversion"].removeprefix("to "))


def _end_package(life: Life, row: Row) -> None:
    found = life.mine.model.find(life.subject)
    if "to " in row["packages"] and found and found.conversion.look(life.session.clock.now) == "COMPLETE":
        found.package.final = row["packages"].removeprefix("to ")
        life.session.steer.force(life.subject, found.package.final)


# --- what is looked at before ----------------------------------------------------------------------------------------


def _ask_often(life: Life) -> None:
    for _ in range(4):
        life.served.look(life.subject, life.form)


def _search(life: Life) -> None:
    for asked in ({}, {"query": "a"}, {"collectionStatus": "public"}, {"orderBy": "name"}, {"from": "0", "to": "1"}):
        life.mine.listed(life.form, asked)


def _embed(life: Life) -> None:
    for name, asked in ((EMBED, {}), (STATS, {"includePageStats": "1"}), (EMBED, {"startPage": "2"}), (STATS, {})):
        life.mine.look(name, life.subject, life.form, asked)


BEFORE: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "everything": Life.look,
    "the package": _ask_often,
    "lists": _search,
    "code and statistics": _embed,
    "the object": lambda life: life.mine.everything((), life.form),
}


# --- what happens ----------------------------------------------------------------------------------------------------


def _refuse(life: Life) -> None:
    chosen = (one for one in MISTAKES if one.name in ("an unknown key", "a wrong signature", "a wrong value"))
    for name, mistake in zip((UPDATE, DELETE, CREATE), chosen, strict=True):
        life.mine.refused(name, life.subject, mistake, {"title": "Refused"})


def _refuse_uploads(life: Life) -> None:
    for mistake in REFUSED_UPLOADS:
        life.mine.refused(CREATE, life.subject, mistake, {"title": "Refused"})
    life.mine.summed(life.form)


def _use_up(life: Life) -> None:
    for _ in range(8):
        looking = life.session.calling(GET)
        looking.ask(looking.draft(life.subject), paced=False)
    life.session.wait(MINUTE)


def _maintain(life: Life) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "maintenance")
    for name in (PACKAGE, UPDATE, DELETE, CREATE):
        life.mine.refused(name, life.subject, mistake, {"collectionStatus": "public"} if name in (UPDATE, CREATE) else {})


def _maintain_theirs(life: Life) -> None:
    life.theirs.session.steer.maintenance(on=True)
    life.mine.look(GET, life.subject, life.form, {})
    life.theirs.session.steer.maintenance(on=False)


def _by_theirs(life: Life) -> None:
    """Another key makes, changes and deletes the like of it."""
    theirs, found = life.theirs, life.mine.model.find(life.subject)
    title = found.title if found else "Gone"
    made = theirs.upload("a PDF", "immediate", life.form, {"title": title, "collectionStatus": "editable"})
    theirs.happened(made, DAYS)
    made = theirs.update(made, life.form, {"collectionStatus": "public", "collectionWidth": "5"})
    theirs.look(PACKAGE, made, life.form, {})
    theirs.delete(made, life.form)
    theirs.listed(life.form, {})


def _reset_theirs(life: Life) -> None:
    another = life.session.another()
    another.collection()
    another.steer.reset()
    another.steer.make_again()


def _another(life: Life) -> None:
    """Another collection of the key comes, is published and deleted."""
    made = life.mine.upload("a URL", "immediate", life.form, {"title": "Another", "collectionStatus": "editable"})
    life.mine.happened(made, DAYS[:1])
    life.mine.everything([made], life.form)
    made = life.mine.update(made, life.form, {"collectionStatus": "unlisted", "title": "Another spring"})
    life.mine.look(PACKAGE, made, life.form, {})
    life.mine.delete(made, life.form)
    life.old.append(made)


def _month(life: Life) -> None:
    """The uploads of the month are used up for a while."""
    left, most = life.mine.model.uploads_left, life.mine.model.per_month
    life.mine.model.per_month = most - left
    life.session.steer.settings(uploads_per_month=most - left)
    life.mine.upload("a PNG", "immediate", life.form, {})
    life.mine.summed(life.form)
    life.mine.model.per_month = most
    life.session.steer.settings(uploads_per_month=most)


def _download(life: Life) -> None:
    for url, _ in life.served.links[-2:]:
        life.session.get(url, Range="bytes=0-1")
        life.session.get(url, **{"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"})
        life.session.get(url + "x")


HAPPENINGS: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "refusals": _refuse,
    "refused uploads": _refuse_uploads,
    "a limit": _use_up,
    "maintenance": _maintain,
    "maintenance of another key": _maintain_theirs,
    "another key": _by_theirs,
    "another key's end": _reset_theirs,
    "another collection": _another,
    "the end of the month's uploads": _month,
    "statistics": lambda life: life.mine.happened(life.subject, DAYS[:2]),
    "fewer statistics": lambda life: life.mine.happened(life.subject, DAYS[1:2]),
    "downloads": _download,
}


# --- how it is changed -----------------------------------------------------------------------------------------------

TITLE, DESCRIPTION = {"title": "Winter"}, {"description": "Caf\u00e9 <b>\U0001f600</b>"}
UNKNOWN = {"fileUrl": "https://example.com/z", "query": "z", "width": "3", "Title": "z", "z": "", "collectionTitle": "z"}


def _to(*statuses: str) -> tuple[Parameters, ...]:
    return tuple({"collectionStatus": one} for one in statuses)


CHANGES: Mapping[str, tuple[Parameters, ...]] = {
    "none": (),
    "the title": (TITLE,),
    "the description": (DESCRIPTION,),
    "a text alone": ({"title": "\u65e5\u672c & \x02"}, {"description": ""}),
    "the sizes": ({"collectionWidth": "1234"}, {"collectionHeight": "00009"}),
    "everything": ({**TITLE, **DESCRIPTION, **SIZES["both"], "collectionStatus": "unlisted"},),
    "nothing": ({},),
    "the texts away": ({"title": "", "description": ""},),
    "to public": _to("public"),
    "to editable": _to("editable"),
    "to editable and unlisted": _to("editable", "unlisted"),
    "to editable and public with a title": (*_to("editable"), {"collectionStatus": "public", "title": "Out"}),
    "public twice": _to("public", "editable", "public", "public"),
}


def _change(life: Life, name: str) -> None:
    for given in CHANGES[name]:
        life.update(given)


# --- how long it is left alone ---------------------------------------------------------------------------------------

PAUSES: Mapping[str, Callable[[Session], None]] = {
    **{
        f"{micros / SECOND:g} s": lambda session, micros=micros: session.wait(micros)  # type: ignore[misc]
        for micros in (0, SECOND - 1, 2 * SECOND, MINUTE - 1, MINUTE, 60 * MINUTE, DAY, 7 * DAY, 32 * DAY)
    },
    **{
        border: lambda session, border=border: reach(session, border)  # type: ignore[misc]
        for border in ("midnight", "the end of any month", "the beginning of a leap day", "the end of a year")
    },
}


# --- who asks too ----------------------------------------------------------------------------------------------------


def _as(code: int, change: Callable[[Life], Parameters], **named: Any) -> Callable[[Life], None]:
    """Calls of every method for the collection with some of their parameters changed are answered with this code."""

    def ask(life: Life) -> None:
        for method in methods():
            calling = life.session.calling(method.name)
            if change.__name__ != "_near" or method.takes("collectionHash"):
                draft = calling.draft(life.subject).with_(**change(life))
                answer = calling.ask(draft)
                require(code, answer.code, f"{method.name} of {life.subject} with {change(life)}", f"code.{code}")

    return ask


def _swapped(life: Life) -> Parameters:
    return {"apiKey": life.session.key.swapcase()}


def _nobody(_life: Life) -> Parameters:
    return {"apiKey": "nobody"}


def _no_key(_life: Life) -> Parameters:
    return {"apiKey": ""}


def _near(life: Life) -> Parameters:
    return {"collectionHash": life.subject.swapcase() + "x"}


def _by_another(life: Life, other: ComparedAccount | None = None) -> None:
    other = other or life.theirs
    for name in LOOKS:
        other.look(name, life.subject, life.form, {})
    other.update(life.subject, life.form, {"title": "Stolen"})
    other.delete(life.subject, life.form)


def _by_new(life: Life) -> None:
    other = ComparedAccount(life.session.another(), per_month=5, packages="immediate")
    _by_another(life, other)
    other.listed(life.form, {})
    other.summed(life.form)


def _by_alike(life: Life) -> None:
    """A key with a collection of the same hash changes and deletes its own."""
    other = life.session.another()
    other.collection(hash=life.subject, title="Theirs", pages=4)
    other.data(UPDATE, life.subject, title="Theirs again", collectionWidth="9")
    expect("Theirs again", other.data(GET, life.subject).get("collectionTitle"), "the title of another key's")
    other.resource_url(life.subject)
    expect_code(20, other.call(DELETE, life.subject), "the deletion of another key's")


STRANGERS: Mapping[str, Callable[[Life], None]] = {
    "another key": _by_another,
    "a new key": _by_new,
    "a key with the same hash": _by_alike,
    "nobody": _as(41, _nobody),
    "the key in the other case": _as(41, _swapped),
    "no key": _as(30, _no_key),
    "nearly the hash": _as(43, _near),
}


# --- how it ends -----------------------------------------------------------------------------------------------------


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

LIVES = covering(
    {
        "way": (*DOCUMENTS, SEEDED),
        "title": tuple(TEXTS),
        "description": tuple(TEXTS),
        "status": ("none", "public", "unlisted", "editable"),
        "size": tuple(SIZES),
        "conversion": CONVERSIONS,
        "packages": PACKAGES,
        "before": tuple(BEFORE),
        "happens": tuple(HAPPENINGS),
        "change": tuple(CHANGES),
        "pause": tuple(PAUSES),
        "then": tuple(CHANGES),
        "stranger": tuple(STRANGERS),
        "end": tuple(ENDS),
    }
)
PARTS = 13


def _live(life: Life, row: Row) -> None:
    """One life from its beginning to its end, looked at after each event."""
    _begin(life, row)
    BEFORE[row["before"]](life)
    _end_conversion(life, row)
    HAPPENINGS[row["happens"]](life)
    _end_package(life, row)
    _change(life, row["change"])
    life.look()
    PAUSES[row["pause"]](life.session)
    _change(life, row["then"])
    STRANGERS[row["stranger"]](life)
    life.look()
    ENDS[row["end"]](life)
    life.look()
    for one in life.old[-2:]:
        for name in LOOKS:
            life.mine.look(name, one, life.form, {})


@check("history.agrees", needs=CONTROL, rows={"part": range(PARTS)})
def every_pair_of_circumstances(session: Session, part: int) -> None:
    """However a collection came to be, whatever happened and whoever asks: every method answers as the rules say."""
    mine, theirs = (ComparedAccount(one, per_month=400, packages="after-1s") for one in (session, session.another()))
    life = Life(mine, theirs, ServedPackages(mine))
    for row in LIVES[part::PARTS]:
        session.trace.add(f"{row}")
        _live(life, row)
        live = mine.model.live()
        if len(live) > 4:
            mine.delete(live[0].hash, life.form)
