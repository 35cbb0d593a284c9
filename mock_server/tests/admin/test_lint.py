import json

import pytest
from mock_server.tests.conftest import KEY, Fake, signed


@pytest.fixture
def fake_with_findings(fake: Fake) -> Fake:
    """A fake that two clients that break rules have used."""
    fake.call(format="xml", token="secret-" + KEY)
    fake.client.get("/v1/", query_string=signed("secret-test-two", apiKey="test-two", format="xml"))
    return fake


def rules(fake: Fake, **query: str) -> list[tuple[str, str]]:
    findings = fake.client.get("/__admin/lint", query_string=query).get_json()["findings"]
    return [(finding["key"], finding["rule"]) for finding in findings]


def test_findings_can_be_narrowed(fake_with_findings: Fake) -> None:
    secret, xml, other = (KEY, "client.secret-not-sent"), (KEY, "client.no-xml"), ("test-two", "client.no-xml")
    assert [secret, xml, other] == rules(fake_with_findings)
    assert [secret, xml] == rules(fake_with_findings, key=KEY)
    assert [secret] == rules(fake_with_findings, level="MUST")
    assert [secret] == rules(fake_with_findings, ignore="client.no-xml,client.back-off")


def test_a_finding_says_rule_statement_requests_and_what_to_do(fake_with_findings: Fake) -> None:
    finding = fake_with_findings.client.get("/__admin/lint").get_json()["findings"][0]
    assert ("MUST", ["r1"], "the secret was sent in token") == (finding["level"], finding["requests"], finding["seen"])
    assert finding["statement"].startswith("The secret is used to sign")
    assert finding["advice"]


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("json", "application/json"), ("text", "text/plain; charset=utf-8")],
)
def test_two_formats(fake_with_findings: Fake, form: str, content_type: str) -> None:
    answer = fake_with_findings.client.get("/__admin/lint", query_string={"format": form})
    assert content_type == answer.headers["Content-Type"]
    assert "client.no-xml" in answer.text
    assert form == "text" or json.loads(answer.text)
