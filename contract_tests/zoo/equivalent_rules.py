"""The table of rules that cannot be broken alone, `equivalent_rules.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["EquivalentRule", "equivalent_rules"]

TABLE = Path(__file__).with_name("equivalent_rules.toml")


@dataclass(frozen=True)
class EquivalentRule:
    """A rule that cannot be broken without one of `others`, and why."""

    rule: str
    others: frozenset[str]
    reason: str


def equivalent_rules(suite: str) -> tuple[EquivalentRule, ...]:
    """The entries for one suite."""
    entries = tomllib.loads(TABLE.read_text("utf-8")).get(suite, [])
    return tuple(EquivalentRule(one["rule"], frozenset(one["with"]), one["reason"]) for one in entries)
