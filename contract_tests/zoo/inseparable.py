"""The table of rules that cannot be told apart, `inseparable.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Inseparable", "inseparable"]

TABLE = Path(__file__).with_name("inseparable.toml")


@dataclass(frozen=True)
class Inseparable:
    """A rule that nobody can break without one of `others`, and why."""

    rule: str
    others: frozenset[str]
    reason: str


def inseparable(side: str) -> tuple[Inseparable, ...]:
    """The entries for one side."""
    entries = tomllib.loads(TABLE.read_text("utf-8")).get(side, [])
    return tuple(Inseparable(one["rule"], frozenset(one["with"]), one["reason"]) for one in entries)
