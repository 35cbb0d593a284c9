"""Findings of the lint as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from flipsnack_mock.lint.findings import Finding

__all__ = ["FORMATS", "Report", "json_report", "text_report"]


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
