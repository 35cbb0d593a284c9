"""The fake under fire: any bytes on real sockets, sudden death, time that jumps, more accounts than it may hold."""

import datetime
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251 - it is what such libraries replace
from contextlib import suppress
from types import BuiltinFunctionType
from urllib.parse import quote_from_bytes, urlencode, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import KEY, SECRET, make_fake, signed
from mock_server.tests.raw_socket import connect
from mock_server.tests.test_main import Served, served
from urllib3 import Retry

from flipsnack_mock.admin.openapi.document import control_document
from flipsnack_mock.protocol.instants import LAST_INSTANT
from flipsnack_mock.server.clock import elapsed_time, real_time
from flipsnack_mock.testing import MockServer

BOUND = 30
SECOND = 1_000_000
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
BYTES = st.binary(max_size=300)
LINES = st.sampled_from(
    [
        b"GET /v1/ HTTP/1.1",
        b"POST /v1/ HTTP/1.1",
        b"PUT /__admin/maintenance HTTP/1.1",
        b"GET /packages/x/y/z.zip HTTP/1.0",
        b"Host: fake.test",
        b"Content-Length: 5",
        b"Content-Length: 99999999999999999999",
        b"Transfer-Encoding: chunked",
        b"Content-Type: multipart/form-data; boundary=x",
        b"Expect: 100-continue",
        b"Connection: upgrade",
        b"Upgrade: websocket",
        b"Range: bytes=0-0,-1",
        b"",
        b"5",
        b"--x",
        b"a=1&b",
        b"0",
    ]
)
MESSAGES = st.one_of(BYTES, st.lists(st.one_of(LINES, st.binary(max_size=20)), max_size=12).map(b"\r\n".join))
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def said_until_closed(connection: socket.socket) -> bytes:
    """All that comes back once nothing more is sent; a connection that is reset has said what it had to say."""
    connection.shutdown(socket.SHUT_WR)
    heard = b""
    try:
        while piece := connection.recv(65_536):
            heard += piece
    except ConnectionResetError:
        pass
    return heard


def answers(server: MockServer) -> bool:
    return bool(requests.get(f"{server.url}/health", timeout=BOUND).json()["status"] == "ok")


@MANY
@given(message=MESSAGES, cut=st.integers(0, 300))
@example(message=b"GET /v1/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", cut=300)
@example(message=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", cut=300)
@example(message=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", cut=300)
@example(message=b"\0" * 300, cut=300)
def test_no_bytes_and_no_half_request_make_it_fail_or_hang(server: MockServer, message: bytes, cut: int) -> None:
    """Whatever came, and wherever it broke off: no status of 500, the connection ends, and others are answered."""
    with connect(server) as connection:
        connection.sendall(message[:cut])
        heard = said_until_closed(connection)
    assert [] == [status for status in STATUS.findall(heard) if status >= b"500"]
    assert answers(server)


@MANY
@given(names=st.lists(st.binary(min_size=1, max_size=20), max_size=6), value=st.binary(max_size=60))
def test_no_parameters_make_the_api_fail(server: MockServer, names: list[bytes], value: bytes) -> None:
    """Any bytes, percent-encoded: always an answer of the API."""
    query = "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name in names)
    for params in (query, f"{urlencode(signed(SECRET))}&{query}"):
        answer = requests.get(f"{server.base_url}?{params}", timeout=BOUND)
        assert 200 == answer.status_code
        assert {"code", "status"} <= answer.json().keys()


@MANY
@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/plain",
            "",
        ]
    ),
)
@example(body=b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', kind="multipart/form-data; boundary=x")
@example(
    body=b'--x\r\nContent-Disposition: form-data; name="a\r\n\r\n1\r\n--x--', kind="multipart/form-data; boundary=x"
)
def test_no_body_makes_the_api_fail(server: MockServer, body: bytes, kind: str) -> None:
    answer = requests.post(server.base_url, data=body, headers={"Content-Type": kind}, timeout=BOUND)
    assert 200 == answer.status_code
    assert {"code", "status"} <= answer.json().keys()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("key", "seconds", "at", "on", "hash", "state", "preset", "fault", "when", "count", "url", "params", "account")
BODIES = st.one_of(st.binary(max_size=60), st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4).map(json.dumps))


@MANY
@given(body=BODIES, data=st.data())
def test_no_body_makes_the_control_plane_fail(server: MockServer, body: bytes | str, data: st.DataObject) -> None:
    method, path = data.draw(st.sampled_from(WITH_BODY))
    raw = body.encode() if isinstance(body, str) else body
    answer = requests.request(method, f"{server.url}/t/fire{path}", data=raw, timeout=BOUND)
    assert answer.status_code < 500
    assert answer.status_code < 300 or {"type", "message"} <= answer.json()["error"].keys()


ACCOUNT = f"/__admin/accounts/{KEY}"
WITH_BODY = [
    ("POST", "/__admin/accounts"),
    ("POST", "/__admin/explain"),
    ("POST", "/__admin/requests/verify"),
    ("POST", f"{ACCOUNT}/clock/advance"),
    ("POST", f"{ACCOUNT}/clock/set"),
    ("POST", f"{ACCOUNT}/collections"),
    ("POST", f"{ACCOUNT}/faults"),
    ("POST", f"{ACCOUNT}/fork"),
    ("PATCH", f"{ACCOUNT}/settings"),
    ("PUT", f"{ACCOUNT}/maintenance"),
    ("PUT", f"{ACCOUNT}/jobs/mock-manual"),
    ("PUT", f"{ACCOUNT}/snapshot"),
]


def test_killed_and_started_again_it_has_the_port_and_a_fresh_state() -> None:
    """SIGKILL, with a client connected: the port is free at once, and nothing is left of what was."""
    first = Served("--log", "off")
    port = str(urlsplit(first.url).port)
    with first.connect():
        first.call(collectionHash="mock-manual")
        requests.put(f"{first.url}/__admin/maintenance", json={"on": True}, timeout=BOUND)
        assert 22 == first.call()["code"]
        os.kill(first.process.pid, signal.SIGKILL)
        assert -signal.SIGKILL == first.ended()[0]
        with served("--log", "off", "--port", port) as second:
            assert first.url == second.url
            assert 20 == second.call()["code"]
            accounts = requests.get(f"{second.url}/__admin/accounts", timeout=BOUND).json()["accounts"]
            assert KEY in {account["key"] for account in accounts}
            job = requests.get(f"{second.url}{ACCOUNT}/jobs/mock-manual", timeout=BOUND).json()
            assert "NEW" == job["state"]


def test_a_log_that_nobody_reads_stops_no_answer_and_no_end() -> None:
    with served("--log", "json") as fake, fake.connect() as connection:
        for _ in range(10):
            connection.sendall(b"GET /v1/?action=a HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
            answers = b""
            while answers.count(b"HTTP/1.1 200") < 200:
                answers += connection.recv(65_536)
        assert 20 == fake.call()["code"]
        fake.process.send_signal(signal.SIGTERM)
        assert 0 == fake.process.wait(BOUND)
        assert "" == fake.ended()[2]


FULL = "# a full pipe"


def fill(writer: int) -> None:
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4_096))
    os.set_blocking(writer, True)


@pytest.mark.parametrize("where", [">&-", ">&- 2>&-", ">/dev/full", "", FULL])
def test_without_a_stdout_it_serves_and_ends_well(where: str) -> None:
    """Closed, full, or (without a word) a pipe whose reader is gone, or that takes nothing, before the first line."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reader, writer = os.pipe()
    if where == FULL:
        fill(writer)
    else:
        os.close(reader)
    command = f"exec {sys.executable} -m flipsnack_mock serve --port {port} {where}"
    with subprocess.Popen(command, shell=True, stdout=writer, stderr=subprocess.PIPE, text=True) as process:
        os.close(writer)
        with requests.Session() as session:
            retries = Retry(total=None, connect=100, backoff_factor=0.1, backoff_max=0.2)
            session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
            answers = [session.get(f"http://127.0.0.1:{port}/v1/", params=signed(), timeout=BOUND) for _ in range(3)]
        process.terminate()
        assert "" == process.communicate(timeout=BOUND)[1]
    if where == FULL:
        os.close(reader)
    assert ([20] * 3, 0) == ([answer.json()["code"] for answer in answers], process.returncode)


@settings(max_examples=20, deadline=None)
@given(jumps=st.lists(st.integers(-(10**17), 10**17), max_size=4))
@example(jumps=[3600 * SECOND, -7200 * SECOND])
@example(jumps=[10**17, 10**17])
@example(jumps=[10**17] * 3)
def test_whatever_the_clock_does_every_request_is_answered(jumps: list[int]) -> None:
    fake, shown, latest = make_fake(), [0], 0
    for jump in (0, *jumps):
        fake.time[0] = max(0, fake.time[0] + jump)
        latest = max(latest, fake.time[0])
        assert fake.call(collectionHash="mock-after-5s").get_json()["code"] == 20
        link = fake.call().get_json()["data"]["resourceUrl"]
        assert fake.resource(link).status_code in (200, 403)
        for path in ("", "/clock", "/jobs", "/faults"):
            assert 200 == fake.account("GET", path).status_code
        assert 200 == fake.admin("GET", f"/__admin/ui?account={KEY}").status_code
        shown.append(fake.account("GET", "/clock").get_json()["now_us"])
        # Forward it follows at once; after a step back it waits, and nothing goes back.
        assert min(latest, LAST_INSTANT) == shown[-1] >= shown[-2]
    fake.account("POST", "/reset")
    assert min(fake.time[0], LAST_INSTANT) == fake.account("GET", "/clock").get_json()["now_us"]


def test_no_library_that_replaces_pythons_clocks_moves_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does, which replaces each name of the functions in any module."""
    before = [source() for source in (real_time(), elapsed_time())]
    clocks = {getattr(time, name): lambda: 0 for name in ("time", "time_ns", "monotonic", "monotonic_ns")}
    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if isinstance(value, BuiltinFunctionType) and value in clocks:
                monkeypatch.setattr(module, name, clocks[value])
    assert 0 == time.time_ns()
    after = [source() for source in (real_time(), elapsed_time())]
    monkeypatch.undo()
    assert all(0 <= late - early < BOUND * SECOND for early, late in zip(before, after, strict=True))
    assert abs(time.time_ns() // 1_000 - after[0]) < BOUND * SECOND


def test_no_library_that_replaces_pythons_dates_changes_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does: the libraries that read bodies and describe them take such a class for one of a stranger."""
    fake = make_fake()
    day = fake.account("POST", "/collections", {"hash": "h", "statistics": [{"date": "2026-11-01", "views": 1}]})
    control_document.cache_clear()
    for name in ("date", "datetime"):
        monkeypatch.setattr(datetime, name, type(f"Fake{name}", (getattr(datetime, name),), {}))
    assert 201 == day.status_code
    assert "date-time" in fake.admin("GET", "/__admin/openapi.json").text
    assert "an instant as in" in fake.account("POST", "/clock/set", {"at": "soon"}).text
    assert "2027-01-01T00:00:00" in fake.account("POST", "/clock/set", {"at": "2027-01-01T00:00:00Z"}).text
    assert 200 == fake.account("DELETE", "/collections/h/statistics/2026-11-01").status_code
    control_document.cache_clear()


def test_a_full_fake_says_so_and_serves_those_it_has() -> None:
    """HTTP 503 that names the setting; who is in goes on, and who deletes makes room."""
    fake = make_fake(max_accounts=5)
    statuses = [fake.call(apiKey=f"test-{number}", signature="x").status_code for number in range(6)]
    assert [200, 200, 200, 503, 503, 503] == statuses
    refusal = fake.call(apiKey="test-9").get_json()["error"]
    assert ("full", 5, True) == (refusal["type"], refusal["max_accounts"], "max_accounts" in refusal["message"])
    assert 44 == fake.call(apiKey="test-0", signature="x").get_json()["code"]
    fake.admin("DELETE", "/__admin/accounts/test-0")
    assert [44, 41] == [fake.call(apiKey=key, signature="x").get_json()["code"] for key in ("test-9", "nobody")]
