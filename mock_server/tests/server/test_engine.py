import io
import json
import re
import socket
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from mock_server.tests.conftest import make_fake, signed
from mock_server.tests.raw_socket import CLOSE, FORM, connect, received, request, status_and_body, talk

from flipsnack_mock.server.engine import bind
from flipsnack_mock.server.http_protocol import MAX_HEAD_BYTES, MAX_HEADER_BYTES, MAX_PIPELINED
from flipsnack_mock.testing import AdminClient, MockServer


def test_pipelined_requests_are_answered_in_order(server: MockServer) -> None:
    queries = [urlencode(signed(collectionHash=f"mock-after-{number}s")) for number in range(9)]
    pieces = [request(query=query) for query in queries]
    answer = talk(server, b"".join([*pieces, request(query="format=xml", headers=CLOSE)]))
    assert 10 == answer.count(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"</response>\n")
    assert 1 == answer.count(b"COMPLETE")
    assert answer.index(b"COMPLETE") < answer.index(b"PROCESSING")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_chunked_body_is_read(server: MockServer, size: int) -> None:
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
    url = json.loads(status_and_body(talk(server, request(query=urlencode(signed()), headers=CLOSE)))[1])
    path = url["data"]["resourceUrl"].removeprefix("http://fake.test")
    answer = talk(server, request(f"HEAD {path}"), request(headers=CLOSE))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"content-length: " in head.lower()
    assert rest.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        (b"M-SEARCH /v1/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200}),
        (b"PURGE /v1/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200}),
        (b"BREW /v1/ HTTP/1.1\r\nHost: a\r\n\r\n", {501}),
        (b"rubbish\r\n\r\n", {400}),
        (b"\0\0\0\0", {400}),
        (b"GET /v1/ HTTP/9.9\r\n\r\n", {400}),
        (b"GET /v1/\0 HTTP/1.1\r\nHost: a\r\n\r\n", {200, 400}),
        (b"GET /v1/ HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n", {400}),
        (b"GET /v1/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"POST /v1/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (b"POST /v1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", {400}),
        (b"GET http://other.test/v1/ HTTP/1.1\r\nConnection: close\r\n\r\n", {200}),
        (b"GET http://other.test:99999/v1/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        (b"GET http:///v1/ HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
        (b"GET /v1/ HTTP/1.0\r\n\r\n", {200}),
        (b"GET /v1/%ff?a=%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/%zz?%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {200}),
        (b"GET /v1/?a=\xff HTTP/1.1\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /v1/\xff HTTP/1.1\r\nConnection: close\r\n\r\n", {400}),
        (b"GET /v1/?a=%00 HTTP/1.1\r\nX-\xc3\xa9: \xff\r\nConnection: close\r\n\r\n", {200, 400}),
    ],
)
def test_no_bytes_at_all_are_a_server_error(server: MockServer, raw: bytes, statuses: set[int]) -> None:
    """What is no HTTP is 400 from the engine; what is, is answered."""
    status, body = status_and_body(talk(server, raw))
    assert status in statuses
    assert b"allback" not in body  # the parser's word for an exception of ours
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


def cut_off(server: MockServer, begin: bytes, repeat: bytes) -> bool:
    """Whether the fake does not read what goes on like this: it says so, or ends the connection."""
    with connect(server) as connection:
        connection.sendall(begin)
        try:
            for _ in range(2 * MAX_HEAD_BYTES // len(repeat)):
                connection.sendall(repeat)
            answer = connection.recv(65536)
        except ConnectionError:
            return True
    return answer == b"" or 431 == status_and_body(answer)[0]


SMUGGLED = request("PUT /__admin/maintenance", headers=("Content-Length: 11",), body=b'{"on":true}')


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.0", "whatever", "h2c, websocket"])
@pytest.mark.parametrize("connection", ["Upgrade", "upgrade, close", "keep-alive, Upgrade, HTTP2-Settings"])
@pytest.mark.parametrize("apart", [True, False], ids=["behind its head", "with its head"])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "with its length"])
def test_a_body_behind_an_upgrade_never_becomes_a_request(
    server: MockServer, upgrade: str, connection: str, apart: bool, chunked: bool
) -> None:
    """RFC 9110, 7.8: a server may ignore `Upgrade`. The body is read by its length, and what follows is a request."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(SMUGGLED)}"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(SMUGGLED), SMUGGLED) if chunked else SMUGGLED
    head = request("POST /t/smuggled/v1/", headers=(FORM, f"Connection: {connection}", f"Upgrade: {upgrade}", length))
    next_one = request("GET /t/smuggled/v1/", query=urlencode(signed(apiKey="test-smuggled")), headers=CLOSE)
    pieces = [head, body + next_one] if apart else [head + body + next_one]
    answer = talk(server, *pieces)
    answers = 1 if "close" in connection else 2
    assert answers == answer.count(b"HTTP/1.1 200 OK") == answer.count(b"HTTP/1.1 ")
    assert b'"code":22' not in answer
    assert b'"code":22' not in talk(server, next_one)


def test_a_request_for_a_tunnel_is_refused_with_all_that_follows(server: MockServer) -> None:
    answer = talk(server, request("CONNECT a:443") + SMUGGLED)
    assert 400 == status_and_body(answer)[0]
    assert 1 == len(statuses(answer))


def statuses(answer: bytes) -> list[int]:
    """The status of each answer of a connection, in order."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) [A-Z]", answer)]


ADVANCE = "POST /__admin/accounts/test-rfc/clock/advance HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
FORWARD = '{"seconds":5}'
LAST = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
ADVANCE_1_0 = ADVANCE.replace("1.1", "1.0")
BODY = f"Content-Length: 13\r\n\r\n{FORWARD}"
CHUNKS = "Transfer-Encoding: chunked\r\n\r\n"
LONG = "y" * (MAX_HEADER_BYTES + 1)
PLAIN = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
RFC: list[tuple[str, str, list[int]]] = [
    ("9110 5.5: blanks around a value are none of it", f"{ADVANCE}Content-Length: \t13 \t\r\n\r\n{FORWARD}", [200]),
    ("9110 7.6.1: an option of Connection has no case", LAST.replace("close", "x, CLOSE"), [200]),
    ("9110 5.4: more lines than anybody needs", LAST.replace("Connection", "X: y\r\n" * 199 + "Connection"), [431]),
    ("9110 5.4: or a longer one", LAST.replace("Connection", f"X: {LONG}\r\nConnection"), [431]),
    ("9110 9.1: a method that is not known", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", [501]),
    ("9110 9.1: a method has a case", "get /health HTTP/1.1\r\nHost: a\r\n\r\n", [501]),
    ("9110 10.1.1: an expectation has no case", f"{ADVANCE}Expect: 100-Continue\r\n{BODY}", [100, 200]),
    ("9110 10.1.1: another one may be ignored", f"{ADVANCE}Expect: x\r\n{BODY}", [200]),
    ("9110 10.1.1: HTTP/1.0 expects nothing", f"{ADVANCE_1_0}Expect: 100-continue\r\n{BODY}", [200]),
    ("9110 15.6.6: another major version", "GET /health HTTP/2.0\r\nHost: a\r\n\r\n", [505]),
    ("9112 2.2: an empty line in front is ignored", f"\r\n{LAST}", [200]),
    ("9112 3: a target has no blank", "GET /he alth HTTP/1.1\r\nHost: a\r\n\r\n", [400]),
    ("9112 3.2: a request has a Host", "GET /health HTTP/1.1\r\n\r\n", [400]),
    ("9112 3.2: and one only", "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", [400]),
    ("9112 3.2: which is a host", "GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", [400]),
    ("9112 3.2: HTTP/1.0 needs none", "GET /health HTTP/1.0\r\n\r\n", [200]),
    ("9112 3.2.2: an absolute target, in any case", LAST.replace("/health", "HTTP://[::1]:99/health"), [200]),
    ("9112 3.2.2: whose port may be empty", LAST.replace("/health", "http://b.test:/health"), [200]),
    ("9112 3.2.2: without a path it is the root", LAST.replace("/health", "http://b.test?x=1"), [200]),
    ("9112 3.2.4: the asterisk is no path", LAST.replace("GET /health", "OPTIONS *"), [404]),
    ("9112 5.1: no blank before a colon", "GET /health HTTP/1.1\r\nHost : a\r\n\r\n", [400]),
    ("9112 5.2: no folded line", "GET /health HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", [400]),
    ("9112 6.1: no case", f"{ADVANCE}Transfer-Encoding: Chunked\r\n\r\nD;x=y\r\n{FORWARD}\r\n0\r\nT: x\r\n\r\n", [200]),
    ("9112 6.1: a coding that is not known", f"{ADVANCE}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501]),
    ("9112 6.3: chunks and a length", f"{ADVANCE}Content-Length: 5\r\n{CHUNKS}0\r\n\r\n{LAST}", [400]),
    ("9112 6.3: two lengths", f"{ADVANCE}Content-Length: 13\r\nContent-Length: 12\r\n\r\n{FORWARD}", [400]),
    ("9112 6.3: a length is digits", f"{ADVANCE}Content-Length: +13\r\n\r\n{FORWARD}", [400]),
    ("9112 7.1: a chunk that has no size", f"{ADVANCE}{CHUNKS}zz\r\n{LAST}", [400]),
    ("9112 7.1: a chunk longer than its size", f"{ADVANCE}{CHUNKS}1\r\nabc\r\n0\r\n\r\n{LAST}", [400]),
    ("9112 9.3.2: pipelined answers are in order", PLAIN + PLAIN.replace("/health", "/x") + LAST, [200, 404, 200]),
    ("9112 9.3.2: also where the last is none", PLAIN * 2 + PLAIN.replace("/health", "/\u00e9"), [200, 200]),
    ("9113 3.4: this is HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    ("8446: this is TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", [400]),
]  # fmt: skip


@pytest.mark.parametrize("ends", [False, True], ids=["whole", "half-closed"])
@pytest.mark.parametrize(("rule", "raw", "expected"), RFC, ids=[rule for rule, *_ in RFC])
def test_http_is_read_as_its_rfcs_say(server: MockServer, rule: str, raw: str, expected: list[int], ends: bool) -> None:
    """A client that sends no more has its answers too (RFC 9112, 9.6)."""
    with connect(server) as connection:
        connection.sendall(raw.encode("latin-1"))
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = received(connection)
    assert expected == statuses(answer), rule
    # 9110, 6.6.1: whoever has a clock says when it answered.
    assert len(expected) - expected.count(100) == len(re.findall(rb"\r\ndate: [A-Z][a-z]{2}, .+ GMT\r\n", answer))


def test_an_absolute_target_decides_the_host(server: MockServer) -> None:
    target = f"http://b.test:99/v1/?{urlencode(signed())}"
    assert b"http://b.test:99/packages/" in talk(server, request(f"GET {target}", headers=CLOSE))


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"GET /t/refused/v1/?x=\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", "/v1/"),
        (b"POST /t/refused/v1/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "/v1/"),
        (b"GET /t/refused/v1/ HTTP/1.1\r\n\r\n", "/v1/"),
    ],
)
def test_what_the_engine_refuses_is_seen_in_the_journal(server: MockServer, raw: bytes, path: str) -> None:
    refused = AdminClient(server.url, namespace="refused")
    refused.call("DELETE", "/__admin/requests")
    assert 400 == status_and_body(talk(server, raw))[0]
    (entry,) = refused.call("GET", "/__admin/requests")["requests"]
    assert (path, 400) == (entry["path"], entry["answer"]["http_status"])
    assert entry["detail"].startswith("no HTTP/1.1 request: ")


def test_a_body_that_another_server_cannot_read_is_the_clients_fault() -> None:
    """PEP 3333 has no exception for it: gunicorn raises one of its own for a chunk without a size."""

    class Damaged(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise RuntimeError("Invalid chunk size: 'zz'")

    fake = make_fake()
    answer = fake.client.post("/v1/", environ_overrides={"wsgi.input": Damaged(), "CONTENT_LENGTH": "5"})
    assert (400, True) == (answer.status_code, "Invalid chunk size" in answer.get_json()["error"]["message"])
    (entry,) = fake.admin("GET", "/__admin/requests").get_json()["requests"]
    assert ("POST", 400) == (entry["method"], entry["answer"]["http_status"])


CHUNKED = request("POST /v1/", headers=(FORM, "Transfer-Encoding: chunked")) + b"1\r\na\r\n"
FILLER = b"1" * 60_000


@pytest.mark.parametrize(
    ("begin", "repeat"),
    [
        pytest.param(b"GET /v1/ HTTP/1.1\r\n", b"X-Filler: " + FILLER + b"\r\n", id="headers"),
        pytest.param(CHUNKED + b"0\r\n", b"X-Filler: " + FILLER + b"\r\n", id="trailers"),
        pytest.param(CHUNKED + b"0\r\nX-Filler: ", FILLER, id="one trailer"),
        pytest.param(CHUNKED + b"1;", FILLER, id="an extension of a chunk"),
    ],
)
def test_what_is_no_body_has_a_bound_before_and_behind_one(server: MockServer, begin: bytes, repeat: bytes) -> None:
    """HTTP 431, or the connection is closed on whoever goes on sending."""
    assert cut_off(server, begin, repeat)


def test_trailers_do_not_change_the_request(server: MockServer) -> None:
    head = request("POST /v1/", headers=(*CLOSE, FORM, "Transfer-Encoding: chunked"))
    trailers = b"0\r\nContent-Type: text/plain\r\nHost: other.test\r\n\r\n"
    status, body = status_and_body(talk(server, head, b"8\r\napiKey=x\r\n" + trailers))
    assert (200, 30) == (status, json.loads(body)["code"])


def test_of_many_requests_at_once_so_many_are_answered_and_the_last_says_so(server: MockServer) -> None:
    """The one in work and those that may wait; the client sends the others again on another connection."""
    answer = talk(server, request("GET /health") * 5_000)
    assert MAX_PIPELINED + 1 == answer.count(b"HTTP/1.1 200 OK")
    assert 1 == answer.count(b"connection: close")


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
    head = request("POST /v1/", headers=(FORM, "Content-Length: 100"))
    for piece in (b"GET /v1/ HT", head, head + b"half", request(query=urlencode(signed()))):
        with connect(server) as connection:
            connection.sendall(piece)
    assert b"ok" in talk(server, request("GET /health", headers=CLOSE))


def test_an_address_in_use_is_an_error_and_leaves_no_socket_behind() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", listener.getsockname()[1])


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "::"])
def test_it_listens_on_every_address_of_a_name_and_says_how_to_reach_it(host: str) -> None:
    """Of RFC 6724's two families a client may try either first; a literal IPv6 address has brackets in a URL."""
    with MockServer(host=host) as running:
        assert "ok" == requests.get(f"{running.url}/health", timeout=30).json()["status"]
        for address in {"0.0.0.0": LOOPBACK[:1]}.get(host, LOOPBACK if "o" in host else (host.strip("[]"),)):
            socket.create_connection((address, urlsplit(running.url).port), timeout=30).close()
        answer = requests.get(running.base_url, params=signed(), timeout=30).json()
        assert answer["data"]["resourceUrl"].lower().startswith(running.url.lower())


LOOPBACK = ("127.0.0.1", "::1")


@pytest.mark.parametrize("host", ["host.invalid", "a..b", "a" * 64, "a\0b"])
def test_an_address_that_is_none_is_an_error(host: str) -> None:
    with pytest.raises(OSError, match=r"not known|failure|No address|no host name"):
        bind(host, 0)
