"""What happens to a collection between two looks at it: events, each with what the model expects of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle

from flipsnack_contract.checks.methods.comparison import LOOKS, ComparedAccount
from flipsnack_contract.checks.methods.uploaded import CREATE, DELETE, GET, PACKAGE, UPDATE
from flipsnack_contract.checks.request_cases import FORMATS, MISTAKES
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.library import Day, Parameters
from flipsnack_contract.target.session import Session

DAYS: tuple[Day, ...] = (
    # Not in the order of time, a day of long ago, and numbers of more than 32 bits.
    {"date": "2024-03-01", "impressions": 3, "views": 5, "time_spent": 7, "downloads": 11},
    {"date": "2023-12-31", "views": 2, "pages": [{"page": 1, "views": 2, "clicks": 1, "time_spent": 9}]},
    {"date": "1999-07-01", "views": 100, "time_spent": 2**33},
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


@dataclass
class Stage:
    """Two keys; the first has a collection that events happen to, another one, one whose conversion failed, and one
    whose conversion never ends. `gone` are the hashes of its deleted collections.
    """

    mine: ComparedAccount
    theirs: ComparedAccount
    subject: str = ""
    other: str = ""
    failed: str = ""
    busy: str = ""
    gone: list[str] = field(default_factory=list)

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections of the first key, of each kind one."""
        return self.subject, self.other, self.failed, self.busy

    @property
    def session(self) -> Session:
        """The session of the first key."""
        return self.mine.session

    def prepare(self) -> None:
        """A subject that is converted, with statistics and a package; every method looked at it."""
        self.subject = self.mine.upload("a PDF of three pages", "after-2s", "json", SUBJECT)
        self.mine.happened(self.subject, DAYS)
        # The subject is neither the first nor the last one of the list.
        later = {"title": f"Later {len(self.gone)}", "description": "spring again"}
        self.mine.upload("a PNG", "immediate", "json", later)
        self.ready(self.subject)

    def ready(self, collection: str) -> None:
        """Let conversion and package of a collection come to their ends, which take time, so that a new start shows."""
        self.session.wait(2 * SECOND)
        self.mine.look(PACKAGE, collection, "json", {})
        self.session.wait(SECOND)
        self.mine.everything([collection], "json")

    def without_package(self) -> str:
        """An editable collection of the first key whose document is converted, and whose package has failed."""
        made = self.mine.upload("a PDF", "immediate", "json", {"collectionStatus": "editable"})
        self.session.steer.force(made, "FAILED")
        self.mine.model.collections[-1].package.final = "FAILED"
        return made

    def delete(self, collection: str) -> None:
        """Delete a collection of the first key; its hash is gone."""
        self.mine.delete(collection, "json")
        self.gone.append(collection)


def staged(session: Session) -> Stage:
    """A stage on which nothing happened yet."""
    mine, theirs = (ComparedAccount(one, per_month=400, packages="after-1s") for one in (session, session.another()))
    made = Stage(mine, theirs)
    made.other = mine.upload("a PNG", "after-2s", "json", OTHER)
    mine.happened(made.other, DAYS[1:3])
    made.failed = mine.upload("a JPG", "failed-after-2s", "json", {"title": "Broken", "collectionStatus": "editable"})
    made.busy = mine.upload("a URL", "never", "json", {"title": "Busy spring", "collectionStatus": "public"})
    mine.happened(made.failed, DAYS[:1])
    mine.happened(made.busy, DAYS[1:2])
    theirs.upload("a PDF", "immediate", "json", SUBJECT)
    made.ready(made.other)
    made.prepare()
    return made


def _update(stage: Stage, **given: str) -> None:
    stage.subject = stage.mine.update(stage.subject, "json", given)


def _delete(stage: Stage) -> None:
    gone = stage.subject
    stage.delete(gone)
    stage.prepare()
    for name in LOOKS:
        stage.mine.look(name, gone, "json", {})
    stage.mine.update(gone, "json", {"title": "Gone"})
    stage.mine.delete(gone, "json")


def _refuse(stage: Stage) -> None:
    mistakes = (one for one in MISTAKES if one.name in ("an unknown key", "a wrong signature", "a wrong value"))
    for name, mistake in zip((UPDATE, DELETE, CREATE), mistakes, strict=True):
        stage.mine.refused(name, stage.subject, mistake, {"title": "Refused"})


def _maintain(stage: Stage) -> None:
    (mistake,) = (one for one in MISTAKES if one.name == "maintenance")
    made = stage.mine.upload("a PDF", "after-3600s", "json", {"collectionStatus": "unlisted"})
    for name in (UPDATE, DELETE, CREATE):
        stage.mine.refused(name, stage.subject, mistake, {"title": "Refused"})
    stage.session.steer.maintenance(on=True)
    stage.session.wait(2 * 60 * MINUTE)
    stage.mine.refused(UPDATE, stage.subject, mistake, {"title": "Refused"})
    stage.mine.everything([made], "json")
    stage.delete(made)


def _use_up(stage: Stage) -> None:
    for _ in range(7):
        looking = stage.session.calling(PACKAGE)
        looking.ask(looking.draft(stage.other), paced=False)
    stage.session.wait(MINUTE)


def _again(stage: Stage) -> None:
    gone = stage.mine.upload("a JPG", "after-2s", "xml", {"title": "Again"})
    stage.mine.look(GET, gone, "json", {})
    stage.delete(gone)


def _publish_another(stage: Stage) -> None:
    made = stage.mine.upload("a PDF of three pages", "immediate", "json", {**SUBJECT, "collectionStatus": "editable"})
    stage.mine.happened(made, DAYS)
    stage.mine.everything([made], "json")
    made = stage.mine.update(made, "json", {"collectionStatus": "public", "title": "Published"})
    stage.mine.everything([made], "json")
    stage.delete(made)


def _convert(stage: Stage) -> None:
    for state in ("complete", "failed"):
        made = stage.mine.upload("a PDF of three pages", "never", "json", SUBJECT)
        stage.mine.convert(made, state)
        stage.mine.everything([made], "json")
        stage.delete(made)


def _by_others(stage: Stage) -> None:
    """Another key is refused what is not its own, and has, changes and deletes the like of it."""
    theirs = stage.theirs
    for one in stage.collections:
        for name in LOOKS:
            theirs.look(name, one, "json", {})
        theirs.update(one, "json", {"title": "Stolen"})
        theirs.delete(one, "json")
    made = theirs.upload("a PDF", "immediate", "json", SUBJECT)
    theirs.happened(made, DAYS)
    theirs.update(made, "json", {"title": "Theirs", "collectionWidth": "5"})
    theirs.delete(made, "json")
    theirs.everything([], "json")


def _change_failed(stage: Stage) -> None:
    for changes in ({"title": "Broken again"}, {"collectionStatus": "unlisted"}, {"collectionStatus": "public"}):
        stage.failed = stage.mine.update(stage.failed, "json", changes)


def _wait(micros: int) -> Callable[[Stage], None]:
    return lambda stage: stage.session.wait(micros)


def _look(stage: Stage) -> None:
    stage.mine.everything(stage.collections, "json")


EVENTS: Mapping[str, Callable[[Stage], None]] = {
    "a change of the title": lambda stage: _update(stage, title="Winter"),
    "a change of description and height": lambda stage: _update(
        stage, description="<b>snow</b>", collectionHeight="77"
    ),
    "showing": lambda stage: _update(stage, collectionStatus="public"),
    "editing": lambda stage: _update(stage, collectionStatus="editable"),
    "a change of everything": lambda stage: _update(stage, **SUBJECT),
    "a change of nothing": lambda stage: _update(stage),
    "a deletion": _delete,
    "another upload": _again,
    "other statistics": lambda stage: stage.mine.happened(stage.subject, DAYS[::2]),
    "refusals": _refuse,
    "a limit": _use_up,
    "another key": _by_others,
    "a day": _wait(DAY),
    "a month": _wait(32 * DAY),
}
"""What is tried after each other and itself."""
MORE_EVENTS: Mapping[str, Callable[[Stage], None]] = {
    "a change of the width": lambda stage: _update(stage, collectionWidth="1234"),
    "hiding": lambda stage: _update(stage, collectionStatus="unlisted"),
    "two seconds": _wait(2 * SECOND),
    "a change that empties the texts": lambda stage: _update(
        stage, title="", description="", collectionStatus="unlisted"
    ),
    "a change of a failed one": _change_failed,
    "a look at everything": _look,
    "an hour": _wait(60 * MINUTE),
    "editing again": lambda stage: _update(stage, collectionStatus="editable", title="Draft"),
    "publishing alone": lambda stage: _update(stage, collectionStatus="public"),
    "editing once more": lambda stage: _update(stage, collectionStatus="editable"),
    "publishing with a text": lambda stage: _update(stage, collectionStatus="public", description="New", title="Out"),
    "the publishing of another": _publish_another,
    "the ends of conversions": _convert,
    "a week": _wait(7 * DAY),
    "maintenance": _maintain,
    "a year": _wait(366 * DAY),
    "statistics of before": lambda stage: stage.mine.happened(stage.subject, DAYS),
}


ALL = {**EVENTS, **MORE_EVENTS}


def follow(session: Session) -> Iterator[tuple[Stage, str, str]]:
    """The stage after each event in turn, the event, and one of the formats."""
    stage, forms = staged(session), cycle(FORMATS)
    yield stage, "nothing", next(forms)
    for event in ALL:
        session.trace.add(f"{event} happens to {stage.subject}")
        ALL[event](stage)
        yield stage, event, next(forms)
