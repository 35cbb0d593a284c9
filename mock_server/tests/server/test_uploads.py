"""Uploads over HTTP: from the multipart body to the collection, and what is left of them afterwards."""

import hashlib
import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from mock_server.tests.conftest import signed
from mock_server.tests.raw_socket import query, received, status_and_body
from mock_server.tests.server.test_wsgi_servers import elsewhere

from flipsnack_mock.admin.ui.repeat import repeat_of
from flipsnack_mock.admin.ui.snippets import curl
from flipsnack_mock.inspect.records import Record
from flipsnack_mock.testing import MockServer, make_pdf

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea735810b0000000049454e44ae426082"
)


def fields(key: str, **changes: str) -> dict[str, str]:
    return query(key, action="collection.create", collectionHash=None, **changes)


def upload(base: str, key: str, *files: tuple[str, bytes], **changes: str) -> dict[str, Any]:
    parts = [("file", file) for file in files]
    answer = requests.post(base, data=fields(key, **changes), files=parts, timeout=60)
    return {"code": answer.json().get("code", answer.json()), **answer.json().get("data", {})}


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


@contextmanager
def served(name: str, **settings: Any) -> Iterator[str]:
    if name == "ours":
        with MockServer(requests_per_second=0, **settings) as server:
            yield server.url
    else:
        with elsewhere(name, [], **settings) as url:
            yield url


@pytest.mark.parametrize("name", ["ours", "wsgiref", "werkzeug"])
def test_an_uploaded_document_is_kept_until_its_collection_goes(name: str, tmp_path: Path) -> None:
    """Under every server; what is refused is not kept at all."""
    with served(name, spool=str(tmp_path), upload_pages=9, upload_bytes=100_000) as url:
        base = f"{url}/t/one/v1/"
        made = [upload(base, f"test-{name}", (f"{number}.pdf", make_pdf(number))) for number in (1, 2, 2)]
        assert [20, 20, 20] == [one["code"] for one in made]
        assert 2 == len(files_below(tmp_path))
        refused = {
            45: [("x.pdf", b"no PDF")],
            34: [("x.pdf", b"%PDF-" + b"1" * 100_000)],
            35: [("x.pdf", make_pdf(10))],
            36: [("x.pdf", make_pdf(3)), ("y.pdf", make_pdf(4))],
            30: [("x.pdf", b"")],
        }
        assert list(refused) == [upload(base, f"test-{name}", *files)["code"] for files in refused.values()]
        assert 44 == upload(base, f"test-{name}", ("x.png", PNG), signature="x")["code"]
        assert 2 == len(files_below(tmp_path))
        for left, one in zip((1, 1), made, strict=False):
            deleted = query(f"test-{name}", action="collection.deleteCollection", collectionHash=one["collectionHash"])
            assert 20 == requests.get(base, params=deleted, timeout=10).json()["code"]
            assert left == len(files_below(tmp_path))
        assert 20 == upload(f"{url}/v1/", "test-reset", ("x.png", PNG))["code"]
        assert 2 == len(files_below(tmp_path))
        requests.delete(f"{url}/__admin/namespaces/one", timeout=10).raise_for_status()
        assert 1 == len(files_below(tmp_path))
        requests.post(f"{url}/__admin/reset", timeout=10).raise_for_status()
        assert [] == files_below(tmp_path)
        assert 20 == upload(base, f"test-{name}", ("x.png", PNG))["code"]
    if name == "ours":
        assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["spool", "spool_bytes", "spool_files"])
def test_a_spool_without_room_refuses_uploads_and_nothing_else(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with MockServer(**{where: str(tmp_path / "file") if where == "spool" else 0}) as server:
        answer = upload(server.base_url, "test-full", ("x.pdf", make_pdf(1)))
        assert "not_kept" == answer["code"]["error"]["type"]
        assert where in answer["code"]["error"]["message"]
        assert 20 == requests.get(server.base_url, params=query("test-full"), timeout=10).json()["code"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_uploads_when_the_server_stops(end: signal.Signals, tmp_path: Path) -> None:
    """Of a process that was killed the next one removes it, while it takes its first upload."""
    with serving("--spool", str(tmp_path)) as (server, url):
        assert 20 == upload(f"{url}/v1/", "test-stop", ("x.png", PNG))["code"]
        server.send_signal(end)
        server.wait(30)
    if end is signal.SIGKILL:
        assert 1 == len(files_below(tmp_path))
        with MockServer(spool=str(tmp_path)) as another:
            assert 20 == upload(another.base_url, "test-stop", ("x.pdf", make_pdf(1)))["code"]
            assert 1 == len(files_below(tmp_path))
    assert [] == list(tmp_path.iterdir())


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The fake in a process of its own."""
    command = [sys.executable, "-m", "flipsnack_mock", "serve", "--port", "0", "--log", "off", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found is not None
            yield server, found.group()
        finally:
            server.kill()


CUT = "multipart/form-data; boundary=cut"
END = b"\r\n--cut--\r\n"


def part(name: str, content: bytes, *, file: str = "") -> bytes:
    more = f'; filename="{file}"' if file else ""
    head = f'--cut\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content


def send_upload(url: str, key: str, size: int) -> int:
    """The code for a document of `size` bytes, which are never in memory together."""
    block = bytes(1024 * 1024)
    first = b"".join(part(name, value.encode()) + b"\r\n" for name, value in fields(key).items())
    head = first + part("file", PNG[:8], file="a.png")
    length = len(head) + size - 8 + len(END)
    lines = ["POST /v1/ HTTP/1.1", "Host: x", f"Content-Type: {CUT}", "Connection: close"]
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode() + head)
        for left in range(size - 8, 0, -len(block)):
            connection.sendall(block[:left])
        connection.sendall(END)
        status, body = status_and_body(received(connection))
    assert 200 == status
    found = re.search(rb'"code":(\d+)', body)
    assert found is not None
    return int(found[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_an_upload_of_500_mb_takes_no_memory_and_one_byte_more_is_code_34(tmp_path: Path) -> None:
    with serving("--spool", str(tmp_path)) as (server, url):
        before = peak_memory(server.pid)
        codes = [send_upload(url, "test-large", size) for size in (500_000_000, 500_000_001)]
        after = peak_memory(server.pid)
        assert [500_000_000] == [path.stat().st_size for path in tmp_path.rglob("*") if len(path.name) == 64]
    assert [20, 34] == codes
    assert 100_000_000 > after
    assert 20_000_000 > after - before


def peak_memory(process: int) -> int:
    """The most bytes of memory that a process has had."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="before the first part"),
        pytest.param(part("apiKey", b"test-gone"), id="in a field"),
        pytest.param(part("file", b"%PDF-1.7" * 10_000, file="a.pdf"), id="in a file"),
    ],
)
def test_an_upload_that_is_broken_off_leaves_nothing(sent: bytes, tmp_path: Path) -> None:
    with MockServer(spool=str(tmp_path), requests_per_second=0, requests_per_minute=0) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            head = "POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=cut\r\n"
            connection.sendall(f"{head}Content-Length: 1000000\r\n\r\n".encode() + sent)
        for _ in range(1_000):
            assert 20 == requests.get(server.base_url, params=query("test-gone"), timeout=10).json()["code"]
            # The server may not have noticed yet that the connection is closed.
            if not files_below(tmp_path):
                break
        assert [] == files_below(tmp_path)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", CUT),
        (b"rubbish", CUT),
        (part("a", b"1") + END, "multipart/form-data"),
        (part("a", b"1"), CUT),
        (part("file", b"%PDF-1.7", file="a.pdf"), CUT),
        (part("a", b"\0") + END, CUT),
        (part("a", b"\xff") + END, CUT),
        (part("", b"1") + END, CUT),
        (part("a", b"1") + b"\r\n" + part("a", b"2") + END, CUT),
    ],
)
def test_a_damaged_multipart_body_is_code_40(server: MockServer, body: bytes, content_type: str) -> None:
    """And so it is with parameters in the query that would be enough."""
    for parameters in ({}, signed()):
        answer = requests.post(
            server.base_url, params=parameters, data=body, headers={"Content-Type": content_type}, timeout=10
        )
        assert (200, 40) == (answer.status_code, answer.json()["code"])


def test_many_uploads_at_once_are_all_kept(server: MockServer) -> None:
    codes: list[int] = []

    def run(thread: int) -> None:
        for number in range(3):
            codes.append(upload(server.base_url, "test-many", (f"{thread}.png", PNG + b"%d" % number))["code"])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [20] * 12 == codes


def test_the_journal_keeps_what_an_uploaded_file_is_and_none_of_its_bytes(server: MockServer) -> None:
    """In the record, in the archive, and in the command that repeats the upload."""
    upload(server.base_url, "test-journal", ('a "b".png', PNG), title="A title")
    account = server.admin.account("test-journal")
    (record,) = account.requests.list()
    (file,) = record.files
    assert ("file", 'a "b".png', len(PNG), "png", 1) == (file.field, file.file_name, file.size, file.kind, file.pages)
    assert hashlib.sha256(PNG).hexdigest() == file.digest
    (entry,) = json.loads(account.requests.har())["log"]["entries"]
    parts = entry["request"]["postData"]["params"]
    assert {"name": "title", "value": "A title"} in parts
    assert ("file", 'a "b".png') == (parts[-1]["name"], parts[-1]["fileName"])
    command = shlex.split(_repeated(record, account.secret, server))
    assert ["--form", 'file=@"a \\"b\\".png"', server.base_url] == command[-3:]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_command_of_an_upload_repeats_it(server: MockServer, tmp_path: Path) -> None:
    name = 'a "b;c".png'
    (tmp_path / name).write_bytes(PNG)
    upload(server.base_url, "test-command", (name, PNG), title="=A @title")
    account = server.admin.account("test-command")
    command = _repeated(account.requests.list()[0], account.secret, server)
    done = subprocess.run([*shlex.split(command), "-sS"], cwd=tmp_path, capture_output=True, check=True)
    assert "=A @title" == json.loads(done.stdout)["data"]["collectionTitle"]
    first, second = account.requests.list()
    assert first.files == second.files


def _repeated(record: Record, secret: str, server: MockServer) -> str:
    call = repeat_of(record, secret=secret, base_url=server.base_url)
    return curl(call) if call else ""
