"""Markdown, for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.reports.words import counted, notable, story
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["markdown"]


def markdown(results: Sequence[Result]) -> str:
    """A headline, a table of what needs a reader with the story of each, and what was skipped."""
    lines = ["## Flipsnack contract", "", counted(results), ""]
    found = notable(results)
    if found:
        lines += ["| outcome | rule | what the rule says |", "| --- | --- | --- |"]
        lines += [f"| {result.outcome} | `{result.rule}` | {_cell(rule(result.rule).statement)} |" for result in found]
        lines += [line for result in found for line in _details(result)]
    lines += _skipped(results)
    return "\n".join(lines).rstrip("\n") + "\n"


def _details(result: Result) -> Iterator[str]:
    yield from ("", f"<details><summary>{result.outcome} <code>{_text(result.check)}</code></summary>", "")
    # Indented, so that no text of a client can end the block.
    yield from (f"    {line}" for text in story(result) for line in text.splitlines() or [""])
    yield from ("", "</details>")


def _skipped(results: Sequence[Result]) -> list[str]:
    skipped = [result for result in results if result.outcome is Outcome.SKIPPED]
    if not skipped:
        return []
    return ["", "Skipped:", "", *(f"- `{result.check}`: {_text(result.message)}" for result in skipped)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
