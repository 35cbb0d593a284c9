import http.client
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from flipsnack_contract.adapter.relay import Relay

LARGE = b"x" * 300_000


class Counter(BaseHTTPRequestHandler):
    """Answers with the number of bytes that came."""

    def do_POST(self) -> None:
        came = str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(came)))
        self.end_headers()
        self.wfile.write(came)

    def log_message(self, *_arguments: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


@pytest.fixture
def relay() -> Iterator[Relay]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        relay = Relay(f"http://127.0.0.1:{server.server_address[1]}/t/a", cut_after=20_000)
        yield relay
        relay.close()
        server.shutdown()


def post(relay: Relay, content: bytes) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(relay.url).netloc, timeout=10)
    try:
        connection.request("POST", "/", content)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_the_first_long_request_breaks_off_and_all_others_come_through(relay: Relay) -> None:
    assert relay.url.endswith("/t/a")
    assert b"5" == post(relay, b"short")
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        post(relay, LARGE)
    assert relay.was_cut
    assert b"300000" == post(relay, LARGE)


def test_an_answer_arrives_that_ends_a_request_half_way() -> None:
    """The client is still sending when the server has answered and closed its side."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        relay = Relay(f"http://127.0.0.1:{server.getsockname()[1]}/", cut_after=None)
        thread = threading.Thread(target=_answer_early, args=(server,))
        thread.start()
        with socket.create_connection(("127.0.0.1", int(relay.netloc.rpartition(":")[2])), timeout=10) as client:
            client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + LARGE)
            for _ in range(2):
                client.sendall(LARGE)
            client.shutdown(socket.SHUT_WR)
            with client.makefile("rb") as answer:
                assert b"HTTP/1.1 413 Too Large\r\n\r\n" == answer.read()
        thread.join()
        relay.close()


def _answer_early(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
