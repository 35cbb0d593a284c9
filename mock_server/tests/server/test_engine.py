import json
import socket
from urllib.parse import urlencode, urlsplit

import pytest
from mock_server.tests.conftest import signed

from flipsnack_mock.server.engine import MAX_HEAD_BYTES, bind
from flipsnack_mock.testing import MockServer

FORM = "Content-Type: application/x-www-form-urlencoded"
BOUND = 30


def connect(server: MockServer) -> socket.socket:
    """A connection to the fake."""
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=BOUND)


def talk(server: MockServer, *pieces: bytes) -> bytes:
    """Everything that comes back for these bytes until the fake closes the connection."""
    with connect(server) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(head: str = "GET /v1/", *, query: str = "", headers: tuple[str, ...] = (), body: bytes = b"") -> bytes:
    """A request as it goes over the wire; the last one of its connection unless `headers` say otherwise."""
    lines = [f"{head}{'?' if query else ''}{query} HTTP/1.1", "Host: fake.test", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def status_and_body(answer: bytes) -> tuple[int, bytes]:
    """The status and the body of one answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


CLOSE = ("Connection: close",)


def test_a_call_over_a_socket_is_answered(server: MockServer) -> None:
    """And the resource URL begins as the Host header says."""
    status, body = status_and_body(talk(server, request(query=urlencode(signed()), headers=CLOSE)))
    assert (200, 20) == (status, json.loads(body)["code"])
    assert json.loads(body)["data"]["resourceUrl"].startswith("http://fake.test/packages/")


def test_pipelined_requests_are_answered_in_order(server: MockServer) -> None:
    """Ten at once on one connection."""
    queries = [urlencode(signed(collectionHash=f"mock-after-{number}s")) for number in range(9)]
    pieces = [request(query=query) for query in queries]
    answer = talk(server, b"".join([*pieces, request(query="format=xml", headers=CLOSE)]))
    assert 10 == answer.count(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"</response>\n")
    assert 1 == answer.count(b"COMPLETE")
    assert answer.index(b"COMPLETE") < answer.index(b"PROCESSING")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_chunked_body_is_read(server: MockServer, size: int) -> None:
    """However it is cut; credentials are judged from it."""
    body = urlencode(signed(apiKey="nobody")).encode()
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    head = request("POST /v1/", headers=(*CLOSE, FORM, "Transfer-Encoding: chunked"))
    status, answer = status_and_body(talk(server, head, chunks))
    assert (200, 41) == (status, json.loads(answer)["code"])


def test_a_client_that_waits_for_leave_to_send_is_given_it(server: MockServer) -> None:
    """`Expect: 100-continue`, as curl sends it with a large body."""
    body = urlencode(signed()).encode()
    head = request("POST /v1/", headers=(*CLOSE, FORM, f"Content-Length: {len(body)}", "Expect: 100-continue"))
    with connect(server) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(body)
        assert b'"code":40' in b"".join(iter(lambda: connection.recv(65536), b""))


def test_head_has_no_body(server: MockServer) -> None:
    """The next answer on the connection follows its head at once."""
    url = json.loads(status_and_body(talk(server, request(query=urlencode(signed()), headers=CLOSE)))[1])
    path = url["data"]["resourceUrl"].removeprefix("http://fake.test")
    answer = talk(server, request(f"HEAD {path}"), request(headers=CLOSE))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"content-length: " in head.lower()
    assert rest.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PURGE", "M-SEARCH"])
def test_a_weird_verb_is_code_40(server: MockServer, method: str) -> None:
    """Those that HTTP's parser knows."""
    status, body = status_and_body(talk(server, request(f"{method} /v1/", headers=CLOSE)))
    assert (200, 40) == (status, json.loads(body)["code"])


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        (b"BREW /v1/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        (b"rubbish\r\n\r\n", {400}),
        (b"\0\0\0\0", {400}),
        (b"GET /v1/ HTTP/9.9\r\n\r\n", {400}),
        (b"GET /v1/\0 HTTP/1.1\r\nHost: a\r\n\r\n", {200, 400}),
        (b"GET /v1/ HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n", {400}),
        (b"GET /v1/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"POST /v1/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (b"POST /v1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {400}),
        (b"GET http://other.test/v1/ HTTP/1.1\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/ HTTP/1.0\r\n\r\n", {200}),
        (b"GET /v1/%ff?a=%ff HTTP/1.1\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/%zz?%zz HTTP/1.1\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/?a=\xff HTTP/1.1\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /v1/\xff HTTP/1.1\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /v1/?a=%00 HTTP/1.1\r\nX-\xc3\xa9: \xff\r\nConnection: close\r\n\r\n", {200, 400}),
    ],
)
def test_no_bytes_at_all_are_a_server_error(server: MockServer, raw: bytes, statuses: set[int]) -> None:
    """What is no HTTP is 400 from the engine; what is, is answered."""
    assert status_and_body(talk(server, raw))[0] in statuses
    assert b"ok" in talk(server, request("GET /health", headers=CLOSE))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=" + "1" * 1_000_000, {414}),
        ("a=" + "1" * 65_000, {200}),
        ("&".join(f"a{number}=" for number in range(10_000)), {200, 414}),
    ],
    ids=["a megabyte", "just under 64 KiB", "ten thousand parameters"],
)
def test_a_long_query_is_code_40_or_414(server: MockServer, query: str, expected: set[int]) -> None:
    """From the fake or, where its parser gives up, from the engine."""
    status, body = status_and_body(talk(server, request(query=query, headers=CLOSE)))
    assert status in expected
    assert status == 414 or json.loads(body)["code"] in {30, 40}


def test_endless_headers_are_cut_off(server: MockServer) -> None:
    """HTTP 431, or the connection is closed on whoever goes on sending."""
    line = b"X-Filler: " + b"1" * 60_000 + b"\r\n"
    with connect(server) as connection:
        connection.sendall(b"GET /v1/ HTTP/1.1\r\n")
        answer = b""
        try:
            for _ in range(2 * MAX_HEAD_BYTES // len(line)):
                connection.sendall(line)
            answer = connection.recv(65536)
        except ConnectionError:
            return
    assert answer == b"" or 431 == status_and_body(answer)[0]


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "chunked"])
def test_a_body_of_100_megabytes_is_code_40(server: MockServer, announced: bool) -> None:
    """It is read to its end and thrown away, so that the client gets its answer."""
    piece, count = b"a" * 1_000_000, 100
    length = f"Content-Length: {len(piece) * count}" if announced else "Transfer-Encoding: chunked"
    framed = piece if announced else b"%x\r\n%s\r\n" % (len(piece), piece)
    head = request("POST /v1/", headers=(*CLOSE, FORM, length))
    answer = talk(server, head, *[framed] * count, *([] if announced else [b"0\r\n\r\n"]))
    status, body = status_and_body(answer)
    assert (200, 40) == (status, json.loads(body)["code"])


def test_a_client_that_goes_away_harms_nobody(server: MockServer) -> None:
    """In the middle of its headers, of its body, and of the answer."""
    head = request("POST /v1/", headers=(FORM, "Content-Length: 100"))
    for piece in (b"GET /v1/ HT", head, head + b"half", request(query=urlencode(signed()))):
        with connect(server) as connection:
            connection.sendall(piece)
    assert b"ok" in talk(server, request("GET /health", headers=CLOSE))


def test_an_address_in_use_is_an_error_and_leaves_no_socket_behind() -> None:
    """Whoever starts the server says it in one line."""
    with bind("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", listener.getsockname()[1])


def test_it_binds_where_it_is_told() -> None:
    """A free port for 0, and IPv6 where there is one."""
    with bind("localhost", 0) as listener:
        assert 0 < listener.getsockname()[1]
    with pytest.raises(OSError, match=r"not known|failure|No address"):
        bind("host.invalid", 0)
