"""What a route refuses, it refuses by field and with a reason, and nothing changes."""

from typing import Any

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Fake

ACCOUNT = f"/__admin/accounts/{KEY}"
REFUSED: dict[str, list[tuple[Any, str, str]]] = {
    "POST /__admin/accounts": [
        ({}, "$", "missing required field `key`"),
        ({"key": ""}, "$.key", "`str` matching regex"),
        ({"key": "a b"}, "$.key", "`str` matching regex"),
        ({"key": 1}, "$.key", "`str`"),
        ({"key": "k", "secret": ""}, "$.secret", "`str` of length >= 1"),
        ({"key": "k", "sceret": "s"}, "$", "unknown field `sceret`"),
    ],
    f"PATCH {ACCOUNT}/settings": [
        ({"lenient_post": True} | wrong, path, reason)
        for wrong, path, reason in (
            ({"requests_per_second": -1}, "$.requests_per_second", "`int` >= 0"),
            ({"requests_per_second": True}, "$.requests_per_second", "`int`"),
            ({"limit_window": "round"}, "$.limit_window", "Invalid enum value 'round'"),
            ({"default_schedule": "soon"}, "$.default_schedule", "immediate, after-<seconds>s"),
            ({"http_statuses": {"41": 600}}, "$.http_statuses[...]", "`int` <= 599"),
            ({"http_statuses": {"x": 200}}, "$.http_statuses", "`int`"),
            ({"port": 1}, "$", "unknown field `port`"),
        )
    ],
    "PUT /__admin/maintenance": [({}, "$", "`on`"), ({"on": "yes"}, "$.on", "`bool`"), ({"on": 1}, "$.on", "`bool`")],
    f"POST {ACCOUNT}/clock/advance": [
        ({}, "$", "missing required field `seconds`"),
        ({"seconds": -1}, "$.seconds", "`float` >= 0.0"),
        ({"seconds": 1e300}, "$.seconds", "`float` <= 316224000"),
        ({"seconds": "5"}, "$.seconds", "`float`"),
        ({"minutes": 5}, "$", "unknown field `minutes`"),
    ],
    f"POST {ACCOUNT}/clock/set": [
        ({}, "$", "missing required field `at`"),
        ({"at": "tomorrow"}, "$.at", "Invalid RFC3339 encoded datetime"),
        ({"at": "2026-09-21T14:13:20"}, "$.at", "`datetime` with a timezone"),
        ({"at": None}, "$.at", "`float | datetime`"),
        ({"at": -1}, "$.at", "`float` >= 0.0"),
        ({"at": "2037-01-01T00:00:00Z"}, "$.at", "more than ten years ahead"),
        ({"at": "9999-12-31T23:59:59Z"}, "$.at", "more than ten years ahead"),
    ],
    f"POST {ACCOUNT}/clock/freeze": [({"at": 1}, "$", "unknown field `at`")],
    f"POST {ACCOUNT}/collections": [
        ({"hash": "a b"}, "$.hash", "`str` matching regex"),
        ({"hash": ""}, "$.hash", "`str` matching regex"),
        ({"hash": "x" * 65}, "$.hash", "`str` matching regex"),
        ({"hash": "mock-own"}, "$.hash", "are magic"),
        ({"pages": 0}, "$.pages", "`int` >= 1"),
        ({"pages": 1001}, "$.pages", "`int` <= 1000"),
        ({"pages": 1.5}, "$.pages", "`int`"),
        ({"package_bytes": -1}, "$.package_bytes", "`int` >= 0"),
        ({"package_bytes": 500_000_001}, "$.package_bytes", "`int` <= 500000000"),
        ({"schedule": "soon"}, "$.schedule", "immediate, after-<seconds>s"),
        ({"owner": "x"}, "$", "unknown field `owner`"),
        ({"deleted": True}, "$", "unknown field `deleted`"),
    ],
    f"PUT {ACCOUNT}/collections/mock-complete/statistics": [
        ([{"day": "2024-01-31"}], "$[0]", "unknown field `day`"),
        ([{"date": "31.01.2024"}], "$[0].date", "Invalid RFC3339 encoded date"),
        ([{"date": "2024-01-31", "views": -1}], "$[0].views", "`int` >= 0"),
        ([{"date": "2024-01-31", "pages": [{"page": 0}]}], "$[0].pages[0].page", "`int` >= 1"),
        ({"date": "2024-01-31"}, "$", "Expected `array`"),
    ],
    f"PUT {ACCOUNT}/jobs/mock-manual": [({"state": "DONE"}, "$.state", "Invalid enum value 'DONE'")],
    f"POST {ACCOUNT}/faults": [
        ({}, "$.fault", "either a `fault` or a `preset`"),
        ({"preset": "slow", "fault": {"kind": "reset"}}, "$.fault", "either a `fault` or a `preset`"),
        ({"preset": "slowly"}, "$.preset", "no preset 'slowly'"),
        ({"fault": {"kind": "dely"}}, "$.fault.kind", "Invalid value 'dely'"),
        ({"fault": {"kind": "delay", "secs": 1}}, "$.fault", "unknown field `secs`"),
        ({"fault": {"kind": "delay", "seconds": -1}}, "$.fault.seconds", ">= 0"),
        ({"fault": {"kind": "delay", "seconds": 301}}, "$.fault.seconds", "<= 300"),
        ({"fault": {"kind": "delay", "seconds": "2"}}, "$.fault.seconds", "`float`"),
        ({"fault": {"kind": "delay"}}, "$.fault", "`seconds`"),
        ({"fault": {"kind": "delay-uniform", "low": 2, "high": 1}}, "$.fault.high", "less than `low`"),
        ({"fault": {"kind": "code", "code": 99}}, "$.fault.message", "no message for code 99"),
        (
            {"fault": {"kind": "status", "status": 200, "body": "a", "body_base64": "YQ=="}},
            "$.fault.body_base64",
            "two",
        ),
        ({"fault": {"kind": "status", "status": 204, "body": "a"}}, "$.fault.body", "has no body"),
        ({"fault": {"kind": "status", "status": 200, "headers": {"Content-Length": "3"}}}, "$.fault.headers", "server"),
        ({"fault": {"kind": "status", "status": 200, "headers": {"A": "b\r\nB: c"}}}, "$.fault.headers[...]", "regex"),
        ({"fault": {"kind": "status", "status": 99}}, "$.fault.status", ">= 200"),
        ({"fault": {"kind": "redirect", "status": 304}}, "$.fault.status", "304"),
        ({"fault": {"kind": "url-origin", "origin": "nowhere"}}, "$.fault.origin", "regex"),
        ({"preset": "slow", "when": {"share": 2}}, "$.when.share", "<= 1"),
        ({"preset": "slow", "when": {"share": 0}}, "$.when.share", "> 0"),
        ({"preset": "slow", "when": {"nth": 0}}, "$.when.nth", ">= 1"),
        ({"preset": "slow", "when": {"every": 0}}, "$.when.every", ">= 1"),
        ({"preset": "slow", "when": {"seconds": 0}}, "$.when.seconds", "> 0"),
        ({"preset": "slow", "when": {"hash": "not a hash"}}, "$.when.hash", "regex"),
        ({"preset": "slow", "when": {"hsah": "d3m0h45h"}}, "$.when", "unknown field `hsah`"),
        ({"preset": "slow", "when": {"from": "2026-01-01T00:00:00"}}, "$.when.from", "timezone"),
        ({"preset": "slow", "when": {"from": 2, "until": 2}}, "$.when.until", "ends before it starts"),
        (
            {"preset": "slow", "when": {"from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}},
            "$.when.until",
            "ends before it starts",
        ),
        ({"preset": "slow", "when": {"action": "package", "params": {"a": "b"}}}, "$.when.params", "use `hash`"),
        ({"preset": "slow", "when": {"action": "collection.dowload"}}, "$.when.action", "not a method"),
        ({"preset": "corrupt-zip", "when": {"action": DOWNLOAD}}, "$.when.action", "applies to the download"),
        ({"preset": "invalid-json", "when": {"action": "package"}}, "$.when.action", "applies to calls"),
        ({"preset": "slow", "count": 0}, "$.count", ">= 1"),
        ({"preset": "slow", "ttl": 0}, "$.ttl", "> 0"),
        ({"preset": "slow", "id": "not an id"}, "$.id", "regex"),
        ({"preset": "slow", "id": ".."}, "$.id", "regex"),
        ({"preset": "slow", "when": {"seed": 2**63}}, "$.when.seed", "`int` <= 9223372036854775807"),
        ({"fault": {"kind": "code", "code": 99, "message": "x" * 10_001}}, "$.fault.message", "length <= 10000"),
        ({"fault": {"kind": "status", "status": 200, "body": "x" * 1_000_001}}, "$.fault.body", "length <= 1000000"),
        (
            {"fault": {"kind": "status", "status": 200, "headers": {f"a{one}": "" for one in range(101)}}},
            "$.fault.headers",
            "length <= 100",
        ),
        *(
            ({"fault": {"kind": kind, field: f"{value}\n"} | more}, f"$.fault.{field}", "regex")
            for kind, field, value, more in (
                ("redirect", "location", "http://a", {}),
                ("url-origin", "origin", "http://a", {}),
                ("content-type", "content_type", "a/b", {}),
                ("status", "content_type", "a/b", {"status": 200}),
            )
        ),
        ({"fault": {"kind": "status", "status": 200, "headers": {"A": "b\n"}}}, "$.fault.headers[...]", "regex"),
        ({"preset": "slow", "id": "a\n"}, "$.id", "regex"),
    ],
    "POST /__admin/requests/verify": [
        ({}, "$", "`expectations`"),
        ({"expectations": []}, "$.expectations", "length >= 1"),
        ({"expectations": [{"match": {"kode": 1}}]}, "$.expectations[0].match", "unknown field `kode`"),
        ({"expectations": [{"exactly": -1}]}, "$.expectations[0].exactly", ">= 0"),
        ({"expectations": [{"exactly": 1, "at_least": 1}]}, "$.expectations[0]", "cannot be combined"),
        ({"expectations": [{"at_least": 3, "at_most": 2}]}, "$.expectations[0]", "is more than `at_most` 2"),
    ],
    "POST /__admin/explain": [
        ({}, "$.url", "either `url` or `params`"),
        ({"url": "?a=1", "params": {}}, "$.url", "either `url` or `params`"),
        ({"url": "?a=1&a=2"}, "$.url", "code 40"),
        ({"params": [["a", "1"], ["a", "2"]]}, "$.params", "code 40"),
        ({"params": {"a": 1}}, "$.params[...]", "`str`"),
        ({"params": [[str(number), ""] for number in range(40_000)]}, "$.params", "length <= 1000"),
        ({"params": {str(number): "" for number in range(40_000)}}, "$.params", "length <= 1000"),
        ({"params": {"a": "b" * 1_100_000}}, "$.params", "code 40"),
        ({"url": "?" + "a" * 1_100_000}, "$.url", "length <= 1048576"),
        ({"url": "?a=1", "secret": "s" * 1_000}, "$.secret", "length <= 207"),
        ({"uri": "?a=1"}, "$", "unknown field `uri`"),
    ],
    f"PUT {ACCOUNT}/snapshot": [
        ({"version": version, "something": "new"}, "$.version", f"version {version}; this server reads version 1")
        for version in (0, 2, 99)
    ],
    "GET /__admin/requests?since=r\u0661": [(None, "$.since", "regex")],
    "GET /__admin/requests?since=r1%0A": [(None, "$.since", "regex")],
    "PUT /__admin/snapshot": [({"version": version}, "$.version", f"version {version}") for version in (0, 2)],
    "GET /__admin/requests?code=many": [(None, "$.code", "`int")],
    "GET /__admin/requests?kode=43": [(None, "$", "unknown field `kode`")],
    "GET /__admin/requests?since=yesterday": [(None, "$.since", "regex")],
    "GET /__admin/requests?limit=-1": [(None, "$.limit", ">= 0")],
    "GET /__admin/requests/count?limit=1": [(None, "$", "unknown field `limit`")],
    "GET /__admin/requests/wait?timeout=301": [(None, "$.timeout", "<= 300")],
    "GET /__admin/requests/wait?count=0": [(None, "$.count", ">= 1")],
    "GET /__admin/requests.har?x=1": [(None, "$", "unknown field `x`")],
    "GET /__admin/requests.ndjson?hash=f1": [(None, "$", "unknown field `hash`")],
    "GET /__admin/lint?level=MAY": [(None, "$.level", "'MAY'")],
    "GET /__admin/lint?format=csv": [(None, "$.format", "'csv'")],
    "GET /__admin/lint?rule=x": [(None, "$", "unknown field `rule`")],
    "GET /__admin/lint?ignore=x": [(None, "$.ignore", "unknown rule: x")],
    "GET /__admin/export?format=yaml": [(None, "$.format", "'yaml'")],
}


@pytest.mark.parametrize(
    ("route", "body", "path", "reason"), [(route, *case) for route, cases in REFUSED.items() for case in cases]
)
def test_a_bad_request_is_refused_by_field_and_changes_nothing(
    fake: Fake, route: str, body: Any, path: str, reason: str
) -> None:
    fake.account("GET")
    before = fake.admin("GET", "/__admin/snapshot").data
    method, _, url = route.partition(" ")
    answer = fake.admin(method, url, body)
    error = answer.get_json()["error"]
    assert (400, "bad_request", path) == (answer.status_code, error["type"], error["path"])
    assert reason in error["message"]
    assert before == fake.admin("GET", "/__admin/snapshot").data
