"""The ledger: each rule, how well it is known, which cannot be checked yet, and the vendor's codes (`spec/*.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

OK = 20


class UnknownRule(LookupError):
    """A rule id that the ledger does not have."""


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: a page of the vendor, an observation, or a decision of this project."""

    key: str
    title: str
    url: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One promise: `by` the server or the client, `level` MUST or SHOULD, `kind` how well it is known."""

    id: str
    statement: str
    by: str
    level: str
    kind: str = msgspec.field(name="class")
    source: tuple[str, ...]
    setting: str | None = None

    @property
    def is_must(self) -> bool:
        """Whether breaking it is a failure rather than a warning."""
        return self.level == "MUST"


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the ledger's order. Raises `ValueError` when an id is repeated."""
    found = msgspec.convert(_table("rules.toml")["rule"], tuple[Rule, ...])
    by_id = {one.id: one for one in found}
    if len(by_id) != len(found):
        raise ValueError("spec/rules.toml repeats a rule id")
    return by_id


def rule(rule_id: str) -> Rule:
    """The rule with that id; raises `UnknownRule`."""
    try:
        return rules()[rule_id]
    except KeyError:
        raise UnknownRule(f"{rule_id!r} is not a rule; `flipsnack-contract list` shows all of them") from None


@cache
def sources() -> Mapping[str, Source]:
    """Every source by its key."""
    return {key: Source(key, **entry) for key, entry in _table("rules.toml")["sources"].items()}


@cache
def untested() -> Mapping[str, str]:
    """The rules that no check holds a server to, each with the reason (`spec/untested.toml`)."""
    return dict(_table("untested.toml")["reasons"])


@cache
def breaking() -> Mapping[str, str]:
    """One way to break each rule, in a sentence (`spec/breaking.toml`)."""
    return dict(_table("breaking.toml")["ways"])


@cache
def messages() -> Mapping[int, str]:
    """The message of each documented code, letter by letter (`spec/codes.toml`, "API status codes")."""
    return {int(code): message for code, message in _table("codes.toml")["messages"].items()}


def named(code: int) -> str:
    """A code for a reader: `44 (Invalid signature)`."""
    return f"{code} ({messages().get(code, 'not in the table of the vendor')})"


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(spec(name))


def spec(name: str) -> str:
    """The text of a file of `spec/`."""
    return Path(__file__).parents[1].joinpath("spec", name).read_text(encoding="utf-8")
