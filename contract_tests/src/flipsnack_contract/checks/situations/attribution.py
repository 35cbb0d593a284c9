"""Which rule a wrong answer breaks."""

from collections.abc import Mapping
from typing import Any

from flipsnack_contract.checks.methods.uploaded import FIELD_OF
from flipsnack_contract.contract.library import Parameters

_RULES_OF_LISTS: Mapping[str, frozenset[str]] = {
    "list.order": frozenset({"orderBy", "orderMode"}),
    "list.range": frozenset({"from", "to"}),
    "list.query": frozenset({"query"}),
    "list.status": frozenset({"collectionStatus"}),
}
"""The parameters that each rule of a list is about."""


def rule_of_state(before: str | None, wanted: str, found: object) -> str:
    """The rule that a wrong state of a package breaks; `before` is the final one that it had before."""
    if found not in ("PROCESSING", "COMPLETE", "FAILED"):
        return "job.states"
    if before == wanted:
        return "job.never-goes-back"
    return "conversion.then-package" if wanted == "FAILED" else "job.started-by-first-call"


def without(asked: Parameters, rule: str) -> Parameters:
    """What is asked without the parameters that a rule of lists is about."""
    return {name: value for name, value in asked.items() if name not in _RULES_OF_LISTS[rule]}


def agrees(wanted: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether the data of an answer has all that is wanted."""
    return all(data.get(name) == value for name, value in wanted.items())


def rule_of_update(name: str, given: Parameters) -> str:
    """The rule that a field breaks which is not as an update should have left it."""
    sent = {FIELD_OF.get(one, one): value for one, value in given.items()}
    return "update.keeps" if name not in sent else "update.sets" if sent[name] else "update.empty-text"
