"""What people found out about machine-made mutants that no check catches: `reviewed.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["VERDICTS", "Review", "reviews", "stale", "unreviewed"]

TABLE = Path(__file__).with_name("reviewed.toml")
VERDICTS = {
    "equivalent": "it does what the original does",
    "unobservable": "no answer of the fake differs, no call, no outcome and no file of the client",
    "own": "a feature of the fake or the client beside the API: a matter of its own tests",
    "unruled": "that differs, and no rule of the ledger says which is right",
}
"""Why a survivor may live."""


@dataclass(frozen=True)
class Review:
    """A verdict on mutants of one function (`where`): on all, or on those with one of `changes` in their name."""

    where: str
    changes: tuple[str, ...]
    verdict: str
    reason: str

    def covers(self, name: str) -> bool:
        """Whether it speaks of the mutant of that name."""
        where, _, change = name.partition(": ")
        return where == self.where and (not self.changes or any(part in change for part in self.changes))


def reviews(side: str) -> tuple[Review, ...]:
    """The verdicts on the mutants of one side. Raises `ValueError` for a verdict that is none of `VERDICTS`."""
    entries = tomllib.loads(TABLE.read_text("utf-8")).get(side, [])
    found = [Review(one["where"], tuple(one.get("changes", ())), one["verdict"], one["reason"]) for one in entries]
    for review in found:
        if review.verdict not in VERDICTS:
            raise ValueError(f"{review.where}: {review.verdict!r} is no verdict; there are {', '.join(VERDICTS)}")
    return tuple(found)


def unreviewed(survivors: Iterable[str], done: Sequence[Review]) -> list[str]:
    """The names of the mutants that survived and of which nobody has said why."""
    return [name for name in survivors if not any(review.covers(name) for review in done)]


def stale(names: Iterable[str], done: Iterable[Review]) -> list[str]:
    """A sentence for each verdict, and each part of one, that speaks of none of the mutants `names`."""
    known = list(names)
    return [
        f"reviewed.toml speaks of {one.where}{f': {change}' if change else ''}, and there is nothing to say of it"
        for one in done
        for change in (one.changes or ("",))
        if not any(Review(one.where, (change,) if change else (), "", "").covers(name) for name in known)
    ]
