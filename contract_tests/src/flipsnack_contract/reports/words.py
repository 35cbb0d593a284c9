"""The story of a result in lines, the same in every report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flipsnack_contract.target.result import Outcome, Result

__all__ = ["NOTABLE", "counted", "notable", "story"]

NOTABLE = (Outcome.FAILED, Outcome.BROKEN, Outcome.WARNED, Outcome.EXPECTED, Outcome.FLAKY)
"""What a reader wants to see in full, worst first."""
FIRST_STEPS, LAST_STEPS = 8, 12


def story(result: Result) -> Iterator[str]:
    """What was found, on which values, after which steps."""
    yield from result.message.splitlines()
    if result.broke and result.broke != result.rule:
        yield f"which breaks the rule {result.broke}"
    for name, value in result.counterexample.items():
        yield f"with {name} = {value}"
    yield from (f"| {step}" for step in _abridged(result.steps))


def _abridged(steps: Sequence[str]) -> list[str]:
    """Both ends: how it began, and what it came to. All of it is in the lines of JSON."""
    if len(steps) <= FIRST_STEPS + LAST_STEPS:
        return list(steps)
    return [*steps[:FIRST_STEPS], f"… {len(steps) - FIRST_STEPS - LAST_STEPS} more …", *steps[-LAST_STEPS:]]


def notable(results: Sequence[Result]) -> list[Result]:
    """The results that need a reader, worst first."""
    return [result for outcome in NOTABLE for result in results if result.outcome is outcome]


def counted(results: Sequence[Result]) -> str:
    """How many of what, as in "3 failed, 80 passed"."""
    counts = [(outcome, sum(result.outcome is outcome for result in results)) for outcome in Outcome]
    return ", ".join(f"{count} {outcome}" for outcome, count in counts if count) or "nothing ran"
