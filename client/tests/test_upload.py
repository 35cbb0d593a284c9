"""Uploads over a socket: what arrives, what is repeated and what is not."""

import io
import os
import socket
import subprocess
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from client.tests.conftest import KEY, SECRET, Action, ScriptedApi, VirtualClock, answer, http, raw, reset
from client.tests.multipart_reader import Part, read_multipart

from flipsnack_client import (
    ApiError,
    Cancelled,
    CannotRead,
    ConnectionFailed,
    DeadlineExceeded,
    FileTooLarge,
    Flipsnack,
    FlipsnackError,
    HttpError,
    InvalidFileFormat,
    MalformedAnswer,
    NotConnected,
    UploadProgress,
    UploadQuotaExceeded,
    UploadUncertain,
    document,
    sign,
)

DATA = {"collectionHash": "fresh", "collectionTitle": "Spring", "flipbooks": [{"flipbookStatus": "processing"}]}
CREATED = answer(code=20, status="OK", data=DATA)
PDF = b"%PDF-1.7\r\n--boundary?--\r\n" * 9000


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "größe.pdf"
    path.write_bytes(PDF)
    return path


def received(api: ScriptedApi, number: int = -1) -> tuple[dict[str, str], dict[str, Part]]:
    """The fields and the files of a request."""
    head, body = api.server.requests[number].decode(), api.server.bodies[number]
    assert head.startswith("POST /v1/ HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}" in head.split("\r\n")
    return read_multipart(body, head.partition("Content-Type: ")[2].split("\r\n")[0])


def test_create_posts_the_document_beside_signed_fields(api: ScriptedApi, pdf: Path) -> None:
    api.server.plan = [CREATED]
    seen: list[UploadProgress] = []
    made = api.client().create(
        pdf, title="Spring & more", width=650, status="unlisted", more={"x": "y"}, on_progress=seen.append
    )
    fields, files = received(api)
    signature = fields.pop("signature")
    expected = {"title": "Spring & more", "collectionWidth": "650", "collectionStatus": "unlisted", "x": "y"}
    assert {"action": "collection.create", "apiKey": KEY, **expected} == fields
    assert sign(fields, SECRET) == signature
    assert {"file": ("größe.pdf", "application/pdf", PDF)} == files
    assert ("fresh", "Spring", "processing") == (made.hash, made.title, made.conversion)
    assert [UploadProgress(0, len(PDF)), UploadProgress(len(PDF), len(PDF))] == [seen[0], seen[-1]]
    assert seen == sorted(seen, key=lambda one: one.sent)


def test_a_url_is_a_signed_field(api: ScriptedApi) -> None:
    api.server.plan = [CREATED]
    api.client().create("https://example.com/a b.pdf?c=d")
    fields, files = received(api)
    assert ("https://example.com/a b.pdf?c=d", {}) == (fields["fileUrl"], files)
    assert sign(fields, SECRET) == fields["signature"]


def test_the_vendors_uploads_go_to_the_vendors_upload_host() -> None:
    assert {"https://api.flipsnack.com/v1/", "https://upload.flipsnack.com/v1/"} == {
        Flipsnack(KEY, SECRET)._caller.hosts[host] for host in ("api", "upload")
    }
    assert {"http://x/v1/"} == set(Flipsnack(KEY, SECRET, base_url="http://x/v1/")._caller.hosts.values())


# What the server does at first, what create raises then (None: it succeeds), and how many requests that takes.
FIRST: dict[str, tuple[Action, type[FlipsnackError] | None, int]] = {
    "22": (answer(code=22, status="Maintenance mode"), None, 2),
    "31": (answer(code=31, status="Limit"), None, 2),
    "32": (answer(code=32, status="Limit"), None, 2),
    "33": (answer(code=33, status="Uploads per month exceeded"), UploadQuotaExceeded, 1),
    "34": (answer(code=34, status="Too large"), FileTooLarge, 1),
    "45": (answer(code=45, status="Format"), InvalidFileFormat, 1),
    "99": (answer(code=99, status="?"), ApiError, 1),
    "reset": (reset, UploadUncertain, 1),
    "no answer": (raw(b""), UploadUncertain, 1),
    "half a head": (raw(b"HTTP/1.1 200 OK\r\nConte"), UploadUncertain, 1),
    "garbage": (http(b"<html>"), UploadUncertain, 1),
    "no hash": (answer(code=20, status="OK", data={}), MalformedAnswer, 1),
    "500": (http(b"", status=500), UploadUncertain, 1),
    "503": (http(b"", status=503, headers="Retry-After: 1\r\n"), UploadUncertain, 1),
    "413": (http(b"", status=413), HttpError, 1),
    "429": (http(b"", status=429), HttpError, 1),
    "302": (http(b"", status=302, headers="Location: /elsewhere\r\n"), HttpError, 1),
}


@pytest.mark.parametrize("name", FIRST)
def test_an_upload_is_repeated_only_when_the_api_did_nothing(api: ScriptedApi, pdf: Path, name: str) -> None:
    """22, 31 and 32 are; what else has an answer is raised as it is, and what has none may have been done."""
    action, expected, requests = FIRST[name]
    api.server.plan = [action, CREATED]
    if expected is None:
        assert "fresh" == api.client().create(pdf).hash
        assert [{"file": ("größe.pdf", "application/pdf", PDF)}] * 2 == [received(api, n)[1] for n in range(2)]
    else:
        with pytest.raises(expected) as caught:
            api.client().create(pdf, title="Spring's")
        assert expected is type(caught.value)
        told = str(caught.value)
        assert (expected is UploadUncertain) == ("""flipsnack list --query 'Spring'"'"'s'""" in told), told
    assert requests == len(api.server.requests)


@pytest.mark.parametrize("host", ["h.test", "[::1"])
def test_an_upload_by_url_that_may_have_arrived_is_known_by_its_name(api: ScriptedApi, host: str) -> None:
    api.server.plan = [reset]
    with pytest.raises(UploadUncertain) as caught:
        api.client().create(f"http://{host}/Spring%20catalogue.pdf?v=1")
    assert "Spring%20catalogue" == caught.value.title


def test_an_upload_that_was_not_connected_is_tried_again(pdf: Path) -> None:
    clock = VirtualClock()
    with pytest.raises(NotConnected, match="Connection refused"):
        Flipsnack(KEY, SECRET, base_url="http://127.0.0.1:9/v1/", clock=clock).create(pdf)
    assert 7 == len(clock.sleeps)


@pytest.mark.parametrize("closes", [True, False])
def test_an_answer_that_comes_before_the_body_is_sent_is_read(api: ScriptedApi, closes: bool) -> None:
    """The server refuses after 64 kB and reads no more, be the connection closed or left open."""
    ended = threading.Event()

    def refuse(connection: socket.socket) -> None:
        answer(code=34, status="Too large")(connection)
        if not closes:
            ended.wait(20)

    api.server.reads, api.server.plan = 65_536, [refuse]
    try:
        with pytest.raises(FileTooLarge):
            api.client(timeout=0.5).create(io.BytesIO(bytes(30_000_000)))
    finally:
        ended.set()
    assert 1 == len(api.server.requests)


def test_a_server_that_takes_no_more_bytes_does_not_outlast_the_deadline(api: ScriptedApi) -> None:
    """Sending is cut as reading is, in real time; the timeout of a read is far longer."""
    ended = threading.Event()

    def hold(_: socket.socket) -> None:
        ended.wait(20)

    api.server.reads, api.server.plan = 0, [hold]
    with Flipsnack(KEY, SECRET, base_url=f"{api.server.url}/v1/") as client, pytest.raises(UploadUncertain) as caught:
        client.create(io.BytesIO(bytes(30_000_000)), deadline=0.3)
    ended.set()
    assert DeadlineExceeded is type(caught.value.failure)
    assert 5 > caught.value.failure.elapsed


def test_a_document_is_never_in_memory_as_a_whole(api: ScriptedApi, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(64_000_000)

    api.server.plan, api.server.keeps = [CREATED], 0
    client = api.client()
    client.create(io.BytesIO(bytes(500_000)))  # what is imported and kept on first use
    tracemalloc.start()
    try:
        client.create(path)
        assert 2_000_000 > tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_pipe_is_uploaded_and_repeated(api: ScriptedApi) -> None:
    """What cannot seek is copied first, so that its length is known and it can be sent again."""
    api.server.plan = [answer(code=22, status="Maintenance mode"), CREATED]
    source, sink = os.pipe()
    os.write(sink, b"%PDF-1.7")
    os.close(sink)
    with os.fdopen(source, "rb") as file:
        assert "fresh" == api.client().create(file, file_name="p.pdf").hash
    assert [("p.pdf", "application/pdf", b"%PDF-1.7")] * 2 == [received(api, n)[1]["file"] for n in range(2)]


def test_a_stream_without_an_end_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_COPIED", 100_000)
    source, sink = os.pipe()
    with os.fdopen(source, "rb") as file, subprocess.Popen(["yes"], stdout=sink) as endless:
        os.close(sink)
        with pytest.raises(CannotRead, match="more than 100000 bytes came"):
            Flipsnack(KEY, SECRET).create(file)
        endless.kill()


def test_an_upload_that_is_stopped_says_why_and_that_it_is_uncertain(api: ScriptedApi, pdf: Path) -> None:
    """A cancel and a deadline in the middle; before the first byte they are what they are for every call."""
    api.server.plan = [CREATED]
    cancel = threading.Event()
    with pytest.raises(UploadUncertain) as caught:
        api.client().create(pdf, on_progress=lambda _: cancel.set(), cancel=cancel)
    assert (Cancelled, "größe") == (type(caught.value.failure), caught.value.title)

    def pass_a_minute(_: UploadProgress) -> None:
        api.clock.time += 60

    with pytest.raises(UploadUncertain) as caught:
        api.client().create(pdf, on_progress=pass_a_minute, deadline=30)
    assert DeadlineExceeded is type(caught.value.failure)
    with pytest.raises(Cancelled):
        api.client().create(pdf, cancel=cancel)


UNREADABLE: dict[str, Any] = {
    "no such file": "none.pdf",
    "a folder": "/",
    "a device": "/dev/zero",
    "closed": io.BytesIO(),
}
UNREADABLE["closed"].close()


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_document_that_cannot_be_read_is_refused_before_anything_is_sent(name: str) -> None:
    with pytest.raises(CannotRead, match="cannot read"):
        Flipsnack(KEY, SECRET).create(UNREADABLE[name])
    for wrong in (io.StringIO("text"), b"bytes"):
        with pytest.raises(ValueError, match=r"text mode|io\.BytesIO"):
            Flipsnack(KEY, SECRET).create(wrong)  # type: ignore[arg-type]


def test_call_sends_any_method_with_any_files(api: ScriptedApi, pdf: Path) -> None:
    api.server.plan = [CREATED]
    client = api.client()
    client.call("collection.setLogo", {"collectionHash": "h"}, {"file": pdf, "second": io.BytesIO(b"2")})
    fields, files = received(api)
    assert ("collection.setLogo", "h") == (fields["action"], fields["collectionHash"])
    assert [PDF, b"2"] == [files["file"].content, files["second"].content]
    client.call("collection.create", {"fileUrl": "https://x/y.pdf"})
    assert "https://x/y.pdf" == received(api)[0]["fileUrl"]
    client.call("zapier.getZapierLeadFormSample", {})
    assert api.server.requests[-1].startswith(b"GET /v1/?action=zapier.get")


def test_plain_http_on_a_tls_port_is_a_connection_failure_and_not_uncertain(api: ScriptedApi, pdf: Path) -> None:
    """A connection that never spoke HTTP carried no document."""
    api.server.plan = [raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")]
    url = api.server.url.replace("http", "https")
    with pytest.raises(ConnectionFailed, match=r"cannot reach 127\.0\.0\.1") as caught:
        Flipsnack(KEY, SECRET, base_url=f"{url}/v1/", clock=api.clock).create(pdf)
    assert ConnectionFailed is type(caught.value)
