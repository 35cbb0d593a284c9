"""Wherever a client puts a secret or a signature, nothing that the fake shows of the request holds it."""

import base64
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from mock_server.tests.conftest import KEY, SECRET, START, signed
from werkzeug.test import Client

from flipsnack_mock.server.app import create_app
from flipsnack_mock.server.request_log import RequestLog, request_log
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.settings import load_settings

Place = Callable[[str], dict[str, Any]]

# The secret of an account that no request below names.
OTHER = "0ther-Account-5ecret"
TOKEN = "AZrI0kqG_hY-AAAAAAAAAAGdbZ3Qkg"
FORM = "application/x-www-form-urlencoded"
UPLOAD: dict[str, str | None] = {"action": "collection.create", "collectionHash": None}
JPEG = b"\xff\xd8\xff"


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def queried(**more: str) -> dict[str, Any]:
    return {"query_string": signed(**more)}


def multipart(name: str, file_name: str) -> dict[str, Any]:
    part = f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'.encode()
    data = {"data": part + JPEG + b"\r\n--cut--\r\n", "content_type": "multipart/form-data; boundary=cut"}
    return {"method": "POST", "query_string": signed(**UPLOAD), **data}


PLACES: dict[str, Place] = {
    "an action": lambda text: {"query_string": {"apiKey": KEY, "signature": "0", "action": text}},
    "a name": lambda text: queried(**{text: "1"}),
    "a key": lambda text: queried(apiKey=text),
    "a hash": lambda text: queried(collectionHash=text),
    "a format": lambda text: queried(format=text),
    "a format, cut": lambda text: queried(format=f"{'x' * 30}/{text}"),
    "a callback": lambda text: queried(format="jsonp", callback=text),
    "a value, encoded twice": lambda text: {"query_string": urlencode(signed(title=percent(text)))},
    "a path": lambda text: {"path": f"/v1/{quote(text)}", **queried()},
    "a path of no key": lambda text: {"path": f"/v1/%zz/{quote(text)}"},
    "a path of nothing": lambda text: {"path": f"/nothing/{percent(text)}"},
    "a link": lambda text: {"path": f"/packages/a/{quote(text)}/b.zip"},
    "a header": lambda text: {**queried(), "headers": {"Range": text, "Content-Type": f"text/{text}"}},
    "a host": lambda text: {**queried(signature="0"), "headers": {"Host": text}},
    "a method": lambda text: {"path": "/nothing", "method": text},
    "a form": lambda text: {"method": "POST", "data": f"{quote(text)}={percent(text)}", "content_type": FORM},
    "a file's name": lambda text: multipart("file", text),
    "a file's field": lambda text: multipart(text, "a.jpg"),
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "percent-encoded": percent,
    "within brackets": "[{}].".format,
    "before a host": "http://u:{}@h".format,
    "in Base64": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
}
# The doctor names the secret of a `test-` account, which everybody can derive from its key.
KNOWN = f"this account's secret is {SECRET}."
SHOWN = [
    "/__admin/requests",
    "/__admin/requests?action=none",
    "/__admin/requests.ndjson",
    "/__admin/requests.har",
    f"/__admin/lint?key={KEY}",
    "/__admin/metrics",
    "/__admin/namespaces",
]


def diagnoses(client: Client) -> list[str]:
    """Where each request is explained."""
    return [
        f"/__admin/requests/{one['id']}/diagnosis" for one in client.get("/__admin/requests").get_json()["requests"]
    ]


def shown(ways: list[dict[str, Any]]) -> dict[str, str]:
    """What is shown of requests, by where: in records, exports, diagnoses, and logs of both styles."""
    flags, written, logs = {"requests_per_second": 0}, {}, list[RequestLog]()
    for style in ("pretty", "json"):
        settings, sources = load_settings(flags=flags | {"log": style}, environment={}, file=None)
        written[style] = io.StringIO()
        log = request_log(settings, written[style])
        assert log is not None
        logs.append(log)

    def tell(entry: Entry) -> None:
        for log in logs:
            log(entry)

    client = Client(create_app(settings, now=lambda: START, on_exchange=tell, sources=sources))
    client.post("/__admin/accounts", json={"key": "live-other", "secret": OTHER})
    for way in ways:
        client.open(**{"path": "/v1/"} | way)
    found = {path: client.get(path).text.replace(KNOWN, "") for path in (*SHOWN, *diagnoses(client))}
    for each in logs:
        each.close()
    return found | {style: stream.getvalue() for style, stream in written.items()}


@pytest.mark.parametrize("place", PLACES)
def test_no_record_export_diagnosis_or_log_line_shows_a_secret(place: str) -> None:
    """Neither that of the account nor that of another one, in any spelling."""
    texts = [spell(secret) for secret in (SECRET, OTHER) for spell in SPELLINGS.values()]
    for where, text in shown([PLACES[place](one) for one in texts]).items():
        assert [] == [one for one in texts if one in text], where


@pytest.mark.parametrize("text", [OTHER, OTHER.upper(), percent(OTHER), SECRET, "x-secret-test-1"])
def test_no_namespace_has_a_secret_for_its_name(text: str) -> None:
    """A name stands in addresses, exports and metrics."""
    ways: list[dict[str, Any]] = [{"path": f"/t/{text}{path}"} for path in ("/v1/", "/__admin/requests", "/v1/%zz")]
    for where, answer in shown(ways).items():
        assert [] == [one for one in (text, OTHER.lower(), SECRET) if one in answer.lower()], where


def test_a_signature_that_is_a_secret_is_not_shown() -> None:
    for where, text in shown([queried(signature=SECRET)]).items():
        assert SECRET not in text, where


@pytest.mark.parametrize("place", PLACES)
def test_a_pasted_link_is_shown_without_its_signature(place: str) -> None:
    link = f"http://fake.test/packages/a/b/c.zip?Expires=1&Signature={TOKEN}&Key-Pair-Id=K"
    for where, text in shown([PLACES[place](one) for one in (link, quote(link, safe=""))]).items():
        assert TOKEN not in text, where
