import json
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from mock_server.tests.raw_socket import A_MOMENT, curl, link, open_request, query, received, received_until_silence

from flipsnack_mock.faults.randomness import Draw
from flipsnack_mock.protocol.effects import Framing
from flipsnack_mock.server.clock import real_time
from flipsnack_mock.testing import MockServer

NEVER = 300
"""Longer than any test waits: what has not come by then does not come."""


@pytest.mark.parametrize(
    ("kind", "fields", "expected", "exit_status"),
    [("reset", {}, None, 56), ("empty-reply", {}, b"", 52), ("garbage", {"bytes": 40}, Draw(3, 1).noise(40), 1)],
)
def test_a_break_is_an_end_without_an_answer(
    server: MockServer, kind: str, fields: dict[str, Any], expected: bytes | None, exit_status: int
) -> None:
    """None is a reset. Garbage is the bytes that seed and number of the request give. curl tells the three apart."""
    key = f"test-break-{kind}"
    server.admin.account(key).faults.add(kind, **fields, when={"seed": 3})
    url = f"{server.base_url}?{urlencode(query(key))}"
    with open_request(url) as raw, pytest.raises(ConnectionResetError) if expected is None else nullcontext():
        assert expected == received(raw)
    assert exit_status == curl(url).returncode


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


@pytest.mark.parametrize(
    ("framing", "promise", "exit_status"),
    [
        ("length", b"content-length: ", 18),
        ("chunked", b"transfer-encoding: chunked", 18),
        ("close", b"connection: close", 0),
    ],
)
def test_curl_notices_a_truncated_package_by_its_framing(
    server: MockServer, framing: Framing, promise: bytes, exit_status: int
) -> None:
    """One header says where the body ends. Without a length or chunks nobody can notice that the rest is missing."""
    key = f"test-cut-{framing}"
    url = link(server, key)
    server.admin.account(key).faults.add("truncate", keep=1_000, framing=framing, when={"action": "package"})
    done = curl("-D", "-", url)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert (exit_status, 1_000) == (done.returncode, len(body))
    assert promise in head
    assert (framing == "length") == (b"content-length" in head)
    assert (framing == "chunked") == (b"transfer-encoding" in head)


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_requests_reports_a_truncated_package(server: MockServer, framing: Framing) -> None:
    key = f"test-requests-cut-{framing}"
    url = link(server, key)
    server.admin.account(key).faults.add("truncate", keep=1_000, framing=framing, when={"action": "package"})
    with requests.get(url, timeout=10, stream=True) as answer:
        pieces = answer.iter_content(500)
        assert 1_000 == len(next(pieces) + next(pieces))
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            next(pieces)


@pytest.mark.parametrize(
    ("kind", "fields", "ends"),
    [
        ("reset", {"after": 15_000_000}, pytest.raises(ConnectionResetError)),
        ("truncate", {"keep": 15_000_000, "framing": "close"}, nullcontext()),
    ],
)
def test_a_large_package_is_cut_behind_the_bytes_that_are_kept(
    server: MockServer, kind: str, fields: dict[str, Any], ends: Any
) -> None:
    """More than fit into any buffer: a slow reader is waited for. Then the connection is torn or closed."""
    account = server.admin.account(f"test-large-{kind}")
    account.collections.create(hash="large", package_bytes=20_000_000, schedule="immediate")
    call = requests.get(server.base_url, params=query(account.key, collectionHash="large"), timeout=10).json()
    account.faults.add(kind, **fields, when={"action": "package"})
    with open_request(call["data"]["resourceUrl"]) as raw:
        answer = raw.makefile("rb")
        while answer.readline() != b"\r\n":
            pass
        assert 15_000_000 == len(answer.read(15_000_000))
        with ends:
            assert b"" == answer.read(1)


def test_a_part_of_a_package_is_cut_too(server: MockServer) -> None:
    url = link(server, "test-range-cut")
    server.admin.account("test-range-cut").faults.add("truncate", keep=10, when={"action": "package"})
    done = curl("-r", "100-299", "-D", "-", url)
    assert 18 == done.returncode
    assert b" 206 " in done.stdout
    assert b"content-length: 200" in done.stdout


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


def test_a_client_that_leaves_ends_the_wait() -> None:
    """A server with an answer that waits for minutes stops at once when its client is gone."""
    with MockServer() as other:
        other.admin.account("test-gone").faults.add("delay", seconds=NEVER)
        open_request(f"{other.base_url}?{urlencode(query('test-gone'))}").close()


def test_a_server_stops_while_answers_wait() -> None:
    with MockServer() as other:
        other.admin.account("test-stop").faults.add("delay", seconds=NEVER)
        waiting = open_request(f"{other.base_url}?{urlencode(query('test-stop'))}")
    with waiting:
        assert b"" == received(waiting)


def test_a_part_with_the_wrong_byte_has_it(server: MockServer) -> None:
    """Of a range, the byte is wrong where it would be in the whole."""
    url = link(server, "test-wrong-range")
    true = requests.get(url, timeout=10).content
    server.admin.account("test-wrong-range").faults.add("wrong-byte", offset=105)
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=10)
    assert 206 == part.status_code
    assert [5] == [index for index in range(100) if part.content[index] != true[100 + index]]


@pytest.mark.parametrize(
    ("key", "kind", "fields", "headers"),
    [
        ("test-no-range", "wrong-byte", {"offset": 50}, {"Range": "bytes=100-199"}),
        ("test-no-cut", "truncate", {"keep": 100}, {"Range": "bytes=0-99"}),
        ("test-no-drip", "drip", {"bytes": 100, "seconds": 0}, {"Range": "bytes=0-99"}),
    ],
)
def test_what_only_the_edge_can_see_is_an_error_too(
    server: MockServer, key: str, kind: str, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    """A fault that would not show in the part that was asked for is HTTP 500, and a failure in the list."""
    url = link(server, key)
    account = server.admin.account(key)
    account.faults.add(kind, **fields, when={"action": "package"} if kind != "wrong-byte" else None)
    answer = requests.get(url, headers=headers, timeout=10)
    assert (500, "fault_could_not_act") == (answer.status_code, answer.json()["error"]["type"])
    assert (0, 1) == (account.faults.list()[0]["hits"], account.faults.list()[0]["failures"])


def test_a_head_request_is_not_dripped(server: MockServer) -> None:
    """What has no body cannot lose or drip one: the rule waits for a request that has."""
    url = link(server, "test-head")
    account = server.admin.account("test-head")
    account.faults.add("truncate", when={"action": "package"})
    assert 200 == requests.head(url, timeout=10).status_code
    assert 0 == account.faults.list()[0]["seen"]


def test_a_link_to_a_closed_port_is_refused(server: MockServer) -> None:
    server.admin.account("test-closed").faults.add(preset="link-to-closed-port")
    with pytest.raises(requests.ConnectionError):
        requests.get(link(server, "test-closed"), timeout=10)


def test_a_redirect_is_followed_back_to_the_true_answer(server: MockServer) -> None:
    """With one hit the default redirect costs one round trip; curl and requests follow it."""
    server.admin.account("test-redirect").faults.add(preset="redirect")
    answer = requests.get(server.base_url, params=query("test-redirect"), timeout=10)
    assert ([302], 20) == ([each.status_code for each in answer.history], answer.json()["code"])
    server.admin.account("test-redirect").faults.add(preset="redirect")
    done = curl("-L", f"{server.base_url}?{urlencode(query('test-redirect'))}")
    assert 20 == json.loads(done.stdout)["code"]
