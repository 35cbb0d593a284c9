"""Which rule a wrong answer breaks."""

from collections.abc import Callable, Mapping
from typing import Any

from flipsnack_contract.checks.methods.uploaded import FIELD_OF, hashes_in
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.library import LibraryModel, Parameters

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


AskAgain = Callable[[Parameters], Answer]
"""Asks for a list again, in JSON."""


def rule_of_list(model: LibraryModel, asked: Parameters, answer: Answer, again: AskAgain) -> str:
    """The rule that a wrong list breaks: that of the parameters without which the answer is right."""
    wanted, data = model.listing(asked), answer.data or {}
    if not isinstance(data.get("collections"), list):
        return "answer.xml-lists"  # that JSON has a list is looked at when it is read
    if {*hashes_in(data)} & {one.hash for one in model.collections if one.is_deleted}:
        return "delete.gone"
    whole = without(asked, "list.range")
    if whole != asked:
        uncut = again(whole)
        if not agrees(model.listing(whole), uncut.data or {}):
            return rule_of_list(model, whole, uncut, again)
        is_of_count = wanted["collectionCount"] != data.get("collectionCount")
        return "list.count" if is_of_count else _rule_among(model, asked, again, "list.order") or "list.range"
    ours, theirs = hashes_in(wanted), hashes_in(data)
    if sorted(ours) == sorted(theirs):
        same = "list.count" if wanted["collectionCount"] != data.get("collectionCount") else "list.own"
        return "list.order" if ours != theirs else same
    return _rule_among(model, asked, again, "list.query", "list.status") or "list.own"


def _rule_among(model: LibraryModel, asked: Parameters, again: AskAgain, *rules: str) -> str:
    """The first of these rules without whose parameters the answer is right; "" for none."""
    for rule in rules:
        fewer = without(asked, rule)
        if fewer != asked and agrees(model.listing(fewer), again(fewer).data or {}):
            return rule
    return ""
