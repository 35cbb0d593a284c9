"""A look at a recording: one rule, and what must have been recorded for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.recordings.event import Event

__all__ = ["NEEDS", "Look", "look"]

Judge = Callable[[Sequence[Event]], None]
NEEDS = {
    "calls": "calls of the API",
    "answers": "the bodies of the API's answers",
    "links": "answers with a resource URL, and requests for it",
}


@dataclass(frozen=True)
class Look:
    """What a rule means in a recording: `judge(events)` of one key raises `Violation` where it was broken."""

    name: str
    rule: Rule
    judge: Judge
    needs: frozenset[str]

    @property
    def promise(self) -> str:
        """The docstring of the look in one line."""
        return " ".join((self.judge.__doc__ or "").split())


def look(rule_id: str, *, needs: Iterable[str] = ("calls", "answers")) -> Callable[[Judge], Look]:
    """Make a function a look for the rule `rule_id`. Raises `UnknownRule`, and `ValueError` for an unknown need."""
    needed = frozenset(needs)
    if unknown := needed - NEEDS.keys():
        raise ValueError(f"{sorted(unknown)} are not recorded; there are {sorted(NEEDS)}")
    return lambda judge: Look(f"{rule_id}/recorded-{judge.__name__.replace('_', '-')}", rule(rule_id), judge, needed)
