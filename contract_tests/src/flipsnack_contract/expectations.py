"""Failures that are known: a text file that says which, why, and until when; and what no longer is as it says.

One expectation a line::

    CHECK [@VERSION]  # MESSAGE | https://issue | until 2027-03-01

`CHECK` is a check's name, `*` fits anything; `@VERSION` limits it to one version of the client; `MESSAGE` is how the
failure's message begins. A line whose check passes, is skipped, fails with another message or does not exist, whose
date is over, or whose pattern covers more than twenty failures, is stale: a list nobody trims hides new failures.
A list of flaky checks looks the same; its checks may pass or fail, its dates are kept all the same.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import takewhile

from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["Expectation", "ExpectationError", "Known", "parse_expectations", "rewritten", "unsettled"]

WIDEST = 20
RESPITE = datetime.timedelta(days=90)
TO_FILL_IN = "https://example.com/fill-in"
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
    where: str = field(default="", compare=False)

    def covers(self, result: Result) -> bool:
        """Whether it speaks of this check."""
        return fnmatchcase(result.check, self.check)

    def __str__(self) -> str:
        """The line as it stands in the file."""
        version = f" @{self.version}" if self.version else ""
        return f"{self.check}{version}  # {self.message} | {self.issue} | until {self.until.isoformat()}"


def parse_expectations(text: str, name: str) -> tuple[Expectation, ...]:
    """The expectations in `text`, a file called `name`; empty lines and lines that begin with # are for people.

    Raises `ExpectationError`.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_parsed(line.strip(), f"{name}:{number}"))
    checks = [(one.check, one.version) for one in found]
    for one in found:
        if checks.count((one.check, one.version)) > 1:
            raise ExpectationError(f"{one.where}: {one.check} is listed more than once")
    return tuple(found)


def _parsed(line: str, where: str) -> Expectation:
    match = _LINE.fullmatch(line)
    if match is None:
        form = "CHECK [@VERSION]  # MESSAGE | https://issue | until 2027-03-01"
        raise ExpectationError(f"{where}: {line!r} is no expectation; expected {form}")
    try:
        until = datetime.date.fromisoformat(match["until"])
    except ValueError as wrong:
        raise ExpectationError(f"{where}: {match['until']} is no date: {wrong}") from None
    place = f"{where}: {match['check']}"
    return Expectation(match["check"], match["message"], match["issue"], until, match["version"], place)


@dataclass(frozen=True)
class Known:
    """Both lists together, for one version of a client: what is expected to fail, and what fails now and then."""

    expected: tuple[Expectation, ...] = ()
    flaky: tuple[Expectation, ...] = ()
    version: str = ""

    def settle(self, result: Result) -> Result:
        """The result, as one that was expected or flaky if a line says so. A line of another version says nothing.

        Raises `ExpectationError` for a check that both lists cover: it cannot be known and unknown at once.
        """
        fresh = unsettled(result)
        lists = {Outcome.EXPECTED: self._own(self.expected), Outcome.FLAKY: self._own(self.flaky)}
        covering = {to: [one for one in lines if one.covers(fresh)] for to, lines in lists.items()}
        if all(covering.values()):
            raise ExpectationError(f"{fresh.check} is listed as expected to fail and as flaky; keep one of them")
        if fresh.outcome not in _BROKEN:
            return fresh
        for to, lines in covering.items():
            if any(fresh.message.lstrip().startswith(one.message) for one in lines):
                return replace(fresh, outcome=to)
        return fresh

    def stale(self, settled: Sequence[Result], *, today: datetime.date, complete: bool) -> tuple[str, ...]:
        """A sentence for each line that no longer is as it says.

        After a run that was not `complete` nothing is said of lines whose checks were not run.
        """
        return (
            *(text for one in self._own(self.expected) for text in _staleness(one, settled, today, complete=complete)),
            *(text for one in self._own(self.flaky) for text in _outdated(one, settled, today, complete=complete)),
        )

    def _own(self, lines: Iterable[Expectation]) -> list[Expectation]:
        return [one for one in lines if one.version in (None, self.version)]


def unsettled(result: Result) -> Result:
    """The result as the check left it, before any list was applied."""
    if result.outcome not in (Outcome.EXPECTED, Outcome.FLAKY):
        return result
    return replace(result, outcome=Outcome.FAILED if rule(result.rule).is_must else Outcome.WARNED)


def rewritten(
    results: Iterable[Result], expected: Sequence[Expectation], *, today: datetime.date, version: str = ""
) -> str:
    """The list as it should be after a complete run: what still fails, each by its own name.

    A failure that was not listed gets an issue to fill in and some months; so does a line whose date has come. Lines of
    other versions than `version` stay.
    """
    lines = [str(one) for one in expected if one.version not in (None, version)]
    for result in results:
        if result.outcome in _BROKEN or result.outcome is Outcome.EXPECTED:
            known = next((one for one in expected if one.version in (None, version) and one.covers(result)), None)
            lines.append(str(_renewed(result, known, today)))
    return "".join(f"{line}\n" for line in sorted(lines))


def _renewed(result: Result, known: Expectation | None, today: datetime.date) -> Expectation:
    fresh = today + RESPITE
    if known is None:
        return Expectation(result.check, _beginning(result.message), TO_FILL_IN, fresh)
    until = known.until if known.until >= today else fresh
    return Expectation(result.check, _beginning(result.message), known.issue, until, known.version)


def _beginning(message: str) -> str:
    # What is on the list stands on one line: up to the first character that cannot.
    return "".join(takewhile(lambda char: char.isprintable() and char != "|", message.lstrip()))[:80].rstrip()


def _staleness(one: Expectation, results: Sequence[Result], today: datetime.date, *, complete: bool) -> Iterator[str]:
    yield from _outdated(one, results, today, complete=complete)
    covered = [result for result in results if one.covers(result)]
    failing = [result for result in covered if result.outcome is Outcome.EXPECTED]
    if len(failing) > WIDEST:
        yield f"{one.where}: covers {len(failing)} failures, more than {WIDEST}; name them one by one"
    if covered and not failing:
        yield f"{one.where}: did not fail as listed ({_instead(covered[0])}); remove the line"


def _outdated(one: Expectation, results: Sequence[Result], today: datetime.date, *, complete: bool) -> Iterator[str]:
    if today > one.until:
        yield f"{one.where}: expired on {one.until.isoformat()}; mend what fails, or say anew until when"
    if complete and not any(one.covers(result) for result in results):
        yield f"{one.where}: no such check was run; remove the line"


def _instead(result: Result) -> str:
    return f"failed with: {_beginning(result.message)}" if result.outcome in _BROKEN else str(result.outcome)
