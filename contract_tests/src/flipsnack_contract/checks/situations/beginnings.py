"""How a collection of a life comes to be: texts, shape, conversion and package."""

from collections.abc import Mapping
from typing import Any

from flipsnack_contract.checks.situations.given import SHAPES, TEXTS
from flipsnack_contract.checks.situations.life import Life

Row = Mapping[str, Any]
"""One life: the value of each column."""
SEEDED = "the control plane"
CONVERSIONS = ("immediate", "after-2s", "after-3600s", "never", "failed", "failed-after-2s", "to complete", "to failed")
PACKAGES = (
    "immediate",
    "after-1s",
    "after-3600s",
    "after-2-polls",
    "failed",
    "failed-after-1s",
    "never",
    "to COMPLETE",
    "to FAILED",
)


def _given(row: Row) -> dict[str, str]:
    texts = {name: TEXTS[row[name]] for name in ("title", "description")}
    return {**{name: text for name, text in texts.items() if text is not None}, **SHAPES[row["shape"]]}


def begin(life: Life, row: Row) -> None:
    """The collection comes to be, and its conversion begins."""
    conversion, packages = ("never" if "to " in row[name] else row[name] for name in ("conversion", "packages"))
    life.mine.packages = packages
    if row["way"] == SEEDED:
        life.subject = life.mine.seed({"title": "A collection", **_given(row)}, 2)
    else:
        life.subject = life.mine.upload(row["way"], conversion, life.form, _given(row))


def end_conversion(life: Life, row: Row) -> None:
    """End a conversion that has no end of its own."""
    if "to " in row["conversion"]:
        life.mine.convert(life.subject, row["conversion"].removeprefix("to "))


def end_package(life: Life, row: Row) -> None:
    """End a package that has no end of its own, where the document was converted."""
    found = life.mine.model.find(life.subject)
    if "to " in row["packages"] and found and found.conversion.look(life.session.clock.now) == "COMPLETE":
        found.package.final, found.package.is_forced = row["packages"].removeprefix("to "), True
        life.session.steer.force(life.subject, found.package.final)
