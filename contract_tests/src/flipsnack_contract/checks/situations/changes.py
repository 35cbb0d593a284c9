"""How a collection is changed, and how long it is left alone."""

from collections.abc import Callable, Mapping

from flipsnack_contract.checks.borders import reach
from flipsnack_contract.checks.situations.life import Life
from flipsnack_contract.contract.clock import DAY, MINUTE, SECOND
from flipsnack_contract.contract.library import Parameters
from flipsnack_contract.target.session import Session

TITLE, DESCRIPTION = {"title": "Winter"}, {"description": "Caf\u00e9 <b>\U0001f600</b>"}


def _to(*statuses: str) -> tuple[Parameters, ...]:
    return tuple({"collectionStatus": one} for one in statuses)


CHANGES: Mapping[str, tuple[Parameters, ...]] = {
    "none": (),
    "a text alone": ({"title": "\u65e5\u672c & \x02"}, {"description": ""}),
    "the sizes": ({"collectionWidth": "1234"}, {"collectionHeight": "00009"}),
    "everything": (
        {**TITLE, **DESCRIPTION, "collectionWidth": "640", "collectionHeight": "480", "collectionStatus": "unlisted"},
    ),
    "nothing": ({},),
    "the texts away": ({"title": "", "description": ""},),
    "to public": _to("public"),
    "to editable": _to("editable"),
    "to editable and unlisted": _to("editable", "unlisted"),
    "to editable and public with a title": (*_to("editable"), {"collectionStatus": "public", "title": "Out"}),
    "public twice": _to("public", "editable", "public", "public"),
}


def change(life: Life, name: str) -> None:
    """Change the collection of a life in the way of that name, to the next texts and sizes."""
    for given in CHANGES[name]:
        life.update(
            {one: next(life.values[one]) if value and one in life.values else value for one, value in given.items()}
        )


def _wait(micros: int) -> Callable[[Session], None]:
    return lambda session: session.wait(micros)


def _until(border: str) -> Callable[[Session], None]:
    return lambda session: reach(session, border)


_SPANS = (0, 2 * SECOND, MINUTE - 1, MINUTE, 60 * MINUTE, DAY, 7 * DAY)
_BORDERS = (
    "more seconds than 31 bits hold",
    "the end of any month",
    "the beginning of a leap day",
    "the end of a year",
)
PAUSES: Mapping[str, Callable[[Session], None]] = {
    **{f"{micros / SECOND:g} s": _wait(micros) for micros in _SPANS},
    **{border: _until(border) for border in _BORDERS},
}
