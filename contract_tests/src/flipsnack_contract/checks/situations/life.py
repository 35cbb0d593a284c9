"""One key whose collections come, change and go, and all that is looked at after each event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from typing import TypeVar

from flipsnack_contract.checks.methods.comparison import ComparedAccount
from flipsnack_contract.checks.methods.uploaded import EMBED, GET, STATS
from flipsnack_contract.checks.methods.urls import WAYS
from flipsnack_contract.checks.request_cases import FORMATS
from flipsnack_contract.checks.situations.asked import EMBEDS, LISTS, STATISTICS
from flipsnack_contract.checks.situations.given import SHAPES, TEXTS
from flipsnack_contract.checks.situations.origins import DOCUMENTS
from flipsnack_contract.checks.situations.served import ServedPackages
from flipsnack_contract.contract.covering import covering
from flipsnack_contract.contract.library import Parameters
from flipsnack_contract.contract.methods import methods, options_of
from flipsnack_contract.target.session import Session

T = TypeVar("T")
WRONG = [
    (method, one.name, value)
    for method in methods()
    for one in method.parameters
    if one.wrong_values and not (one.required or (one.type == "string" and not one.allowed))
    for value in dict.fromkeys((*one.wrong_values[:: max(1, len(one.wrong_values) // 9)], ""))
    if len(value) < 100
][::-1]
"""A wrong value of a parameter of a method."""


_TEXTS = [text for text in TEXTS.values() if text]
_SIZES = ("640", "1", "0077", "2147483648", "4294967296", "9" * 15, "1000")
VALUES = {
    "title": _TEXTS,
    "description": _TEXTS[::-1],
    "collectionWidth": _SIZES,
    "collectionHeight": _SIZES[::-1],
}
"""To what an update changes texts and sizes, in turn."""


NEWER = covering({"way": tuple(DOCUMENTS), "shape": tuple(SHAPES.values())})
"""How further collections come to be, which have no title."""


def _searched(title: str, description: str, number: int) -> str:
    """A part of the texts of a collection, what is there only where both are put together, or a pattern."""
    at = number % (len(title) + 1)
    return (
        title[at : at + 3],
        description[-3:],
        f"{title[-2:]} {description[:2]}",
        title + description,
        title,
        "%",
        "_",
    )[number % 7]


PARTS = 11
"""Into so many parts the lives are divided."""


def turned(values: Sequence[T], part: int) -> Iterator[T]:
    """The values again and again, from where that part begins."""
    return islice(cycle(values), part * len(values) // PARTS, None)


@dataclass
class Life:
    """Two keys; collections of the first one come, change and go. `subject` is the one that a row is about.

    Each of `PARTS` parts begins in another place of what is asked for in turn."""

    mine: ComparedAccount
    theirs: ComparedAccount
    part: int
    subject: str = ""
    old: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.served = ServedPackages(self.mine, turned(list(WAYS), self.part))
        self.forms = turned(FORMATS, self.part)
        self.asked = turned(list(zip(EMBEDS * 3, STATISTICS, LISTS * 3, strict=False)), self.part)
        self.newer = turned(NEWER, self.part)
        self.wrong, self.places = turned(WRONG, self.part), count(self.part)
        self.values = {name: turned(one, self.part) for name, one in VALUES.items()}

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
        """A text to look for, often with a status."""
        found, at = self.mine.model.find(self.subject), next(self.places)
        query = _searched(found.title, found.description, at) if found else "Winter"
        status = {"collectionStatus": found.status if found and at % 2 else "unlisted"} if at % 4 else {}
        return {**status, **({} if "\ufffd" in query else {"query": query})}

    def begin(self) -> None:
        """What is asked for in one life stays the same, so that an answer that was kept shows."""
        self.of_embed, self.of_stats, self.of_list = next(self.asked)
