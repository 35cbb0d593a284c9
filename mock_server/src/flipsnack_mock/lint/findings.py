"""The lint: finds in the journal what a client did against the vendor's rules."""

from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.inspect.records import Record
from flipsnack_mock.lint.rules import RULES
from flipsnack_mock.lint.traffic import Violation, grouped

LEVELS = ("MUST", "SHOULD")
_SHOWN = 12


class Finding(msgspec.Struct, frozen=True):
    """One rule that one client broke: its `statement` in the ledger, what was seen, what to do, and the requests."""

    rule: str
    level: str
    key: str
    statement: str
    seen: str
    advice: str
    requests: tuple[str, ...]

    def __str__(self) -> str:
        more = len(self.requests) - _SHOWN
        requests = ", ".join(self.requests[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return (
            f"{self.level:6} {self.rule}  (key {self.key or 'none'})\n"
            f"       {self.seen}: {requests}\n"
            f"       rule: {self.statement}\n"
            f"       do:   {self.advice}\n"
        )


def lint(records: Iterable[Record], *, level: str = "SHOULD", ignore: Collection[str] = ()) -> list[Finding]:
    """The findings in `records`, by key and then in the order of the rules; `level` MUST leaves out SHOULD rules.

    `ignore` holds ids of rules. Raises `ValueError` for an unknown id or level.
    """
    wanted = _wanted(level, ignore)
    by_key = grouped(sorted(records, key=lambda record: record.number), _owner)
    return [
        _finding(rule, key, seen) for key, own in by_key.items() for rule in wanted for seen in RULES[rule].find(own)
    ]


def _wanted(level: str, ignore: Collection[str]) -> list[str]:
    if unknown := sorted(set(ignore) - RULES.keys()):
        raise ValueError(f"unknown rule: {', '.join(unknown)}; expected any of {', '.join(RULES)}")
    if level not in LEVELS:
        raise ValueError(f"unknown level: {level!r}; expected {' or '.join(LEVELS)}")
    levels = LEVELS[: LEVELS.index(level) + 1]
    return [rule for rule in RULES if rule not in ignore and rules()[rule]["level"] in levels]


def _finding(rule: str, key: str, seen: Violation) -> Finding:
    entry = rules()[rule]
    requests = tuple(record.id for record in seen.records)
    return Finding(rule, entry["level"], key, entry["statement"], seen.text, RULES[rule].advice, requests)


def _owner(record: Record) -> str:
    return record.key or record.params.get("apiKey", "")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The findings in `checked` requests; `dropped` more are no longer in the journal and were not checked."""

    findings: Sequence[Finding]
    checked: int
    dropped: int = 0


def text_report(report: Report) -> str:
    """Each finding with rule, sentence, requests and what to do, then a summary."""
    return "\n".join([*map(str, report.findings), _summary(report)])


def json_report(report: Report) -> str:
    """The report as one JSON object."""
    return msgspec.json.encode(report).decode()


FORMATS: dict[str, Callable[[Report], str]] = {"text": text_report, "json": json_report}


def _summary(report: Report) -> str:
    count = len(report.findings)
    found = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing found"
    dropped = f"; {report.dropped} more were dropped by the journal and not checked" if report.dropped else ""
    return f"{found} in {report.checked} request{'' if report.checked == 1 else 's'}{dropped}"
