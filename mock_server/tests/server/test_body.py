import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mock_server.tests.raw_socket import FORM, received, status_and_body

from flipsnack_mock.admin.guard import MAX_BODY_BYTES as MAX_CONTROL_BYTES
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES
from flipsnack_mock.server.body import MAX_DRAINED_BYTES, BodyReader, KeptBody, Pace, read_body, receive_body
from flipsnack_mock.server.engine import Server, bind
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.state.settings import Settings

SECOND = 1_000_000
PACE = Pace(idle=10, total=100, rate=50)
Message = dict[str, Any]


def refusal_of(pieces: list[tuple[float, int]]) -> str:
    """Why a body is refused whose pieces of so many bytes come at these seconds; empty when it is not."""
    times = iter([0, *(round(instant * SECOND) for instant, _ in pieces)])
    reader = BodyReader(lambda _piece: None, pace=PACE, now=lambda: next(times))
    try:
        for _, size in pieces:
            reader.take(b"1" * size)
    except Refused as refusal:
        return f"{refusal.http_status} {refusal.kind}: {refusal.message}"
    return ""


@pytest.mark.parametrize(
    ("pieces", "how"),
    [
        pytest.param([(9, 1)], "", id="a byte before the rate counts"),
        pytest.param([(11, 550)], "", id="late, at the rate"),
        pytest.param([(11, 549)], "549 bytes came in 11 s", id="late, below the rate"),
        pytest.param([(1, 400), (9, 100), (11, 50)], "", id="an average at the rate"),
        pytest.param([(1, 400), (11, 149)], "549 bytes came in 11 s", id="an average below the rate"),
        pytest.param([(100, 5_000)], "", id="all of the time"),
        pytest.param([(100.1, 10**6)], "1,000,000 bytes came in 100 s", id="more than all of the time"),
    ],
)
def test_a_body_has_a_rate_and_a_time(pieces: list[tuple[float, int]], how: str) -> None:
    refusal = refusal_of(pieces)
    assert bool(how) == refusal.startswith("408 too_slow")
    assert how in refusal


@pytest.mark.parametrize(("size", "kept"), [(0, 0), (9, 9), (10, 10), (11, 11), (1_000, 11)])
@pytest.mark.parametrize("piece", [1, 3, 1_000])
def test_of_a_long_body_so_much_is_kept_that_it_shows(size: int, kept: int, piece: int) -> None:
    body = KeptBody(10)
    for start in range(0, size, piece):
        body(b"1" * min(piece, size - start))
    assert kept == len(body.content)


def messages(*pieces: bytes, last: str = "http.request") -> Callable[[], Any]:
    """ASGI's `receive` for a body in these pieces, of which another follows if `last` is no request."""
    found: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left = iter([*found, {"type": last}])

    async def receive() -> Message:
        return next(left)

    return receive


def test_a_body_is_handed_on_in_pieces_up_to_a_bound() -> None:
    """Nothing else keeps it: a body without an end costs the memory of one piece, and is not read to its end."""
    lengths: list[int] = []
    reader = BodyReader(lambda piece: lengths.append(len(piece)), now=lambda: 0)
    asyncio.run(receive_body(messages(*[b"1" * 1024 * 1024] * 300), reader))
    assert [1024 * 1024] * 256 == lengths
    assert not reader.ended
    assert MAX_DRAINED_BYTES == reader.length


def test_a_client_that_leaves_in_the_middle_is_noticed() -> None:
    reader = BodyReader(KeptBody(10), now=lambda: 0)
    with pytest.raises(ConnectionAbortedError):
        asyncio.run(receive_body(messages(b"1", last="http.disconnect"), reader))


class Endless(io.RawIOBase):
    """A body that goes on; it counts what is taken of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole of an endless body was asked for"
        self.taken += size
        return b"a" * size


@pytest.mark.parametrize(
    ("path", "limit"), [("/v1/", MAX_BODY_BYTES), ("/packages/x", MAX_BODY_BYTES), ("/__admin/x", MAX_CONTROL_BYTES)]
)
@pytest.mark.parametrize(
    ("announced", "terminated", "expected"),
    [
        pytest.param("3", False, 3, id="with its length"),
        pytest.param("104857600", False, None, id="too long"),
        pytest.param(None, True, None, id="without a length, ended by the server"),
        pytest.param(None, False, 0, id="without a length or an end"),
        pytest.param("1e9", True, None, id="no number"),
        pytest.param("-1", False, 0, id="no number, and no end"),
        pytest.param("\u0663", False, 0, id="a number of other digits"),
    ],
)
def test_no_more_of_a_body_is_read_than_shows_that_it_is_too_long(
    path: str, limit: int, announced: str | None, terminated: bool, expected: int | None
) -> None:
    """None stands for a byte more than the limit. Asked again, the reader reads no further."""
    body = Endless()
    environ: Message = {"PATH_INFO": path, "wsgi.input": body, "wsgi.input_terminated": terminated}
    if announced is not None:
        environ["CONTENT_LENGTH"] = announced
    size = limit + 1 if expected is None else expected
    assert size == len(read_body(environ))
    assert size == len(read_body(environ)) == body.taken


@pytest.fixture(scope="module", name="address")
def impatient_address() -> Iterator[tuple[str, int]]:
    """Where a fake listens that waits only a moment for the next piece of a body."""
    listeners, ready = bind("127.0.0.1", 0), threading.Event()
    server = Server(Fake(Settings()), listeners, on_ready=ready.set, pace=Pace(idle=0.05))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    assert ready.wait(30)
    yield listeners[0].getsockname()[:2]
    server.stop()
    thread.join()


@pytest.mark.parametrize("target", ["POST /v1/", "POST /t/one/v1/", "POST /__admin/accounts", "PUT /packages/x"])
@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        ("Content-Length: 100", b""),
        ("Content-Length: 100", b"a=1"),
        ("Transfer-Encoding: chunked", b"5\r\na=1"),
        ("Transfer-Encoding: chunked", b"1\r\na\r\n0\r\nX-Trailer: "),
        ("Content-Length: 100\r\nContent-Type: multipart/form-data; boundary=x", b"--x\r\nContent-Dis"),
    ],
)
def test_a_body_that_stops_is_answered_and_the_connection_closed(
    address: tuple[str, int], target: str, framing: str, sent: bytes
) -> None:
    """HTTP 408 where the body is wanted; nothing waits for its rest."""
    with socket.create_connection(address, timeout=30) as connection:
        kind = "" if "Content-Type" in framing else f"{FORM}\r\n"
        head = f"{target} HTTP/1.1\r\nHost: x\r\n{kind}{framing}\r\n\r\n"
        connection.sendall(head.encode() + sent)
        answer = received(connection)
    assert b"connection: close" in answer
    status, body = status_and_body(answer)
    if target.startswith("PUT"):
        assert 403 == status
    else:
        assert 408 == status
        assert b'"type":"too_slow"' in body
