"""The lives of collections: how each came to be, what happened to it, who asked; every pair of these is tried.

A row of `LIVES` is one life. After each of its events every method looks at the collection, and the model says what it
must answer, and which rule is broken.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count, cycle, islice
from typing import Any

from flipsnack_contract.checks.borders import reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.stage import DAYS
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, EMBED, GET, PACKAGE, STATS, UPDATE
from flipsnack_contract.checks.request_cases import FORMATS, MISTAKES, REFUSED_UPLOADS, with_format
from flipsnack_contract.checks.situations.asked import EMBEDS, LISTS, STATISTICS, spread
from flipsnack_contract.checks.situations.manners import MANNERS
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.checks.situations.served import ServedPackages
from flipsnack_contract.contract.assertions import expect, expect_code, require
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.library import Day, Parameters
from flipsnack_contract.contract.methods import Method, methods, options_of
from flipsnack_contract.target.session import ABSENT, Session

Row = Mapping[str, Any]
SEEDED = "the control plane"
TEXTS: Mapping[str, str | None] = {
    "none": None,
    "ASCII": "Spring offers 007",
    "empty": "",
    "Latin": "Caf\u00e9 \u00df",
    "wide": "\u65e5\u672c \u0436\u2028",
    "beyond 16 bits": "\U0001f600 \U0001f469\u200d\U0001f680",
    "blanks": "  a  b\t\r\nc\nd\re ",
    "markup": "<b>&amp;</b> ]]> -->'\"",
    "escapes": "%41+%20\\n\\u0041 $& $$ {0}",
    "control characters": "a\x01\x0b\x1f\x7f\x85\ufffe\uffffb",
    "long": "Long w\u00f6rds & more " * 60,
}
SHAPES: Mapping[str, Parameters] = {
    "the defaults": {},
    "public": {"collectionStatus": "public"},
    "unlisted": {"collectionStatus": "unlisted"},
    "editable": {"collectionStatus": "editable"},
    "a width": {"collectionWidth": "1"},
    "unlisted and a width": {"collectionWidth": "320", "collectionStatus": "unlisted"},
    "editable and a height": {"collectionHeight": "0077", "collectionStatus": "editable"},
    "unlisted in a size": {"collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "unlisted"},
    "editable in a size": {"collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "editable"},
    "public in the largest size": {"collectionWidth": "9" * 15, "collectionHeight": "4294967296"},
    "editable in a large size": {"collectionWidth": "2147483648", "collectionStatus": "editable"},
}
CONVERSIONS = ("immediate", "after-2s", "after-3600s", "never", "failed", "failed-after-2s", "to complete", "to failed")
PACKAGES = ("immediate", "after-1s", "after-3600s", "after-2-polls", "failed", "failed-after-1s", "never", "to COMPLETE")
PACKAGES = (*PACKAGES, "to FAILED")


WRONG = [
    (method, one.name, value)
    for method in methods()
    for one in method.parameters
    if one.wrong_values and not (one.required or one.type == "string" and not one.allowed)
    for value in one.wrong_values[:: max(1, len(one.wrong_values) // 9)]
    if len(value) < 100
][::-1]
"""A wrong value of a parameter of a method."""


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
    wrong: Iterator[tuple[Method, str, str]] = field(default_factory=lambda: cycle(WRONG))
    places: Iterator[int] = field(default_factory=count)
    of_embed: Parameters = field(default_factory=dict)
    of_stats: Parameters = field(default_factory=dict)
    of_list: Parameters = field(default_factory=dict)

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
        """Look at the collection by every method, and at the account; one call is refused, for one wrong value."""
        self.mine.look(GET, self.subject, self.form, {})
        self.served.look(self.subject, self.form)
        self.mine.look(EMBED, self.subject, self.form, self.of_embed)
        self.mine.look(STATS, self.subject, self.form, self.of_stats)
        self._refused()
        for asked in ({}, self.of_list, self._query()):
            self.mine.listed(self.form, asked)
        self.mine.summed(self.form)
        self.served.again()

    def _refused(self) -> None:
        method, name, value = next(self.wrong)
        asked = {**options_of(method), name: value}
        self.mine.wrong(40, method.name, self.subject, self.form, asked, "parameter.value")

    def _query(self) -> Parameters:
        """A part of the texts of the collection, and what is there only where both are put together."""
        found, at = self.mine.model.find(self.subject), next(self.places)
        title, description = (found.title, found.description) if found else ("Winter", "none")
        made = (title[at : at + 3], description[-3:], f"{title[-2:]} {description[:2]}", title + description, title)[at % 5]
        status = {"collectionStatus": found.status if found and at % 2 else "unlisted"} if at % 4 else {}
        return {**status, **({} if "\ufffd" in made else {"query": made})}

    def begin(self) -> None:
        """What is asked for in one life stays the same, so that an answer that was kept shows."""
        self.of_embed, self.of_stats, self.of_list = next(self.embeds), next(self.statistics), next(self.lists)


# --- how it comes to be ----------------------------------------------------------------------------------------------


def _given(row: Row) -> dict[str, str]:
    texts = {name: TEXTS[row[name]] for name in ("title", "description")}
    return {**{name: text for name, text in texts.items() if text is not None}, **SHAPES[row["shape"]]}


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
    for asked in (life.of_list, {"query": "a"}, {"collectionStatus": "public"}, {"orderBy": "name"}):
        life.mine.listed(life.form, asked)


def _embed(life: Life) -> None:
    for name, asked in ((EMBED, life.of_embed), (STATS, life.of_stats), (EMBED, {}), (STATS, {})):
        life.mine.look(name, life.subject, life.form, asked)


def _neighbour(life: Life) -> None:
    life.mine.upload("a URL", "immediate", life.form, {"title": "Newer", "description": "all newer"})


BEFORE: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "everything": Life.look,
    "the package": _ask_often,
    "lists": _search,
    "code and statistics": _embed,
    "a newer one": _neighbour,
}


# --- what happens ----------------------------------------------------------------------------------------------------


def _refuse(life: Life) -> None:
    chosen = (one for one in MISTAKES if one.name in ("an unknown key", "a wrong signature", "a wrong value"))
    for name, mistake in zip((UPDATE, DELETE, CREATE), chosen, strict=True):
        life.mine.refused(name, life.subject, mistake, {"title": "Refused"})
    for mistake in REFUSED_UPLOADS:
        life.mine.refused(CREATE, life.subject, mistake, {"title": "Refused"})
    life.mine.summed(life.form)


def _counted(life: Life) -> int:
    """The code of a call of the next method, right or wrong, which does not wait for the limits."""
    at = next(life.places)
    calling = life.session.calling(methods()[at % len(methods())].name)
    # No call of these changes anything.
    changes = calling.method.name in (UPDATE, DELETE, PACKAGE)
    draft = replace(calling.draft(ABSENT if changes else life.subject), files=())
    draft = replace(with_format(draft, life.form), signature="0" * 32 if at % 4 == 3 else None)
    return calling.ask(draft, paced=False).code


def _use_up(life: Life) -> None:
    life.session.wait(MINUTE)
    codes = [_counted(life) for _ in range(8)]
    require(True, 31 not in codes[:5], f"five calls in a second are let through: {codes}", "limit.per-second")
    require([31] * 3, codes[5:], "the codes of the sixth call in a second, and of later ones", "limit.what-counts")
    life.session.wait(MINUTE)


def _use_up_minute(life: Life) -> None:
    life.session.wait(MINUTE)
    for number in range(60):
        life.session.wait(0 if number % 5 else SECOND)
        code = _counted(life)
        require(True, code not in (31, 32), f"call {number + 1} in a minute is let through", "limit.per-minute")
    life.session.wait(SECOND)
    require(32, _counted(life), "the code of the call after sixty in a minute", "limit.what-counts")
    life.session.wait(MINUTE)


def _maintain(life: Life) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "maintenance")
    for name in (PACKAGE, UPDATE, DELETE, CREATE):
        life.mine.refused(name, life.subject, mistake, {"collectionStatus": "public"} if name in (UPDATE, CREATE) else {})


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
    another.steer.maintenance(on=True)
    life.mine.look(GET, life.subject, life.form, {})
    another.steer.reset()
    another.steer.make_again()


def _another(life: Life) -> None:
    """Another collection of the key, which was uploaded before, comes, is published and deleted."""
    given = {"title": "Another", "collectionStatus": "editable"}
    life.mine.delete(life.mine.upload("a URL", "immediate", "json", given), life.form)
    made = life.mine.upload("a URL", "immediate", "json", given)
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


def _statistics(life: Life) -> None:
    """Something happened on days long ago and today, more than 32 bits hold, and on no page but the first."""
    today = datetime.fromtimestamp(life.session.clock.now / SECOND, UTC).date().isoformat()
    of_today: Day = {"date": today, "views": 3, "pages": [{"page": 1, "views": 3, "time_spent": 2**33}]}
    life.mine.happened(life.subject, (*DAYS[:3], of_today))
    for asked in ({"startDate": today}, {"endDate": today, "includePageStats": "1"}):
        life.mine.look(STATS, life.subject, life.form, asked)


HAPPENINGS: Mapping[str, Callable[[Life], None]] = {
    "nothing": lambda _life: None,
    "refusals": _refuse,
    "a limit": _use_up,
    "a minute's limit": _use_up_minute,
    "maintenance": _maintain,
    "another key": _by_theirs,
    "another key's end": _reset_theirs,
    "another collection": _another,
    "the end of the month's uploads": _month,
    "statistics": _statistics,
    "downloads": _download,
}


# --- how it is changed -----------------------------------------------------------------------------------------------

TITLE, DESCRIPTION = {"title": "Winter"}, {"description": "Caf\u00e9 <b>\U0001f600</b>"}
UNKNOWN = {"fileUrl": "https://example.com/z", "query": "z", "width": "3", "Title": "z", "z": "", "collectionTitle": "z"}


def _to(*statuses: str) -> tuple[Parameters, ...]:
    return tuple({"collectionStatus": one} for one in statuses)


CHANGES: Mapping[str, tuple[Parameters, ...]] = {
    "none": (),
    "a text alone": ({"title": "\u65e5\u672c & \x02"}, {"description": ""}),
    "the sizes": ({"collectionWidth": "1234"}, {"collectionHeight": "00009"}),
    "everything": ({**TITLE, **DESCRIPTION, "collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "unlisted"},),
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
        for micros in (0, 2 * SECOND, MINUTE - 1, MINUTE, 60 * MINUTE, DAY, 7 * DAY)
    },
    **{
        border: lambda session, border=border: reach(session, border)  # type: ignore[misc]
        for border in ("midnight", "the end of any month", "the beginning of a leap day", "the end of a year")
    },
}


# --- who asks too ----------------------------------------------------------------------------------------------------


def _as(code: int, change: Callable[[Life], Parameters]) -> Callable[[Life], None]:
    """Calls of every method for the collection with some of their parameters changed are answered with this code."""

    def ask(life: Life) -> None:
        changed = change(life)
        for method in methods():
            if all(map(method.takes, changed.keys() - {"apiKey"})):
                life.mine.wrong(code, method.name, life.subject, life.form, changed, f"code.{code}")

    return ask


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
    "nobody": _as(41, lambda _life: {"apiKey": "nobody"}),
    "the key in the other case": _as(41, lambda life: {"apiKey": life.session.key.swapcase()}),
    "no key": _as(30, lambda _life: {"apiKey": ""}),
    "nearly the hash": _as(43, lambda life: {"collectionHash": life.subject.swapcase() + "x"}),
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
PARTS = 11


def _live(life: Life, row: Row) -> None:
    """One life from its beginning to its end, looked at after each event."""
    life.begin()
    _begin(life, row)
    BEFORE[row["before"]](life)
    _end_conversion(life, row)
    HAPPENINGS[row["happens"]](life)
    _end_package(life, row)
    _change(life, row["change"])
    life.look()
    PAUSES[row["pause"]](life.session)
    _change(life, row["then"])
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
        for name in (*LOOKS, UPDATE):
            life.mine.look(name, gone, life.form, {})
    for collection in (life.subject, *(one.hash for one in others)):
        life.served.picture(collection)


@check("history.agrees", needs=CONTROL, rows={"part": range(PARTS)})
def every_pair_of_circumstances(session: Session, part: int) -> None:
    """However a collection came to be, whatever happened and whoever asks: every method answers as the rules say."""
    manners = islice(cycle(MANNERS), part * len(MANNERS) // PARTS, None)
    mine, theirs = (
        ComparedAccount(one, per_month=400, packages="after-1s", manners=manners) for one in (session, session.another())
    )
    life = Life(mine, theirs, ServedPackages(mine))
    for row in LIVES[part::PARTS]:
        session.trace.add(f"{row}")
        _live(life, row)
        live = mine.model.live()
        if len(live) > 4:
            mine.delete(live[0].hash, life.form)
