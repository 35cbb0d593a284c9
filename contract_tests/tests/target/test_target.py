import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from flipsnack_contract.target.target import HttpTarget, Request, Unreachable, WsgiTarget


def _echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Path", environ["PATH_INFO"])])
    return [environ["QUERY_STRING"].encode(), b"|", environ["wsgi.input"].read()]


def _raises(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
    raise RuntimeError("the app fell over")


@contextmanager
def _one_answer_per_connection(answer: bytes, connections: int) -> Iterator[str]:
    """A server that answers each connection once and closes it, as often as that."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(connections):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/"
        thread.join()


def test_an_app_gets_what_was_asked_as_it_is() -> None:
    """The query is not quoted anew; the path arrives decoded, as WSGI wants it."""
    reply = WsgiTarget(_echo).send(Request("POST", "http://x.test/v1/%C3%A9?a=%zz&b", b"body"))
    assert b"a=%zz&b|body" == reply.body
    assert "/v1/é" == reply.headers["x-path"].encode("latin-1").decode()


def test_an_app_that_raises_is_a_server_error() -> None:
    """As it would be behind any server, with the end of its traceback for the reader."""
    reply = WsgiTarget(_raises).send(Request("GET", "http://x.test/v1/"))
    assert 500 == reply.status
    assert b"the app fell over" in reply.body


def test_a_closed_connection_is_opened_anew() -> None:
    """A server may close a kept-alive connection at any time; that is no failure."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with _one_answer_per_connection(answer, 2) as url, HttpTarget(url) as target:
        bodies = [target.send(Request("GET", url)).body for _ in range(2)]
    assert [b"ok", b"ok"] == bodies


ENDLESS = b"9" * 30


@pytest.mark.parametrize(
    "answer",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + ENDLESS + b"\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + ENDLESS + b"\r\nshort",
        b"",
    ],
)
def test_no_whole_answer_is_unreachable(answer: bytes) -> None:
    """Garbage, a cut body and an empty reply are named, with the address."""
    with (
        _one_answer_per_connection(answer, 1) as url,
        HttpTarget(url) as target,
        pytest.raises(Unreachable, match="no whole answer from http://127"),
    ):
        target.send(Request("GET", url))
