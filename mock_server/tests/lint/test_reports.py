"""Reports of the lint: text for people, JSON for programs, SARIF for code review."""

from __future__ import annotations

import json

from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.lint.reports import FORMATS, Report
from flipsnack_mock.lint.rules import RULES

FINDING = Finding(
    rule="client.no-xml",
    level="SHOULD",
    key="test-a",
    statement="Statement.",
    seen="seen",
    advice="advice",
    requests=tuple(f"r{number}" for number in range(1, 16)),
)


def test_text_says_rule_requests_and_what_to_do() -> None:
    """A finding has its rule, sentence and advice; of many requests the first are named and the rest counted."""
    text = FORMATS["text"](Report(findings=[FINDING], checked=20, dropped=3))
    assert "SHOULD client.no-xml  (key test-a)" in text
    assert "seen: r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12 and 3 more" in text
    assert "rule: Statement." in text
    assert "do:   advice" in text
    assert text.endswith("1 finding in 20 requests; 3 more were dropped by the journal and not looked at")
    assert "nothing found in 1 request" == FORMATS["text"](Report(findings=[], checked=1))


def test_json_is_one_object() -> None:
    """Findings, how much was looked at and how much was not."""
    report = json.loads(FORMATS["json"](Report(findings=[FINDING], checked=20, dropped=3)))
    assert (20, 3) == (report["checked"], report["dropped"])
    assert "client.no-xml" == report["findings"][0]["rule"]


def test_sarif_names_rules_levels_and_places() -> None:
    """Version 2.1.0: a result points to its rule by id and index, and into the trace by line."""
    lines = {f"r{number}": number + 1 for number in range(1, 16)}
    sarif = json.loads(FORMATS["sarif"](Report(findings=[FINDING], checked=20, source="t.ndjson", lines=lines)))
    assert "2.1.0" == sarif["version"]
    run = sarif["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert list(RULES) == [rule["id"] for rule in rules]
    result = run["results"][0]
    assert "client.no-xml" == result["ruleId"] == rules[result["ruleIndex"]]["id"]
    assert "warning" == result["level"]
    place = result["locations"][0]["physicalLocation"]
    assert ("t.ndjson", 2) == (place["artifactLocation"]["uri"], place["region"]["startLine"])


def test_sarif_of_a_running_fake_has_no_file() -> None:
    """Without a trace the requests are named alone."""
    sarif = json.loads(FORMATS["sarif"](Report(findings=[FINDING], checked=20)))
    location = sarif["runs"][0]["results"][0]["locations"][0]
    assert [{"fullyQualifiedName": "r1", "kind": "resource"}] == location["logicalLocations"]
    assert "physicalLocation" not in location
