"""Reports: every one is made from the results alone, which JSON lines keep; so shards can be merged afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from flipsnack_contract.reports.badge import badge
from flipsnack_contract.reports.junit import junit
from flipsnack_contract.reports.markdown import markdown
from flipsnack_contract.reports.page import page
from flipsnack_contract.reports.tap import tap
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["FORMATS", "ReportError", "jsonl", "merged", "read_results", "write_reports"]

FORMATS: Mapping[str, Callable[[Sequence[Result]], str]] = {
    "junit": junit,
    "tap": tap,
    "html": page,
    "markdown": markdown,
    "badge": badge,
}
"""What can be written, by the name of its flag; JSON lines are written as the results come."""

# Of one check in several shards the worst counts.
_SEVERITY = (
    Outcome.FAILED,
    Outcome.BROKEN,
    Outcome.WARNED,
    Outcome.EXPECTED,
    Outcome.FLAKY,
    Outcome.PASSED,
    Outcome.SKIPPED,
)


class ReportError(ValueError):
    """A file of results that cannot be read; the text names the line."""


def jsonl(result: Result) -> str:
    """One result as one line."""
    return json.dumps(result.as_json(), ensure_ascii=False)


def read_results(text: str, name: str) -> Iterator[Result]:
    """The results in `text`, JSON lines of a file called `name`; raises `ReportError` for a line that is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield Result.from_json(json.loads(line))
            except ValueError as wrong:
                raise ReportError(f"{name}:{number}: this is no result: {wrong}") from None


def merged(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results of several shards as one: of each check the worst, with the examples and seconds of all."""
    by_check: dict[str, list[Result]] = {}
    for result in results:
        by_check.setdefault(result.check, []).append(result)
    return tuple(_worst(group) for group in by_check.values())


def _worst(group: Sequence[Result]) -> Result:
    worst = min(group, key=lambda result: _SEVERITY.index(result.outcome))
    examples, seconds = sum(one.examples for one in group), sum(one.seconds for one in group)
    return replace(worst, examples=examples, seconds=seconds)


def write_reports(results: Sequence[Result], files: Mapping[str, str | None]) -> None:
    """Write the report of each name in `FORMATS` to the file that `files` gives for it; raises `OSError`."""
    for name, path in files.items():
        if path is not None:
            # Half a surrogate pair is no text; what a client said may hold one all the same.
            Path(path).write_text(FORMATS[name](results), encoding="utf-8", errors="backslashreplace")
