import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from mock_server.tests.command_runner import run

from flipsnack_mock import __version__
from flipsnack_mock.testing import MockServer

UP = f'{{"status":"ok","service":"flipsnack-mock","version":"{__version__}"}}\n'


def port_of(url: str) -> str:
    return url.rpartition(":")[2]


@pytest.mark.parametrize(("tls", "host"), [(False, "127.0.0.1"), (True, "127.0.0.1"), (False, "0.0.0.0")])
def test_it_follows_the_settings_to_the_fake(tls: bool, host: str) -> None:
    """Port and https come from flags and environment as those of `serve` do; no certificate need be trusted."""
    with MockServer(tls=tls, admin_token="sesame") as fake:
        done = run("health", "--tls" if tls else "--no-tls", host=host, port=port_of(fake.url), admin_token="sesame")
    assert (0, UP, "") == (done.exit_code, done.stdout, done.stderr)


@pytest.mark.parametrize(("served", "asked"), [(False, True), (True, False)])
def test_the_other_scheme_is_no_health(served: bool, asked: bool) -> None:
    with MockServer(tls=served) as fake:
        done = run("health", "--tls" if asked else "--no-tls", port=port_of(fake.url))
    assert (1, "", 1) == (done.exit_code, done.stdout, done.stderr.count("\n"))
    assert done.stderr.startswith(f"error: {'https' if asked else 'http'}://127.0.0.1:")


def test_where_nobody_listens_it_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = run("health", "--port", str(port))
    assert 1 == done.exit_code
    assert f"error: http://127.0.0.1:{port}/health does not answer: " in done.stderr


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_was_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for wrong in ("1_0", "\u0663", "nan"):
            assert "is not a valid number" in run("health", "--timeout", wrong).stderr
        done = run("health", "--timeout", "0.05", "--port", str(silent.getsockname()[1]))
    assert (1, True) == (done.exit_code, "does not answer: timed out" in done.stderr)


@pytest.mark.parametrize(
    ("head", "piece", "pause", "words"),
    [
        ("HTTP/1.1 200 OK\r\n\r\n", "x" * 65_536, 0, "is not the fake: HTTP 200 'xxx"),
        ("HTTP/1.1 200 OK\r\n\r\n", "x", 0.05, "does not answer: timed out"),
        ("HTTP/1.1 200 OK\r\nX: ", "x", 0.05, "does not answer: timed out"),
    ],
    ids=["endless", "dripping", "a dripping head"],
)
def test_an_answer_without_an_end_is_read_so_far_and_so_long(head: str, piece: str, pause: float, words: str) -> None:
    def send(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(head.encode())
            while not over.wait(pause):
                connection.sendall(piece.encode())

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=send, args=(server,))
        thread.start()
        done = run("health", "--timeout", "0.3", "--port", str(server.getsockname()[1]))
        over.set()
        thread.join()
    assert (1, True) == (done.exit_code, words in done.stderr), done.stderr


def test_a_host_that_is_none_is_said() -> None:
    for host in ("a..b", "a\x1b"):
        assert "does not answer" in run("health", "--host", host).stderr


class _Stranger(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Say nothing."""


@pytest.fixture(name="stranger")
def stranger_fixture() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_another_program_on_the_port_is_not_the_fake(stranger: int) -> None:
    done = run("health", "--port", str(stranger))
    assert (1, "") == (done.exit_code, done.stdout)
    assert "is not the fake: HTTP 200 'hello'" in done.stderr
