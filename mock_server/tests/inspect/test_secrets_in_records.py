"""Wherever a client puts the secret, nothing that the fake shows of the request holds it."""

import io
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from mock_server.tests.conftest import KEY, SECRET, START, signed
from werkzeug.test import Client

from flipsnack_mock.server.app import create_app
from flipsnack_mock.server.request_log import request_log
from flipsnack_mock.state.settings import load_settings

PERCENT = "".join(f"%{byte:02x}" for byte in SECRET.encode())
PLACES: dict[str, dict[str, Any]] = {
    "an action": {"query_string": {"apiKey": KEY, "signature": "0", "action": SECRET}},
    "an action, among other words": {"query_string": {"apiKey": KEY, "signature": "0", "action": f"x{SECRET}y"}},
    "a name": {"query_string": signed(**{SECRET: "1"})},
    "a hash": {"query_string": signed(collectionHash=SECRET)},
    "a format": {"query_string": signed(format=SECRET)},
    "a callback": {"query_string": signed(format="jsonp", callback=SECRET)},
    "a signature": {"query_string": signed(signature=SECRET)},
    "a value, encoded twice": {"query_string": f"{urlencode(signed(title=PERCENT))}"},
    "a path": {"path": f"/v1/{SECRET}", "query_string": signed()},
    "a path of no key": {"path": f"/v1/%zz{SECRET}"},
    "a path of nothing": {"path": f"/nothing/{PERCENT}"},
    "a link": {"path": f"/packages/a/{SECRET}/b.zip"},
    "a header": {"query_string": signed(), "headers": {"Range": SECRET, "Content-Type": f"text/{SECRET}"}},
    "a host": {"query_string": signed(), "headers": {"Host": SECRET}},
    "a form": {
        "method": "POST",
        "data": f"{quote(SECRET)}={PERCENT}",
        "content_type": "application/x-www-form-urlencoded",
    },
}
# The doctor names the secret of a `test-` account, which everybody can derive from its key.
KNOWN = f"this account's secret is {SECRET}."
SHOWN = [
    "/__admin/requests",
    "/__admin/requests?action=none",
    "/__admin/requests.ndjson",
    "/__admin/requests.har",
    f"/__admin/lint?key={KEY}",
    "/__admin/requests/r1/diagnosis",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("style", ["pretty", "json"])
def test_no_record_export_diagnosis_or_log_line_shows_a_secret(place: str, style: str) -> None:
    written = io.StringIO()
    settings, sources = load_settings(flags={"requests_per_second": 0, "log": style}, environment={}, file=None)
    log = request_log(settings, written)
    client = Client(create_app(settings, now=lambda: START, on_exchange=log, sources=sources))
    client.open(**{"path": "/v1/"} | PLACES[place])
    shown = {path: client.get(path).text.replace(KNOWN, "") for path in SHOWN}
    assert log is not None
    log.close()
    for where, text in {"the log": written.getvalue(), **shown}.items():
        assert [] == re.findall(f"{SECRET}|{PERCENT}", text, re.IGNORECASE), where
