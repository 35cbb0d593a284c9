"""Findings of the lint for people (text), for programs (JSON) and for code review (SARIF 2.1.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.lint.rules import RULES

__all__ = ["FORMATS", "Report", "json_report", "sarif_report", "text_report"]

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SARIF_LEVELS = {"MUST": "error", "SHOULD": "warning"}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in how many requests; `dropped` more were forgotten by the journal and not looked at.

    `source` is the file of a trace and `lines` where in it each request stands; both are empty for a running fake.
    """

    findings: Sequence[Finding]
    checked: int
    dropped: int = 0
    source: str = ""
    lines: Mapping[str, int] = {}


def text_report(report: Report) -> str:
    """For people: each finding with rule, sentence, requests and what to do, then a summary."""
    return "\n".join([*map(str, report.findings), _summary(report)])


def json_report(report: Report) -> str:
    """For programs: one object."""
    return msgspec.json.encode(
        {"findings": report.findings, "checked": report.checked, "dropped": report.dropped}
    ).decode()


def sarif_report(report: Report) -> str:
    """For code review: one run; a finding in a trace is at the lines of its requests."""
    rules = [_sarif_rule(entry) for entry in ledger()["rule"] if entry["id"] in RULES]
    driver = {"name": "flipsnack-mock lint", "version": __version__, "rules": rules}
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [_sarif_result(finding, places[finding.rule], report) for finding in report.findings]
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    return msgspec.json.encode({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}).decode()


FORMATS: dict[str, Callable[[Report], str]] = {"text": text_report, "json": json_report, "sarif": sarif_report}


def _summary(report: Report) -> str:
    count = len(report.findings)
    found = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing found"
    dropped = f"; {report.dropped} more were dropped by the journal and not looked at" if report.dropped else ""
    return f"{found} in {report.checked} request{'' if report.checked == 1 else 's'}{dropped}"


def _sarif_rule(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "shortDescription": {"text": entry["statement"]},
        "help": {"text": RULES[entry["id"]].advice},
        "defaultConfiguration": {"level": _SARIF_LEVELS[entry["level"]]},
        "properties": {"class": entry["class"], "source": entry["source"]},
    }


def _sarif_result(finding: Finding, index: int, report: Report) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _SARIF_LEVELS[finding.level],
        "message": {"text": f"{finding.seen}. {finding.statement} To do: {finding.advice}."},
        "locations": [_location(request, report) for request in finding.requests],
        "properties": {"key": finding.key},
    }


def _location(request: str, report: Report) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": request, "kind": "resource"}]}
    if report.source:
        region = {"startLine": report.lines[request]}
        location["physicalLocation"] = {"artifactLocation": {"uri": report.source}, "region": region}
    return location
