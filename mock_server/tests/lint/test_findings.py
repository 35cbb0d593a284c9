"""The lint of a client that breaks many rules, over real sockets."""

import hashlib
import json
from typing import Any

import pytest
import requests

from flipsnack_mock.lint.findings import FORMATS, Finding, Report, lint
from flipsnack_mock.lint.rules import RULES
from flipsnack_mock.testing import MockServer


class RuleBreaker:
    """A client without pauses, without an end of polling, and without care for secrets."""

    def __init__(self, base_url: str, key: str, secret: str) -> None:
        self.base_url, self.key, self.secret = base_url, key, secret

    def call(self, collection: str, **extra: str) -> dict[str, Any]:
        params = {"action": "collection.downloadHTML", "apiKey": self.key, "collectionHash": collection, **extra}
        text = self.secret + "".join(name + params[name] for name in sorted(params))
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        return dict(requests.get(self.base_url, params=params, timeout=10).json())

    def poll(self, collection: str, **extra: str) -> None:
        for _ in range(12):
            self.call(collection, **extra)

    def download(self, url: str) -> list[int]:
        """Try three times; perhaps the key helps."""
        urls = (url, url, f"{url}&apiKey={self.key}")
        return [requests.get(one, timeout=10).status_code for one in urls]


def test_every_broken_rule_has_a_finding(server: MockServer) -> None:
    account = server.admin.account("test-lint-rule-breaker")
    account.settings(requests_per_second=5)
    account.collections.create(hash="f1", schedule="after-2-polls")
    client = RuleBreaker(server.base_url, account.key, account.secret)
    client.poll("f1")
    account.clock.advance(5)
    client.poll("nope", note=account.secret)
    account.clock.advance(5)
    url = str(client.call("mock-complete")["data"]["resourceUrl"])
    account.clock.advance(60)
    assert [403, 403, 403] == client.download(url)
    assert [
        "client.poll-interval",
        "client.final-state",
        "client.expired-url",
        "client.back-off",
        "client.final-error",
        "client.secret-not-sent",
        "client.credentials-not-in-download",
    ] == sorted({finding.rule for finding in account.lint()}, key=list(RULES).index)


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
