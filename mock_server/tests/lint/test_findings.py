import json

import pytest

from flipsnack_mock.lint.findings import FORMATS, Finding, Report, lint


def test_an_unknown_rule_or_level_is_refused() -> None:
    """A misspelt rule would silently ignore nothing."""
    with pytest.raises(ValueError, match=r"unknown rule: client\.none; expected any of client\.poll-interval"):
        lint([], ignore=["client.none"])
    with pytest.raises(ValueError, match="unknown level: 'MAY'; expected MUST or SHOULD"):
        lint([], level="MAY")


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
    assert text.endswith("1 finding in 20 requests; 3 more were dropped by the journal and not checked")
    assert "nothing found in 1 request" == FORMATS["text"](Report(findings=[], checked=1))


def test_json_is_one_object() -> None:
    report = json.loads(FORMATS["json"](Report(findings=[FINDING], checked=20, dropped=3)))
    assert (20, 3) == (report["checked"], report["dropped"])
    assert "client.no-xml" == report["findings"][0]["rule"]
