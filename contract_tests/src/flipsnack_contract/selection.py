"""Which checks are run: all of them, or those whose name or rule fits a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from flipsnack_contract.contract.ledger import Rule

__all__ = ["NothingFits", "Selectable", "select"]


class Selectable(Protocol):
    """What can be selected: a check of a server, a duty of a client."""

    @property
    def name(self) -> str:
        """Its name, which begins with the id of its rule."""

    @property
    def rule(self) -> Rule:
        """The rule that it holds somebody to."""


Kind = TypeVar("Kind", bound=Selectable)


class NothingFits(ValueError):
    """A pattern that fits no check: surely a slip of the pen."""


def select(checks: Iterable[Kind], patterns: Sequence[str]) -> tuple[Kind, ...]:
    """The checks that fit any of `patterns`: part of a name, or a pattern with `*`; all when there is none.

    Raises `NothingFits` for a pattern that fits nothing.
    """
    every = tuple(checks)
    for pattern in patterns:
        if not any(_fits(one, pattern) for one in every):
            raise NothingFits(f"no check fits {pattern!r}; `flipsnack-contract list --checks` shows their names")
    return tuple(one for one in every if not patterns or any(_fits(one, pattern) for pattern in patterns))


def _fits(check: Selectable, pattern: str) -> bool:
    if "*" in pattern:
        return fnmatchcase(check.name, pattern) or fnmatchcase(check.rule.id, pattern)
    return pattern in check.name
