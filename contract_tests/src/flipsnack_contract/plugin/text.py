"""Results in words: the rule, what was found, the steps, and the command that judges it again."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.plugin.option_table import PACKAGE
from flipsnack_contract.target.outcome import SHOWN, Outcome
from flipsnack_contract.target.result import Result, worst

STEPS_SHOWN = 12
MOST_LINES = 40
LONGEST = 1000
"""The longest line, in characters: texts of servers and adapters are cleaned and cut to it."""
BROKEN = (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.ADAPTER, Outcome.INTERNAL, Outcome.WARNED)
# What differs between two failures with one cause: addresses, keys, identifiers, numbers.
_VARYING = re.compile(r"https?://\S+|\bkit-[\w-]+|\d+(\.\d+)?")

Replay = Callable[[Result], str]
Text = str | tuple[str, int, str] | None


def shown(
    results: Iterable[Result], replay: Replay
) -> tuple[Literal["passed", "failed", "skipped"], Text, Literal["setup", "call"]]:
    """Outcome, text and phase of pytest's report of these results: the worst of them decides."""
    results = tuple(results)
    decides = worst(one.outcome for one in results)
    bad = [one for one in results if one.outcome is decides]
    element = SHOWN[decides].junit
    if not element:
        return "passed", None, "call"
    if element == "skipped":
        why = "; ".join(dict.fromkeys(f"{one.rule}: {cut(one.message, LONGEST)}" for one in bad))
        return "skipped", (str(PACKAGE), 0, why), "call"
    text = "\n\n".join("\n".join(paragraphs(one, replay)) for one in bad)
    return "failed", text, "setup" if element == "error" else "call"  # pytest's way to tell an error from a failure


def report_lines(results: Sequence[Result], replay: Replay, facts: Mapping[str, str], advice: str) -> Iterator[str]:
    """The closing section: each cause of failures once, what was skipped, known and stale, and what was judged."""
    for first, *others in _by_cause(one for one in results if one.outcome in BROKEN):
        yield from paragraphs(first, replay)
        if others:
            yield f"  also    {', '.join(one.check for one in others)}"
        yield ""
    skipped = [one for one in results if one.outcome is Outcome.SKIPPED]
    for reason in dict.fromkeys(one.message for one in skipped):
        yield f"SKIPPED {cut(reason, LONGEST)}:"
        yield from (f"          {one.check}" for one in skipped if one.message == reason)
    yield from (f"KNOWN   {one.rule}: {', '.join(one.listed)}" for one in results if one.outcome is Outcome.KNOWN)
    yield from (f"STALE   {one.message}" for one in results if one.outcome is Outcome.STALE)
    yield from [f"FIRST   {advice}"] if advice else []
    yield from (f"{name:<8} {value}" for name, value in facts.items())


def paragraphs(result: Result, replay: Replay) -> Iterator[str]:
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
    yield f"  replay  {replay(result)}"
    yield f"  more    flipsnack-contract explain {result.rule}"


def _by_cause(results: Iterable[Result]) -> list[list[Result]]:
    """In groups that have one cause, as far as can be told: the same other rule that broke, or the same finding."""
    causes: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        other = one.broke if one.broke != one.rule else ""
        causes.setdefault((one.outcome, other or _VARYING.sub("…", one.message)), []).append(one)
    return list(causes.values())


def _lines(name: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines[:MOST_LINES]):
        yield f"  {name if number == 0 else '':<7} {cut(line, LONGEST)}"
    if len(lines) > MOST_LINES:
        yield f"  {'':<7} … {len(lines) - MOST_LINES} more lines"
