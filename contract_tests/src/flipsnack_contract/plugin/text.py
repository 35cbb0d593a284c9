"""Results in words: the rule, what was found, the steps, and the command that judges it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["markdown", "paragraphs", "report_lines"]

STEPS_SHOWN = 12
BROKEN = (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.ADAPTER, Outcome.INTERNAL, Outcome.WARNED)
# What differs between two failures with one cause: addresses, keys, identifiers, numbers.
_VARYING = re.compile(r"https?://\S+|\bkit-[\w-]+|\d+(\.\d+)?")


def report_lines(
    results: Sequence[Result], replays: Mapping[str, str], facts: Mapping[str, str], advice: str
) -> Iterator[str]:
    """The closing section: each cause of failures once, what was skipped, known and stale, and what was judged."""
    for cause in _by_cause(one for one in results if one.outcome in BROKEN):
        yield from paragraphs(cause[0], replays[cause[0].check])
        if also := [one.check for one in cause[1:]]:
            yield f"  also    {', '.join(also)}"
        yield ""
    for reason in dict.fromkeys(one.message for one in results if one.outcome is Outcome.SKIPPED):
        yield f"SKIPPED {reason}:"
        skipped = (one for one in results if one.outcome is Outcome.SKIPPED and one.message == reason)
        yield from (f"          {one.check}" for one in skipped)
    yield from (f"KNOWN   {one.rule}: {', '.join(one.listed)}" for one in results if one.outcome is Outcome.KNOWN)
    yield from (f"STALE   {one.message}" for one in results if one.outcome is Outcome.STALE)
    yield from [f"FIRST   {advice}"] if advice else []
    yield from (f"{name:<8} {value}" for name, value in facts.items())


def paragraphs(result: Result, replay: str) -> Iterator[str]:
    """The lines that tell a result."""
    yield f"{result.outcome.upper()}  {result.rule}  ({result.check})"
    if rule := rules().get(result.rule):
        yield f"  rule    {rule.statement}"
    yield from _lines("found", result.message.splitlines())
    if result.broke and result.broke != result.rule:
        yield f"  breaks  {result.broke}"
    yield from _lines("with", [f"{name} = {value}" for name, value in result.counterexample.items()])
    before = len(result.steps) - STEPS_SHOWN
    yield from _lines("steps", [*([f"… {before} steps before"] if before > 0 else []), *result.steps[-STEPS_SHOWN:]])
    yield f"  replay  {replay}"
    yield f"  more    flipsnack-contract explain {result.rule}"


def markdown(results: Sequence[Result], facts: Mapping[str, str]) -> Iterator[str]:
    """What GitHub shows below a job."""
    yield from (f"### Contract of the Flipsnack API: {facts['judged']}", "")
    yield from (f"- {name}: `{value}`" for name, value in facts.items() if name != "judged")
    if rows := [one for one in results if one.outcome in (*BROKEN, Outcome.STALE)]:
        yield from ("", "| outcome | rule | found |", "|---|---|---|")
        yield from (f"| {one.outcome} | `{one.rule}` | {_cell(one.message)} |" for one in rows)
    yield ""


def _by_cause(results: Iterable[Result]) -> list[list[Result]]:
    """In groups that have one cause, as far as can be told: the same other rule that broke, or the same finding."""
    causes: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        other = one.broke if one.broke != one.rule else ""
        causes.setdefault((one.outcome, other or _VARYING.sub("…", one.message)), []).append(one)
    return list(causes.values())


def _lines(name: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {name if number == 0 else '':<7} {line}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
