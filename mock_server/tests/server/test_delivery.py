from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from mock_server.tests.raw_socket import A_MOMENT, curl, link, open_request, query, received, received_until_silence

from flipsnack_mock.faults.randomness import noise
from flipsnack_mock.server.clock import real_time
from flipsnack_mock.testing import MockServer

NEVER = 300
"""Longer than any test waits: what has not come by then does not come."""


# --- breaks ----------------------------------------------------------------------------------------------------------


def test_a_reset_is_one_on_the_socket(server: MockServer) -> None:
    server.admin.account("test-reset").faults.add("reset")
    raw = open_request(f"{server.base_url}?{urlencode(query('test-reset'))}")
    with raw, pytest.raises(ConnectionResetError):
        raw.recv(1)


@pytest.mark.parametrize(
    ("kind", "fields", "expected"), [("empty-reply", {}, b""), ("garbage", {"bytes": 40}, noise(3, 1, 40))]
)
def test_a_break_is_an_end_without_an_answer(
    server: MockServer, kind: str, fields: dict[str, Any], expected: bytes
) -> None:
    """Garbage comes instead of HTTP: the bytes that seed and number of the request give."""
    key = f"test-break-{kind}"
    server.admin.account(key).faults.add(kind, **fields, when={"seed": 3})
    with open_request(f"{server.base_url}?{urlencode(query(key))}") as raw:
        assert expected == received(raw)


@pytest.mark.parametrize(
    ("exit_status", "kind"),
    [(56, {"kind": "reset"}), (52, {"kind": "empty-reply"}), (1, {"kind": "garbage"})],
)
def test_curl_tells_the_breaks_apart(server: MockServer, exit_status: int, kind: dict[str, Any]) -> None:
    key = f"test-curl-{kind['kind']}"
    server.admin.account(key).call("POST", "/faults", {"fault": kind})
    assert exit_status == curl(f"{server.base_url}?{urlencode(query(key))}").returncode


@pytest.mark.parametrize("kind", ["reset", "empty-reply", "garbage"])
def test_requests_reports_a_connection_error(server: MockServer, kind: str) -> None:
    """The library most clients use raises, and the next request on a fresh connection is answered."""
    key = f"test-requests-{kind}"
    account = server.admin.account(key)
    account.faults.add(kind, count=1)
    with requests.Session() as session:
        with pytest.raises(requests.ConnectionError):
            session.get(server.base_url, params=query(key), timeout=10)
        assert 20 == session.get(server.base_url, params=query(key), timeout=10).json()["code"]
    assert (1, 0) == (account.faults.list()[0]["hits"], account.faults.list()[0]["hits_left"])


# --- cuts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exit_status", "framing"),
    [(18, "length"), (18, "chunked"), (0, "close")],
)
def test_curl_notices_a_truncated_package_by_its_framing(server: MockServer, exit_status: int, framing: str) -> None:
    """A missing rest shows by Content-Length and by the last chunk; without either nobody can notice."""
    key = f"test-cut-{framing}"
    url = link(server, key)
    server.admin.account(key).faults.add("truncate", keep=1_000, framing=framing, when={"action": "package"})
    done = curl(url)
    assert (exit_status, 1_000) == (done.returncode, len(done.stdout))


@pytest.mark.parametrize(
    ("framing", "promise"),
    [("length", b"content-length: "), ("chunked", b"transfer-encoding: chunked"), ("close", b"connection: close")],
)
def test_a_truncated_answer_promises_what_its_framing_says(server: MockServer, framing: str, promise: bytes) -> None:
    """On the wire there is exactly one thing that says where the body ends."""
    key = f"test-frame-{framing}"
    server.admin.account(key).faults.add("truncate", framing=framing)
    with open_request(f"{server.base_url}?{urlencode(query(key))}") as raw:
        head, _, body = received(raw).partition(b"\r\n\r\n")
    assert promise in head
    assert (framing == "length") == (b"content-length" in head)
    assert (framing == "chunked") == (b"transfer-encoding" in head)
    assert b"0\r\n\r\n" not in body
    assert body


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_requests_reports_a_truncated_package(server: MockServer, framing: str) -> None:
    key = f"test-requests-cut-{framing}"
    url = link(server, key)
    server.admin.account(key).faults.add("truncate", keep=1_000, framing=framing, when={"action": "package"})
    with requests.get(url, timeout=10, stream=True) as answer:
        pieces = answer.iter_content(500)
        assert 1_000 == len(next(pieces) + next(pieces))
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            next(pieces)


def test_a_reset_in_the_middle_comes_after_the_bytes(server: MockServer) -> None:
    """The bytes that were kept arrive, more than fit into any buffer; then the connection is torn, not closed."""
    account = server.admin.account("test-mid-reset")
    account.collections.create(hash="large", package_bytes=20_000_000, schedule="immediate")
    url = requests.get(server.base_url, params=query("test-mid-reset", collectionHash="large"), timeout=10).json()
    account.faults.add("reset", after=15_000_000, when={"action": "package"})
    with open_request(url["data"]["resourceUrl"]) as raw:
        answer = raw.makefile("rb")
        while answer.readline() != b"\r\n":
            pass
        assert 15_000_000 == len(answer.read(15_000_000))
        with pytest.raises(ConnectionResetError):
            answer.read(1)


def test_a_large_package_is_cut_without_holding_it(server: MockServer) -> None:
    """Half of 20 MB without a length arrives whole: a slow reader is waited for."""
    account = server.admin.account("test-big-cut")
    account.collections.create(hash="big", package_bytes=20_000_000, schedule="immediate")
    url = requests.get(server.base_url, params=query("test-big-cut", collectionHash="big"), timeout=10).json()
    account.faults.add("truncate", framing="close", when={"action": "package"})
    with requests.get(url["data"]["resourceUrl"], timeout=10, stream=True) as answer:
        assert 10_000_000 == sum(len(piece) for piece in answer.iter_content(100_000))


def test_a_part_of_a_package_is_cut_too(server: MockServer) -> None:
    url = link(server, "test-range-cut")
    server.admin.account("test-range-cut").faults.add("truncate", keep=10, when={"action": "package"})
    done = curl("-r", "100-299", "-D", "-", url)
    assert 18 == done.returncode
    assert b" 206 " in done.stdout
    assert b"content-length: 200" in done.stdout


# --- waiting ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("delay", {"seconds": A_MOMENT}),
        ("delay", {"seconds": A_MOMENT, "before": "body"}),
        ("delay-uniform", {"low": A_MOMENT, "high": A_MOMENT}),
        ("delay-lognormal", {"median": A_MOMENT, "sigma": 0}),
        ("drip", {"bytes": 100, "seconds": A_MOMENT}),
    ],
)
def test_a_late_answer_is_whole_and_not_early(server: MockServer, kind: str, fields: dict[str, Any]) -> None:
    """It takes at least as long as the fault says, and is the true answer on a connection that stays open."""
    key = f"test-late-{kind}-{fields.get('before', '')}"
    server.admin.account(key).faults.add(kind, **fields)
    now = real_time()
    with requests.Session() as session:
        before = now()
        answer = session.get(server.base_url, params=query(key), timeout=10)
        assert now() - before >= A_MOMENT * 1_000_000
        assert 20 == answer.json()["code"]
        assert 20 == session.get(server.base_url, params=query(key), timeout=10).json()["code"]


def test_a_delay_before_the_headers_holds_back_every_byte(server: MockServer) -> None:
    """Nothing at all comes while the answer waits, and others are answered meanwhile."""
    server.admin.account("test-hang").faults.add("delay", seconds=NEVER)
    with open_request(f"{server.base_url}?{urlencode(query('test-hang'))}") as raw:
        assert 20 == requests.get(server.base_url, params=query("test-hang-not"), timeout=10).json()["code"]
        raw.settimeout(A_MOMENT)
        with pytest.raises(TimeoutError):
            raw.recv(1)


def test_a_delay_before_the_body_sends_the_headers_first(server: MockServer) -> None:
    server.admin.account("test-body-hang").faults.add("delay", seconds=NEVER, before="body")
    with open_request(f"{server.base_url}?{urlencode(query('test-body-hang'))}") as raw:
        head = received_until_silence(raw)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")


def test_a_drip_sends_a_piece_and_waits(server: MockServer) -> None:
    url = link(server, "test-drip")
    server.admin.account("test-drip").faults.add("drip", bytes=100, seconds=NEVER, when={"action": "package"})
    with open_request(url) as raw:
        head, _, body = received_until_silence(raw).partition(b"\r\n\r\n")
    assert b"content-length: " in head
    assert 100 == len(body)


def test_a_dripped_package_is_whole(server: MockServer) -> None:
    url = link(server, "test-drip-whole")
    true = requests.get(url, timeout=10).content
    server.admin.account("test-drip-whole").faults.add("drip", bytes=4_000, seconds=0.001, when={"action": "package"})
    assert true == requests.get(url, timeout=10).content


def test_a_client_that_leaves_ends_the_wait() -> None:
    """A server with an answer that waits for minutes stops at once when its client is gone."""
    with MockServer() as other:
        other.admin.account("test-gone").faults.add("delay", seconds=NEVER)
        open_request(f"{other.base_url}?{urlencode(query('test-gone'))}").close()


def test_a_server_stops_while_answers_wait() -> None:
    """Leaving the block ends the server, though a client still waits for minutes; that client sees the end."""
    with MockServer() as other:
        other.admin.account("test-stop").faults.add("delay", seconds=NEVER)
        waiting = open_request(f"{other.base_url}?{urlencode(query('test-stop'))}")
    with waiting:
        assert b"" == received(waiting)
