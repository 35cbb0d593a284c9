"""Failures that are known: a text file that says which, why, and until when; and what no longer is as it says.

One expectation a line::

    CHECK [@VERSION]  # MESSAGE | https://issue | until 2027-03-01

`CHECK` is a check's name, `*` fits anything; `@VERSION` limits it to one version of the client; `MESSAGE` is how the
failure's message begins. A line whose check passes, is skipped, fails with another message or does not exist, whose
date has come, or whose pattern covers more than twenty failures, is stale: a list nobody trims hides new failures.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from flipsnack_contract.result import Outcome, Result

__all__ = ["Expectation", "ExpectationError", "Settlement", "parse_expectations", "rewritten", "settle", "settle_flaky"]

WIDEST = 20
_LINE = re.compile(
    r"(?P<check>\S+)(?:\s+@(?P<version>\S+))?\s+#\s*(?P<message>[^|]*?)\s*\|\s*(?P<issue>https?://\S+)\s*"
    r"\|\s*until\s+(?P<until>\d{4}-\d{2}-\d{2})\s*"
)
_BROKEN = frozenset({Outcome.FAILED, Outcome.WARNED})


class ExpectationError(ValueError):
    """A list that cannot be used; the text names the line and what it should look like."""


@dataclass(frozen=True)
class Expectation:
    """One line: which failure is known, of which client version, by which issue, until when."""

    check: str
    message: str
    issue: str
    until: datetime.date
    version: str | None = None
    line: int = 0

    def covers(self, result: Result) -> bool:
        """Whether it speaks of this check."""
        return fnmatchcase(result.check, self.check)

    def __str__(self) -> str:
        """The line as it stands in the file."""
        version = f" @{self.version}" if self.version else ""
        return f"{self.check}{version}  # {self.message} | {self.issue} | until {self.until.isoformat()}"


@dataclass(frozen=True)
class Settlement:
    """The results after the list was applied, and a sentence for each line that is stale."""

    results: tuple[Result, ...]
    stale: tuple[str, ...]


def parse_expectations(text: str, name: str) -> tuple[Expectation, ...]:
    """The expectations in `text`, a file called `name`; empty lines and lines that begin with # are for people.

    Raises `ExpectationError`.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_parsed(line.strip(), f"{name}:{number}", number))
    checks = [(one.check, one.version) for one in found]
    for one in found:
        if checks.count((one.check, one.version)) > 1:
            raise ExpectationError(f"{name}:{one.line}: {one.check} is listed more than once")
    return tuple(found)


def _parsed(line: str, where: str, number: int) -> Expectation:
    match = _LINE.fullmatch(line)
    if match is None:
        form = "CHECK [@VERSION]  # MESSAGE | https://issue | until 2027-03-01"
        raise ExpectationError(f"{where}: {line!r} is no expectation; expected {form}")
    try:
        until = datetime.date.fromisoformat(match["until"])
    except ValueError as wrong:
        raise ExpectationError(f"{where}: {match['until']} is no date: {wrong}") from None
    return Expectation(match["check"], match["message"], match["issue"], until, match["version"], number)


def settle(
    results: Iterable[Result], expected: Sequence[Expectation], *, today: datetime.date, version: str = ""
) -> Settlement:
    """Turn each failure that is known into one that was expected, and find what is stale in the list.

    Lines for another version than `version` are left alone.
    """
    own = [one for one in expected if one.version in (None, version)]
    settled = tuple(_settled(result, own) for result in results)
    stale = [sentence for one in own for sentence in _staleness(one, settled, today)]
    return Settlement(settled, tuple(stale))


def settle_flaky(
    results: Iterable[Result], flaky: Sequence[Expectation], expected: Sequence[Expectation]
) -> Settlement:
    """Let the checks on the list of flaky ones fail or pass as they like.

    Raises `ExpectationError` for a check that both lists name: it cannot be known and unknown at once.
    """
    both = {one.check for one in flaky} & {one.check for one in expected}
    if both:
        raise ExpectationError(f"{', '.join(sorted(both))}: listed as expected to fail and as flaky; keep one of them")
    found = tuple(results)
    settled = tuple(_settled(result, flaky, Outcome.FLAKY) for result in found)
    names = [one for one in flaky if not any(one.covers(result) for result in found)]
    return Settlement(settled, tuple(f"line {one.line}: no check is called {one.check}" for one in names))


def rewritten(results: Iterable[Result], expected: Sequence[Expectation], *, until: datetime.date) -> str:
    """The list as it should be after a complete run: what still fails, each by its own name.

    A failure that was not listed gets an issue to fill in and the date `until`.
    """
    lines = []
    for result in results:
        if result.outcome in _BROKEN or result.outcome is Outcome.EXPECTED:
            known = next((one for one in expected if one.covers(result)), None)
            issue, end = (known.issue, max(known.until, until)) if known else ("https://example.com/fill-in", until)
            lines.append(str(Expectation(result.check, _beginning(result.message), issue, end)))
    return "".join(f"{line}\n" for line in sorted(lines))


def _beginning(message: str) -> str:
    return message.partition("\n")[0].partition("|")[0][:80].strip()


def _settled(result: Result, known: Sequence[Expectation], to: Outcome = Outcome.EXPECTED) -> Result:
    if result.outcome not in _BROKEN:
        return result
    if any(one.covers(result) and result.message.startswith(one.message) for one in known):
        return replace(result, outcome=to)
    return result


def _staleness(one: Expectation, results: Sequence[Result], today: datetime.date) -> list[str]:
    covered = [result for result in results if one.covers(result)]
    expected = [result for result in covered if result.outcome is Outcome.EXPECTED]
    where = f"line {one.line}: {one.check}"
    sentences = []
    if today > one.until:
        sentences.append(f"{where}: expired on {one.until.isoformat()}; mend the client, or say anew until when")
    if len(expected) > WIDEST:
        sentences.append(f"{where}: covers {len(expected)} failures, more than {WIDEST}; name them one by one")
    if not covered:
        sentences.append(f"{where}: no such check was run")
    elif not expected:
        sentences.append(f"{where}: did not fail as listed ({_instead(covered[0])}); remove the line")
    return sentences


def _instead(result: Result) -> str:
    return f"failed with: {_beginning(result.message)}" if result.outcome in _BROKEN else str(result.outcome)
