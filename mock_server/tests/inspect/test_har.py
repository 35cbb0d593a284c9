import hashlib
import io
import json
from typing import Any

import pytest
from mock_server.tests.conftest import SECRET, Fake, make_fake, signed

from flipsnack_mock.testing.pdf import make_pdf

PDF = make_pdf()
# What HAR 1.2 requires of each object (http://www.softwareishard.com/blog/har-12-spec/).
REQUIRED: dict[str, set[str]] = {
    "log": {"version", "creator", "entries"},
    "entry": {"startedDateTime", "time", "request", "response", "cache", "timings"},
    "request": {
        "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize",
    },
    "response": {
        "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
        "headersSize", "bodySize",
    },
    "content": {"size", "mimeType"},
    "timings": {"send", "wait", "receive"},
}  # fmt: skip


def archived(fake: Fake) -> list[dict[str, Any]]:
    log = fake.client.get("/__admin/requests.har").get_json()["log"]
    assert REQUIRED["log"] <= log.keys()
    assert "1.2" == log["version"]
    return list(log["entries"])


@pytest.fixture
def played() -> Fake:
    """A fake that was called, downloaded from, and posted to."""
    fake = make_fake()
    url = fake.call().get_json()["data"]["resourceUrl"]
    fake.resource(url, Range="bytes=0-1")
    fake.client.post("/v1/", data=signed())
    fields = signed(action="collection.create", collectionHash=None)
    fake.client.post("/v1/?format=json", data=fields | {"file": (io.BytesIO(PDF), "my.pdf")})
    return fake


def test_every_object_has_what_the_format_requires(played: Fake) -> None:
    for entry in archived(played):
        assert REQUIRED["entry"] <= entry.keys()
        assert REQUIRED["content"] <= entry["response"]["content"].keys()
        assert all(REQUIRED[part] <= entry[part].keys() for part in ("request", "response", "timings"))
        assert entry["time"] == sum(entry["timings"].values())


def test_requests_and_answers_are_told_without_secrets(played: Fake) -> None:
    call, package, post, upload = archived(played)
    assert call["request"]["url"].startswith("http://localhost/v1/?apiKey=test-core&")
    assert "signature=***" in call["request"]["url"]
    assert "COMPLETE" == json.loads(call["response"]["content"]["text"])["data"]["status"]
    assert {"name": "Range", "value": "bytes=0-1"} in package["request"]["headers"]
    assert "text" not in package["response"]["content"]
    assert "signature=***" in post["request"]["postData"]["text"]
    ours = call["_flipsnack"]
    assert (20, "COMPLETE", "test-core") == (ours["code"], ours["status"], ours["key"])
    assert "signature.digest" in ours["rules"]
    assert signed()["signature"] not in json.dumps([call, package, post, upload])
    assert SECRET not in json.dumps([call, package, post, upload])
    posted = {one["name"]: one for one in upload["request"]["postData"]["params"]}
    digest = hashlib.sha256(PDF).hexdigest()
    expected = {"name": "file", "fileName": "my.pdf", "comment": f"{len(PDF)} bytes, SHA-256 {digest}"}
    assert expected == posted["file"]
    assert ("***", "collection.create") == tuple(posted[name]["value"] for name in ("signature", "action"))
    assert "format" not in posted
    assert "%PDF" not in json.dumps(upload)
    assert [digest] == [one["digest"] for one in upload["_flipsnack"]["files"]]
    played.call(prefix="/t/one")
    entry = played.client.get("/t/one/__admin/requests.har").get_json()["log"]["entries"][0]
    assert entry["request"]["url"].startswith("http://localhost/t/one/v1/?")
