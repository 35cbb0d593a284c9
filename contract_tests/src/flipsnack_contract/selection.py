"""Which checks are run: all of them, or those whose name or rule fits a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from flipsnack_contract.check import Check

__all__ = ["NothingFits", "select"]


class NothingFits(ValueError):
    """A pattern that fits no check: surely a slip of the pen."""


def select(checks: Iterable[Check], patterns: Sequence[str]) -> tuple[Check, ...]:
    """The checks that fit any of `patterns`: part of a name, or a pattern with `*`; all when there is none.

    Raises `NothingFits` for a pattern that fits nothing.
    """
    every = tuple(checks)
    for pattern in patterns:
        if not any(_fits(one, pattern) for one in every):
            raise NothingFits(f"no check fits {pattern!r}; `flipsnack-contract list --checks` shows their names")
    return tuple(one for one in every if not patterns or any(_fits(one, pattern) for pattern in patterns))


def _fits(check: Check, pattern: str) -> bool:
    if "*" in pattern:
        return fnmatchcase(check.name, pattern) or fnmatchcase(check.rule.id, pattern)
    return pattern in check.name
