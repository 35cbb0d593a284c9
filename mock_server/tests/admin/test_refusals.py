"""What a route refuses, it refuses by field and with a reason, and nothing changes."""

from typing import Any

import pytest
from mock_server.tests.conftest import DOWNLOAD, KEY, Fake

ACCOUNT = f"/__admin/accounts/{KEY}"
REFUSED: dict[str, list[tuple[Any, str, str]]] = {
    "POST /__admin/accounts": [
        ({}, "$", "key is missing"),
        ({"key": ""}, "$.key", "up to 200 visible ASCII characters"),
        ({"key": "a b"}, "$.key", "up to 200 visible ASCII characters"),
        ({"key": 1}, "$.key", "up to 200 visible ASCII characters"),
        ({"key": "k", "secret": ""}, "$.secret", "text of 1 to 207 characters"),
        ({"key": "k", "sceret": "s"}, "$", "sceret is not a field; did you mean secret?"),
    ],
    f"PATCH {ACCOUNT}/settings": [
        ({"lenient_post": True} | wrong, path, reason)
        for wrong, path, reason in (
            ({"requests_per_second": -1}, "$.requests_per_second", "a whole number from 0 to 1,000,000"),
            ({"requests_per_second": True}, "$.requests_per_second", "a whole number from 0 to 1,000,000"),
            ({"limit_window": "round"}, "$.limit_window", "fixed or sliding, not 'round'"),
            ({"default_schedule": "soon"}, "$.default_schedule", "immediate, after-<seconds>s"),
            ({"http_statuses": {"41": 600}}, "$.http_statuses[...]", "a whole number from 200 to 599"),
            ({"http_statuses": {"x": 200}}, "$.http_statuses", "a whole number from 1 to 9,999"),
            ({"port": 1}, "$", "port is not a field"),
        )
    ],
    "PUT /__admin/maintenance": [
        ({}, "$", "on is missing"),
        ({"on": "yes"}, "$.on", "true or false"),
        ({"on": 1}, "$.on", "true or false"),
    ],
    f"POST {ACCOUNT}/clock/advance": [
        ({}, "$", "seconds is missing"),
        ({"seconds": -1}, "$.seconds", "a number from 0 to 316,224,000"),
        ({"seconds": 1e300}, "$.seconds", "a number from 0 to 316,224,000"),
        ({"seconds": "5"}, "$.seconds", "a number from 0 to 316,224,000"),
        ({"minutes": 5}, "$", "minutes is not a field; expected seconds"),
    ],
    f"POST {ACCOUNT}/clock/set": [
        ({}, "$", "at is missing"),
        ({"at": "tomorrow"}, "$.at", "an instant as in 2026-11-28T09:30:00Z"),
        ({"at": "2026-09-21T14:13:20"}, "$.at", "an instant as in 2026-11-28T09:30:00Z"),
        ({"at": None}, "$.at", "an instant as in 2026-11-28T09:30:00Z"),
        ({"at": -1}, "$.at", "an instant as in 2026-11-28T09:30:00Z"),
        ({"at": "2037-01-01T00:00:00Z"}, "$.at", "more than ten years ahead"),
        ({"at": "9999-12-31T23:59:59Z"}, "$.at", "more than ten years ahead"),
    ],
    f"POST {ACCOUNT}/clock/freeze": [({"at": 1}, "$", "at is not a field; expected no fields")],
    f"POST {ACCOUNT}/collections": [
        ({"hash": "a b"}, "$.hash", "up to 64 letters"),
        ({"hash": ""}, "$.hash", "up to 64 letters"),
        ({"hash": "x" * 65}, "$.hash", "up to 64 letters"),
        ({"hash": "mock-own"}, "$.hash", "are magic"),
        ({"pages": 0}, "$.pages", "a whole number from 1 to 1,000"),
        ({"pages": 1001}, "$.pages", "a whole number from 1 to 1,000"),
        ({"pages": 1.5}, "$.pages", "a whole number from 1 to 1,000"),
        ({"package_bytes": -1}, "$.package_bytes", "a whole number from 0 to 500,000,000"),
        ({"package_bytes": 500_000_001}, "$.package_bytes", "a whole number from 0 to 500,000,000"),
        ({"schedule": "soon"}, "$.schedule", "immediate, after-<seconds>s"),
        ({"owner": "x"}, "$", "owner is not a field"),
        ({"deleted": True}, "$", "deleted is not a field"),
    ],
    f"PUT {ACCOUNT}/jobs/mock-manual": [
        ({"state": "DONE"}, "$.state", "NEW, PROCESSING, COMPLETE or FAILED, not 'DONE'")
    ],
    f"PUT {ACCOUNT}/collections/mock-complete/statistics": [
        ([{"day": "2024-01-31"}], "$[0]", "day is not a field; expected "),
        ([{"date": "31.01.2024"}], "$[0].date", "a date as in 2026-11-28"),
        ([{"date": "2024-01-31", "views": -1}], "$[0].views", "a whole number from 0"),
        ([{"date": "2024-01-31", "pages": [{"page": 0}]}], "$[0].pages[0].page", "a whole number from 1"),
        ({"date": "2024-01-31"}, "$", "a list"),
    ],
    f"POST {ACCOUNT}/faults": [
        ({}, "$.fault", "either a `fault` or a `preset`"),
        ({"preset": "slow", "fault": {"kind": "reset"}}, "$.fault", "either a `fault` or a `preset`"),
        ({"preset": "slowly"}, "$.preset", "no preset 'slowly'"),
        ({"fault": {"kind": "dely"}}, "$.fault.kind", ", not 'dely'; did you mean delay?"),
        ({"fault": {"kind": "delay", "secs": 1}}, "$.fault", "secs is not a field; did you mean seconds?"),
        ({"fault": {"kind": "delay", "seconds": -1}}, "$.fault.seconds", "a number from 0 to 300"),
        ({"fault": {"kind": "delay", "seconds": 301}}, "$.fault.seconds", "a number from 0 to 300"),
        ({"fault": {"kind": "delay", "seconds": "2"}}, "$.fault.seconds", "a number from 0 to 300"),
        ({"fault": {"kind": "delay"}}, "$.fault", "seconds is missing"),
        ({"fault": {"kind": "delay-uniform", "low": 2, "high": 1}}, "$.fault.high", "less than `low`"),
        ({"fault": {"kind": "code", "code": 99}}, "$.fault.message", "no message for code 99"),
        (
            {"fault": {"kind": "status", "status": 200, "body": "a", "body_base64": "YQ=="}},
            "$.fault.body_base64",
            "two",
        ),
        ({"fault": {"kind": "status", "status": 204, "body": "a"}}, "$.fault.body", "has no body"),
        ({"fault": {"kind": "status", "status": 200, "headers": {"Content-Length": "3"}}}, "$.fault.headers", "server"),
        (
            {"fault": {"kind": "status", "status": 200, "headers": {"A": "b\r\nB: c"}}},
            "$.fault.headers[...]",
            "up to 4,000 ASCII characters in one line",
        ),
        ({"fault": {"kind": "status", "status": 99}}, "$.fault.status", "a whole number from 200 to 599"),
        ({"fault": {"kind": "redirect", "status": 304}}, "$.fault.status", "or 301, 302, 303, 307 or 308"),
        (
            {"fault": {"kind": "url-origin", "origin": "nowhere"}},
            "$.fault.origin",
            "scheme and host, as http://127.0.0.1:1",
        ),
        ({"preset": "slow", "when": {"share": 2}}, "$.when.share", "a number above 0, at most 1"),
        ({"preset": "slow", "when": {"share": 0}}, "$.when.share", "a number above 0, at most 1"),
        ({"preset": "slow", "when": {"nth": 0}}, "$.when.nth", "a whole number from 1 to 1,000,000,000"),
        ({"preset": "slow", "when": {"every": 0}}, "$.when.every", "a whole number from 1 to 1,000,000,000"),
        ({"preset": "slow", "when": {"seconds": 0}}, "$.when.seconds", "a number above 0, at most 316,224,000"),
        ({"preset": "slow", "when": {"hash": "not a hash"}}, "$.when.hash", "up to 64 letters"),
        ({"preset": "slow", "when": {"hsah": "d3m0h45h"}}, "$.when", "hsah is not a field; did you mean hash?"),
        (
            {"preset": "slow", "when": {"from": "2026-01-01T00:00:00"}},
            "$.when.from",
            "an instant as in 2026-11-28T09:30:00Z",
        ),
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
        ({"preset": "slow", "count": 0}, "$.count", "a whole number from 1 to 1,000,000,000"),
        ({"preset": "slow", "ttl": 0}, "$.ttl", "a number above 0, at most 316,224,000"),
        ({"preset": "slow", "id": "not an id"}, "$.id", "up to 64 letters"),
        ({"preset": "slow", "id": ".."}, "$.id", "up to 64 letters"),
        (
            {"preset": "slow", "when": {"seed": 2**63}},
            "$.when.seed",
            "a whole number from -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807",
        ),
        (
            {"fault": {"kind": "code", "code": 99, "message": "x" * 10_001}},
            "$.fault.message",
            "text of at most 10,000 characters",
        ),
        (
            {"fault": {"kind": "status", "status": 200, "body": "x" * 1_000_001}},
            "$.fault.body",
            "text of at most 1,000,000 characters",
        ),
        (
            {"fault": {"kind": "status", "status": 200, "headers": {f"a{one}": "" for one in range(101)}}},
            "$.fault.headers",
            "an object of names and values of at most 100 entries",
        ),
        *(
            (
                {"fault": {"kind": kind, field: f"{value}\n"} | more},
                f"$.fault.{field}",
                words,
            )
            for kind, field, value, more, words in (
                ("redirect", "location", "http://a", {}, "1 to 4,000 visible ASCII characters"),
                ("url-origin", "origin", "http://a", {}, "scheme and host, as http://127.0.0.1:1"),
                ("content-type", "content_type", "a/b", {}, "a media type, as text/html"),
                ("status", "content_type", "a/b", {"status": 200}, "a media type, as text/html"),
            )
        ),
        (
            {"fault": {"kind": "status", "status": 200, "headers": {"A": "b\n"}}},
            "$.fault.headers[...]",
            "up to 4,000 ASCII characters in one line",
        ),
        ({"preset": "slow", "id": "a\n"}, "$.id", "up to 64 letters"),
    ],
    "POST /__admin/requests/verify": [
        ({}, "$", "expectations is missing"),
        ({"expectations": []}, "$.expectations", "a list of 1 to 1,000 entries"),
        (
            {"expectations": [{"match": {"kode": 1}}]},
            "$.expectations[0].match",
            "kode is not a field; did you mean code?",
        ),
        ({"expectations": [{"exactly": -1}]}, "$.expectations[0].exactly", "a whole number from 0 to 1,000,000"),
        ({"expectations": [{"exactly": 1, "at_least": 1}]}, "$.expectations[0]", "cannot be combined"),
        ({"expectations": [{"at_least": 3, "at_most": 2}]}, "$.expectations[0]", "is more than `at_most` 2"),
    ],
    "POST /__admin/explain": [
        ({}, "$.url", "either `url` or `params`"),
        ({"url": "?a=1", "params": {}}, "$.url", "either `url` or `params`"),
        ({"url": "?a=1&a=2"}, "$.url", "code 40"),
        ({"url": "nonsense"}, "$.url", "expected the URL of a request, or its query"),
        ({"params": [["a", "1"], ["a", "2"]]}, "$.params", "code 40"),
        ({"params": {"a": 1}}, "$.params[...]", "a list of 2 values or text"),
        ({"params": [[str(number), ""] for number in range(40_000)]}, "$.params", "at most 1,000 entries"),
        ({"params": {str(number): "" for number in range(40_000)}}, "$.params", "at most 1,000 entries"),
        ({"params": {"a": "b" * 1_100_000}}, "$.params", "code 40"),
        ({"url": "?" + "a" * 1_100_000}, "$.url", "at most 1,048,576 characters"),
        ({"url": "?a=1", "secret": "s" * 1_000}, "$.secret", "text of 1 to 207 characters"),
        ({"uri": "?a=1"}, "$", "uri is not a field; did you mean url?"),
    ],
    f"PUT {ACCOUNT}/snapshot": [
        ({"version": version, "something": "new"}, "$.version", f"version {version}; this server reads version 1")
        for version in (0, 2, 99)
    ],
    "GET /__admin/requests?since=r\u0661": [(None, "$.since", "the id of a request, as r12")],
    "GET /__admin/requests?since=r1%0A": [(None, "$.since", "the id of a request, as r12")],
    "PUT /__admin/snapshot": [({"version": version}, "$.version", f"version {version}") for version in (0, 2)],
    "GET /__admin/requests?code=many": [(None, "$.code", "a whole number from 0 to")],
    "GET /__admin/requests?kode=43": [(None, "$", "kode is not a field; did you mean code?")],
    "GET /__admin/requests?since=yesterday": [(None, "$.since", "the id of a request, as r12")],
    "GET /__admin/requests?limit=-1": [(None, "$.limit", "a whole number from 0 to 1,000,000")],
    "GET /__admin/requests/count?limit=1": [(None, "$", "limit is not a field")],
    "GET /__admin/requests/wait?timeout=301": [(None, "$.timeout", "a number from 0 to 300")],
    "GET /__admin/requests/wait?count=0": [(None, "$.count", "a whole number from 1 to 1,000,000")],
    "GET /__admin/requests.har?x=1": [(None, "$", "x is not a field")],
    "GET /__admin/requests.ndjson?hash=f1": [(None, "$", "hash is not a field; expected key")],
    "GET /__admin/lint?level=MAY": [(None, "$.level", "'MAY'")],
    "GET /__admin/lint?format=csv": [(None, "$.format", "'csv'")],
    "GET /__admin/lint?rule=x": [(None, "$", "rule is not a field")],
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
