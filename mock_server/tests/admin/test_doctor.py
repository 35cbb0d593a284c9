from typing import Any
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import KEY, SECRET, Fake, signature_of, signed
from mock_server.tests.doctor.bad_signers import signer_with


def diagnosis(fake: Fake, request_id: str) -> dict[str, Any]:
    answer = fake.admin("GET", f"/__admin/requests/{request_id}/diagnosis")
    assert 200 == answer.status_code
    return dict(answer.json or {})


def names(found: dict[str, Any]) -> list[list[str]]:
    return [[mistake["name"] for mistake in cause["mistakes"]] for cause in found["causes"]]


def test_the_answer_is_the_vendors_and_the_diagnosis_is_behind_its_header(fake: Fake) -> None:
    right = signed()
    answer = fake.call(signature=right["signature"].upper())
    assert {"code": 44, "status": "Invalid signature"} == answer.json
    found = diagnosis(fake, answer.headers["X-Flipsnack-Mock-Request"])
    assert [["upper-case"]] == names(found["signature"])
    assert right["signature"] == found["signature"]["expected"]


def test_checks_are_told_with_their_outcome_and_the_rule_with_its_text(fake: Fake) -> None:
    answer = fake.call(collectionHash="nobody-has-it")
    found = diagnosis(fake, answer.headers["X-Flipsnack-Mock-Request"])
    assert {"name": "signature", "outcome": "passed"} in found["checks"]
    assert {"name": "collection", "outcome": "failed"} == found["checks"][-1]
    assert "code.43-unknown" == found["rule"]["id"]
    assert "assumed" == found["rule"]["class"]
    assert "right" == found["signature"]["verdict"]
    found = diagnosis(fake, fake.call(action=None).headers["X-Flipsnack-Mock-Request"])
    outcomes = {check["name"]: check["outcome"] for check in found["checks"]}
    assert ("failed", "not reached") == (outcomes["required"], outcomes["signature"])


def test_downloads_and_unreadable_requests_have_no_signature(fake: Fake) -> None:
    answer = fake.resource("/packages/00000000000/x/x.zip?Signature=1")
    found = diagnosis(fake, answer.headers["X-Flipsnack-Mock-Request"])
    assert [{"name": "resource-url", "outcome": "failed"}] == found["checks"]
    assert found["signature"] is None
    answer = fake.client.get("/v1/?a=1&a=2")
    found = diagnosis(fake, answer.headers["X-Flipsnack-Mock-Request"])
    assert "request.duplicate-parameter" == found["rule"]["id"]
    assert found["signature"] is None
    assert 404 == fake.admin("GET", "/__admin/requests/r99/diagnosis").status_code


@pytest.mark.parametrize("shape", ["url", "object", "pairs"])
def test_any_request_is_explained_without_being_sent(fake: Fake, shape: str) -> None:
    params = {name: value for name, value in signed().items() if name != "signature"}
    params["signature"] = signer_with("secret-last").sign(params)
    bodies: dict[str, dict[str, Any]] = {
        "url": {"url": f"https://api.flipsnack.com/v1/?{urlencode(params)}"},
        "object": {"params": params},
        "pairs": {"params": list(params.items())},
    }
    answer = fake.admin("POST", "/__admin/explain", bodies[shape] | {"secret": "secret-test-bad-signer"})
    assert [["secret-last"]] == names(dict(answer.json or {}))
    assert {"count": 0, "dropped": 0} == fake.admin("GET", "/__admin/requests/count").json


def test_key_and_secret_can_be_handed_in(fake: Fake) -> None:
    params = {"apiKey": "nobody", "a": "1"}
    body = {"params": params | {"signature": signature_of("mine", params)}}
    assert "no-secret" == (fake.admin("POST", "/__admin/explain", body).json or {})["verdict"]
    assert "right" == (fake.admin("POST", "/__admin/explain", body | {"secret": "mine"}).json or {})["verdict"]
    unnamed = {"params": {"a": "1", "signature": signature_of(SECRET, {"a": "1"})}, "key": KEY}
    assert "right" == (fake.admin("POST", "/__admin/explain", unnamed).json or {})["verdict"]
