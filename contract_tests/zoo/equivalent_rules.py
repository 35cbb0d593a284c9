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

REPEATING_RULES = frozenset({"history.agrees"})
"""Rules that say again what all the others say. They may catch any mutant, so they are not tried on those of others."""
