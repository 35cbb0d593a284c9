"""Every event after every other one, and every way to ask: whole answers are compared with the model's."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, product

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.uploaded import (
    CREATE,
    DELETE,
    EMBED,
    GET,
    LIST,
    PACKAGE,
    STATS,
    UPDATE,
)
from flipsnack_contract.checks.request_cases import FORMATS, MISTAKES
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.library import Day, Parameters
from flipsnack_contract.target.session import Session

DAYS: tuple[Day, ...] = (
    # Not in the order of time.
    {"date": "2024-03-01", "impressions": 3, "views": 5, "time_spent": 7, "downloads": 11},
    {"date": "2023-12-31", "views": 2, "pages": [{"page": 1, "views": 2, "clicks": 1, "time_spent": 9}]},
    {"date": "2024-02-29", "impressions": 40, "downloads": 1, "pages": [{"page": 3, "views": 1}]},
)
SUBJECT: Parameters = {
    "title": "Spring offers",
    "description": "all for the garden",
    "collectionWidth": "640",
    "collectionHeight": "480",
    "collectionStatus": "unlisted",
}
OTHER: Parameters = {"title": "autumn Leaves", "description": "SPRING is far", "collectionStatus": "editable"}


def _asked(**columns: tuple[str | None, ...]) -> list[Parameters]:
    """Parameters for each combination of the values; None leaves one out."""
    rows = (dict(zip(columns, values, strict=True)) for values in product(*columns.values()))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


LISTS = [
    asked
    for asked in _asked(
        collectionStatus=(None, "unlisted", "public", "editable"),
        query=(None, "spring", "SPRING", "leaves", "none", "", "r"),
        orderBy=(None, "name", "date"),
        orderMode=(None, "asc", "desc"),
        **{"from": (None, "0", "1", "3"), "to": (None, "0", "2", "99")},
    )
    if int(asked.get("from", "0")) <= int(asked.get("to", "99"))
]
EMBEDS = _asked(
    https=(None, "true", "0"),
    responsive=(None, "true", "false", "1", "0", "TRUE", "False"),
    startPage=(None, "1", "2", "12", "9999"),
    startBook=(None, "2"),
    width=(None, "200", "640"),
    height=(None, "300"),
)
_DATES = (None, "2023-12-30", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02")
STATISTICS = [
    asked
    for asked in _asked(startDate=_DATES, endDate=_DATES, includePageStats=(None, "true", "false", "1", "0", "True"))
    if asked.get("startDate", "") <= asked.get("endDate", "9")
]
TABLES: Mapping[str, list[Parameters]] = {LIST: LISTS, EMBED: EMBEDS, STATS: STATISTICS}
# Of a large table every seventh row and its like: no neighbours, and every value of every parameter with each other.
FEW = 120


def _spread(rows: list[Parameters]) -> list[Parameters]:
    step = max(1, len(rows) // FEW) | 1
    return rows[::step]


@dataclass
class Stage:
    """Two keys; the first has a collection that events happen to, and another one."""

    mine: ComparedAccount
    theirs: ComparedAccount
    subject: str = ""
    other: str = ""

    def prepare(self) -> None:
        """A subject that is converted, with statistics and a package; every method looked at it."""
        self.subject = self.mine.upload("a PDF of three pages", "immediate", "json", SUBJECT)
        self.mine.happened(self.subject, DAYS)
        self.mine.everything([self.subject], "json")


def _stage(session: Session) -> Stage:
    mine, theirs = (ComparedAccount(one, per_month=400, packages="immediate") for one in (session, session.another()))
    made = Stage(mine, theirs)
    made.other = made.mine.upload("a PNG", "immediate", "json", OTHER)
    made.mine.happened(made.other, DAYS[1:])
    made.theirs.upload("a PDF", "immediate", "json", SUBJECT)
    made.prepare()
    return made


def _update(stage: Stage, **given: str) -> None:
    stage.subject = stage.mine.update(stage.subject, "json", given)


def _delete(stage: Stage) -> None:
    gone = stage.subject
    stage.mine.delete(gone, "json")
    stage.prepare()
    for name in LOOKS:
        stage.mine.look(name, gone, "json", {})
    stage.mine.update(gone, "json", {"title": "Gone"})
    stage.mine.delete(gone, "json")


def _refuse(stage: Stage) -> None:
    mistakes = (one for one in MISTAKES if one.name in ("a wrong signature", "the other verb", "maintenance"))
    for name, mistake in zip((UPDATE, DELETE, CREATE), mistakes, strict=True):
        stage.mine.refused(name, stage.subject, mistake, {"title": "Refused"})


def _use_up(stage: Stage) -> None:
    for _ in range(7):
        stage.mine.session.ask(stage.mine.session.draft(stage.other), paced=False)
    stage.mine.session.wait(MINUTE)


def _by_others(stage: Stage) -> None:
    """Another key is refused what is not its own, and has, changes and deletes the like of it."""
    theirs = stage.theirs
    for name in LOOKS:
        theirs.look(name, stage.subject, "json", {})
    theirs.update(stage.subject, "json", {"title": "Stolen"})
    theirs.delete(stage.subject, "json")
    made = theirs.upload("a PDF", "immediate", "json", SUBJECT)
    theirs.happened(made, DAYS)
    theirs.update(made, "json", {"title": "Theirs", "collectionWidth": "5"})
    theirs.delete(made, "json")
    theirs.everything([], "json")


def _wait(micros: int) -> Callable[[Stage], None]:
    return lambda stage: stage.mine.session.wait(micros)


EVENTS: Mapping[str, Callable[[Stage], None]] = {
    "a change of the title": lambda stage: _update(stage, title="Winter"),
    "a change of the width": lambda stage: _update(stage, collectionWidth="1234"),
    "a change of description and height": lambda stage: _update(
        stage, description="<b>snow</b>", collectionHeight="77"
    ),
    "hiding": lambda stage: _update(stage, collectionStatus="unlisted"),
    "showing": lambda stage: _update(stage, collectionStatus="public"),
    "editing": lambda stage: _update(stage, collectionStatus="editable"),
    "a change of everything": lambda stage: _update(stage, **SUBJECT),
    "a change of nothing": lambda stage: _update(stage),
    "a deletion": _delete,
    "another upload": lambda stage: _again(stage),
    "other statistics": lambda stage: stage.mine.happened(stage.subject, DAYS[::2]),
    "refusals": _refuse,
    "a limit": _use_up,
    "another key": _by_others,
    "two seconds": _wait(2 * SECOND),
    "a day": _wait(DAY),
    "a month": _wait(32 * DAY),
}


def _again(stage: Stage) -> None:
    gone = stage.mine.upload("a JPG", "after-2s", "xml", {"title": "Again"})
    stage.mine.look(GET, gone, "json", {})
    stage.mine.delete(gone, "xml")


def _in_turn(first: str) -> Iterator[str]:
    """The first event before and after each that stands behind it in the table."""
    names = list(EVENTS)
    for second in names[names.index(first) :]:
        yield from (first, second)


@check("history.agrees", needs=CONTROL, rows={"first": EVENTS})
def every_event_follows_every_other(session: Session, first: str) -> None:
    """Whatever happens after whatever, every method answers as the rules say, about that collection and another."""
    stage = _stage(session)
    asked = cycle(zip(_spread(LISTS), cycle(_spread(EMBEDS)), cycle(_spread(STATISTICS)), cycle(FORMATS)))
    for event in _in_turn(first):
        session.trace.add(f"{event} happens to {stage.subject}")
        EVENTS[event](stage)
        listed, embedded, summed, form = next(asked)
        for name, way in ((GET, {}), (EMBED, embedded), (STATS, summed), (PACKAGE, {})):
            stage.mine.look(name, stage.subject, form, way)
        stage.mine.look(GET, stage.other, form, {})
        stage.mine.listed("json", {})
        stage.mine.listed(form, listed)
        stage.mine.summed(form)


@check("history.agrees", needs=CONTROL, rows={"name": TABLES})
def every_way_to_ask_is_answered(session: Session, name: str) -> None:
    """Whatever is chosen together with whatever, lists, codes and statistics are those of the rules."""
    stage = _stage(session)
    for title in ("Zebra", "a10", "a9", "Winter"):
        stage.mine.upload("a PDF", "immediate", "json", {"title": title})
    for asked in _spread(TABLES[name]):
        if name == LIST:
            stage.mine.listed("json", asked)
        else:
            stage.mine.look(name, stage.subject, "json", asked)
