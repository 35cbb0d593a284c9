"""A result in words: the rule, what was found, the steps, and the command that judges it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.target.result import Result

__all__ = ["by_cause", "paragraphs"]

STEPS_SHOWN = 12
# What differs between two failures with one cause: addresses, keys, identifiers, numbers.
_VARYING = re.compile(r"https?://\S+|\bkit-[\w-]+|\d+(\.\d+)?")


def paragraphs(result: Result, replay: str) -> Iterator[str]:
    """The lines that tell a result."""
    rule = rules().get(result.rule)
    yield f"{result.outcome.upper()}  {result.rule}  ({result.check})"
    if rule is not None:
        yield f"  rule    {rule.statement}"
    yield from _lines("found", result.message.splitlines())
    if result.broke and result.broke != result.rule:
        yield f"  breaks  {result.broke}"
    yield from _lines("with", [f"{name} = {value}" for name, value in result.counterexample.items()])
    yield from _lines("steps", _last(result.steps))
    yield f"  replay  {replay}"
    yield f"  more    flipsnack-contract explain {result.rule}"


def by_cause(results: Iterable[Result]) -> list[list[Result]]:
    """The results in groups that have one cause, as far as can be told: the same broken rule, or the same finding."""
    causes: dict[tuple[str, ...], list[Result]] = {}
    for one in results:
        causes.setdefault(_cause(one), []).append(one)
    return list(causes.values())


def _cause(result: Result) -> tuple[str, ...]:
    if result.broke and result.broke != result.rule:
        return (result.outcome, result.broke)
    return (result.outcome, _VARYING.sub("…", result.message))


def _lines(name: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {name if number == 0 else '':<7} {line}"


def _last(steps: Sequence[str]) -> list[str]:
    if len(steps) <= STEPS_SHOWN:
        return list(steps)
    return [f"… {len(steps) - STEPS_SHOWN} steps before", *steps[-STEPS_SHOWN:]]
