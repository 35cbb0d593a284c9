"""Rules that no server or client can break alone, so that no mutant is caught by them alone.

The matrix fails for a rule that needs an entry here and has none, and for an entry that is not needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class EquivalentRule:
    """A rule that cannot be broken without one of `others`, and why."""

    rule: str
    others: frozenset[str]
    reason: str


EQUIVALENT_RULES: Mapping[str, tuple[EquivalentRule, ...]] = {"server": (), "client": ()}
"""The entries for each suite."""
