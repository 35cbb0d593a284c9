from typing import Any

import pytest
from mock_server.tests.conftest import make_fake, signed

ALLOW = "Access-Control-Allow-Origin"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range, x-own"}


@pytest.mark.parametrize(
    ("setting", "origin", "allowed"),
    [
        ("", "http://app.test", None),
        ("*", "http://app.test", "*"),
        ("http://app.test", "http://app.test", "http://app.test"),
        ("https://b.test/, HTTP://App.test/", "http://app.test", "http://app.test"),
        ("http://app.test", "http://app.test:1", None),
        ("http://app.test", "http://app.test.evil", None),
        ("http://app.test", "null", None),
        ("http://app.test", "", None),
    ],
)
def test_scripts_of_named_origins_may_read_answers_links_and_refusals(
    setting: str, origin: str, allowed: str | None
) -> None:
    fake = make_fake(cors_origins=setting)
    headers = {"Origin": origin}
    call = fake.client.get("/v1/", query_string=signed(), headers=headers)
    package = fake.resource(call.get_json()["data"]["resourceUrl"], **headers)
    refusal = fake.client.get("/t/one/v1/", query_string=signed(action="collection.getList"), headers=headers)
    ahead = fake.client.options("/v1/", headers=headers | PREFLIGHT)
    for answer in (call, package, refusal, ahead):
        assert allowed == answer.headers.get(ALLOW)
        assert ("Origin" == answer.headers.get("Vary")) == (setting not in ("", "*"))
    assert (204 if setting else 200) == ahead.status_code
    assert (allowed is not None) == ("range, x-own" == ahead.headers.get("Access-Control-Allow-Headers"))


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://app.test"}])
def test_the_control_plane_is_for_no_other_page(headers: dict[str, Any]) -> None:
    fake = make_fake(cors_origins="*")
    assert ALLOW not in fake.admin("GET", "/__admin/accounts", **headers).headers
    assert [] == fake.admin("GET", "/__admin/requests").get_json()["requests"]
