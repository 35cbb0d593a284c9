"""Known failures: a text file that says which rule is broken, how, by which issue, and until when.

One failure a line, as in `FORM`. A rule may have several lines. A line is stale when its date is over, or when a
complete run did not meet it.
"""

import datetime
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.contract.named_file import read_named_text
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result

FORM = "RULE  # BEGINNING OF THE MESSAGE | https://issue | until 2027-03-01"
_LINE = re.compile(
    r"(?P<rule>\S+)\s+#\s*(?P<message>[^|]*?)\s*\|\s*https?://\S+\s*\|\s*until\s+(?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)


@dataclass(frozen=True)
class KnownFailure:
    """One line: the rule, how the message begins, and the last day on which the line counts."""

    rule: str
    message: str
    until: datetime.date
    where: str


@dataclass(frozen=True)
class KnownFailures:
    """All lines of one file."""

    lines: tuple[KnownFailure, ...] = ()

    def line_of(self, rule: str, message: str) -> str:
        """Where the failure is listed; empty when it is not."""
        fitting = (one for one in self.lines if one.rule == rule and message.lstrip().startswith(one.message))
        return next((one.where for one in fitting), "")

    def settled(self, result: Result, *, strict: bool) -> Result:
        """The result as known where it is listed; a broken SHOULD as a failure where that is asked for."""
        if result.outcome not in (Outcome.FAILED, Outcome.WARNED):
            return result
        if line := self.line_of(result.rule, result.message):
            return replace(result, outcome=Outcome.KNOWN, listed=(line,))
        return replace(result, outcome=Outcome.FAILED) if strict else result

    def stale(self, met: Collection[str], *, complete: bool, today: datetime.date) -> Iterator[Result]:
        """A result for each line that is stale, when the lines in `met` were met in a run."""
        for one in self.lines:
            why = ""
            if today > one.until:
                why = f"expired on {one.until}: mend what fails, or move the date"
            elif complete and one.where not in met:
                why = f"did not fail as listed ({one.message or 'with any message'}): remove the line"
            if why:
                yield Result("known failures", one.rule, Outcome.STALE, f"{one.where}: {one.rule} {why}")


def read_known_failures(file: str | None) -> KnownFailures:
    """The failures in `file`; lines that are empty or begin with # are comments. Raises `NotJudgeable`, `OSError`."""
    text = read_named_text(Path(file)) if file else ""
    numbered = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    found = (_parsed(line, f"{file}:{number}") for number, line in numbered if line and not line.startswith("#"))
    return KnownFailures(tuple(found))


def _parsed(line: str, where: str) -> KnownFailure:
    match = _LINE.fullmatch(line)
    if match is None:
        raise NotJudgeable(f"{where}: {line!r} is not a known failure; expected {FORM}")
    rule, until = match["rule"], match["until"]
    if rule not in rules():
        raise NotJudgeable(f"{where}: unknown rule {rule!r}; `flipsnack-contract list` shows all of them")
    try:
        return KnownFailure(rule, match["message"], datetime.date.fromisoformat(until), where)
    except ValueError as wrong:
        raise NotJudgeable(f"{where}: {until} is not a date: {wrong}") from None
