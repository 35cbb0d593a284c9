import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.target import target as target_module
from flipsnack_contract.target.bounds import Bounds
from flipsnack_contract.target.target import HttpTarget, Request, Unreachable, WsgiTarget

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
FEW = partial(Bounds, most_bytes=100_000, most_seconds=0.3)


@contextmanager
def _serving(
    answer: Callable[[socket.socket], None], asked: list[bytes] | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers each connection so until its other side closes it; its URL, and what it was asked."""
    seen = [] if asked is None else asked
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        seen.append(connection.recv(65536))
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/", seen
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _endless(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    while True:
        connection.sendall(b"x" * 65536)


def _dripping(text: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for index in range(10_000):
            connection.sendall(text[index % len(text) :][:1])
            threading.Event().wait(0.02)

    return answer


def _at_once(connection: socket.socket) -> None:
    connection.sendall(HEAD)


def _silent(connection: socket.socket) -> None:
    connection.recv(1)


ENDLESS: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "a body without an end": (_endless, "more than 100000 bytes"),
    "a head in drips": (_dripping(HEAD[:-2] + b"X-Filler: x" * 20), "within 0.3 s|timed out"),
    "informational answers for ever": (_dripping(b"HTTP/1.1 100 Continue\r\n\r\n"), "within 0.3 s|timed out"),
    "nothing": (_silent, "timed out"),
    "words for the terminal": (lambda one: one.sendall(b"\x1b[2J\x07" * 5000 + b"\r\n"), "\ufffd\\[2J"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_is_bounded_in_bytes_and_seconds_and_what_is_told_of_it_is_readable(name: str) -> None:
    answer, says = ENDLESS[name]
    began = stopwatch()
    with (
        _serving(answer) as (url, _),
        HttpTarget(url, bounds=FEW) as target,
        pytest.raises(Unreachable, match=says) as caught,
    ):
        target.send(Request("GET", url))
    assert stopwatch() - began < 5
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def _closing_late(_connection: socket.socket) -> None:
    threading.Event().wait(0.2)


@pytest.mark.parametrize("answer", [_silent, _closing_late])
def test_a_server_that_takes_time_and_gives_no_answer_again_and_again_is_left(
    answer: Callable[[socket.socket], None],
) -> None:
    """It would cost each of hundreds of examples its time."""
    with _serving(answer) as (url, seen), HttpTarget(url, bounds=FEW, most_lost=0.3) as target:
        for _ in range(20):
            with pytest.raises(Unreachable):
                target.send(Request("GET", url))
        with pytest.raises(Unreachable, match=r"took 0\.3 s without a whole answer"):
            target.send(Request("GET", url))
    assert len(seen) < 20


def test_an_api_that_does_not_answer_is_left_although_its_control_plane_answers() -> None:
    asked: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        (_silent if b"/v1/" in asked[-1] else _at_once)(connection)

    with _serving(answer, asked) as (url, _), HttpTarget(url, bounds=FEW, most_lost=0.3) as target:
        for _ in range(20):
            target.send(Request("GET", url.replace("/v1/", "/__admin")))
            with pytest.raises(Unreachable):
                target.send(Request("GET", url))
    assert len([one for one in asked if b"/v1/" in one]) < 20


def test_an_answer_of_the_api_is_shorter_than_a_package_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run keeps hundreds of them."""
    monkeypatch.setattr(target_module, "MOST_ANSWER", 1000)
    size = 1001
    with _serving(lambda one: one.sendall(HEAD + bytes(size))) as (url, _), HttpTarget(url) as target:
        assert size == len(target.send(Request("GET", f"{url}package.zip")).body)
        for place in (f"{url}?action=a", url.replace("/v1/", "/__admin/accounts")):
            with pytest.raises(Unreachable, match="more than 1000 bytes"):
                target.send(Request("GET", place))


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/p.zip", "file:///etc/passwd", "http://[::1", "http://a..b/", "http://127.0.0.1:port/", "x",
     "http://127.0.0.1:9/\x1b", "http://127.0.0.1:9/\u65e5"],
)  # fmt: skip
def test_a_link_that_is_no_address_is_unreachable(url: str) -> None:
    """Whatever a server gives as its resource URL is no error of the kit."""
    with HttpTarget("http://127.0.0.1:9/v1/") as target, pytest.raises(Unreachable, match="no whole answer from"):
        target.send(Request("GET", url))


def _never_ending(_environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    while True:
        yield b"x" * 10_000_000


def _stopping(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
    raise SystemExit(0)


def _says_nothing(_environ: dict[str, Any], _start_response: Any) -> list[bytes]:
    return []


def test_an_app_without_an_end_is_unreachable_and_one_that_breaks_is_a_server_error() -> None:
    """In this process too."""
    with pytest.raises(Unreachable, match="no whole answer from the app: it has more than"):
        WsgiTarget(_never_ending).send(Request("GET", "http://x.test/v1/"))
    broken = [WsgiTarget(app).send(Request("GET", "http://x.test/v1/")).status for app in (_stopping, _says_nothing)]
    assert [500, 500] == broken
