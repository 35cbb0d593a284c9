"""The fake under WSGI servers that are not its own."""

import socket
import threading
import wsgiref.simple_server
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
import requests
import waitress.server
import werkzeug.serving
from mock_server.tests.conftest import signed
from mock_server.tests.raw_socket import A_MOMENT, query, received
from mock_server.tests.server.test_engine import RFC, statuses

from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import AdminClient, make_pdf

UPLOAD, DELETE = "collection.create", "collection.deleteCollection"


@contextmanager
def elsewhere(name: str, slept: list[float], **more: Any) -> Iterator[str]:
    """The URL of the application under a WSGI server that is not ours."""
    settings, sources = load_settings(flags={"requests_per_second": 0} | more, environment={}, file=None)
    app = create_app(settings, sleep=slept.append, sources=sources)
    with SERVERS[name](app) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def in_a_thread(make: Callable[..., Any], app: Any) -> Iterator[int]:
    """The port of a server of the standard library's kind."""
    server = make("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def waitress_in_a_thread(app: Any) -> Iterator[int]:
    server = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=2)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            server.asyncore.loop(timeout=A_MOMENT, map=server._map, count=1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        ended.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(server._map)


SERVERS: dict[str, Callable[[Any], AbstractContextManager[int]]] = {
    "wsgiref": partial(in_a_thread, wsgiref.simple_server.make_server),
    "werkzeug": partial(in_a_thread, werkzeug.serving.make_server),
    "waitress": waitress_in_a_thread,
}


@pytest.mark.parametrize("name", SERVERS)
def test_every_surface_is_served_by_any_wsgi_server(name: str) -> None:
    """The API, resource URLs, control plane and page, in the main world and in a namespace."""
    with elsewhere(name, []) as root, requests.Session() as session:
        session.trust_env = False
        for url in (root, f"{root}/t/one"):
            answer = session.get(f"{url}/v1/", params=signed(), timeout=10).json()
            assert answer["data"]["resourceUrl"].startswith(f"{url}/packages/")
            package = session.get(answer["data"]["resourceUrl"], timeout=10)
            assert (200, b"PK") == (package.status_code, package.content[:2])
            head = session.head(answer["data"]["resourceUrl"], timeout=10)
            assert (str(len(package.content)), b"") == (head.headers["Content-Length"], head.content)
            assert 40 == session.post(f"{url}/v1/", data=signed(), timeout=10).json()["code"]
            assert 40 == session.put(f"{url}/v1/x", timeout=10).json()["code"]
            assert 200 == session.put(f"{url}/__admin/maintenance", json={"on": False}, timeout=10).status_code
            assert session.get(f"{url}/__admin/ui", timeout=10).text.startswith("<!doctype html>")
            assert 404 == session.get(f"{url}/nothing", timeout=10).status_code


@pytest.mark.parametrize("name", SERVERS)
def test_what_needs_no_connection_works_under_any_wsgi_server(name: str) -> None:
    """Codes, statuses, damage and delays come from the application itself; it sleeps as long as it was told."""
    slept: list[float] = []
    with elsewhere(name, slept) as url:
        faults = AdminClient(url).account("test-wsgi").faults
        faults.add("code", code=31, count=1)
        faults.add("status", status=502, count=1)
        faults.add("invalid-json", count=1)
        faults.add("delay", seconds=0.25, count=1)
        faults.add("delay", seconds=0.5, before="body", count=1)
        faults.add("drip", bytes=200, seconds=0.125, count=1)
        answers = [requests.get(f"{url}/v1/", params=query("test-wsgi"), timeout=10) for _ in range(6)]
        assert [0] * 6 == [rule["hits_left"] for rule in faults.list()]
    assert 31 == answers[0].json()["code"]
    assert 502 == answers[1].status_code
    assert not answers[2].text.endswith("}}}")
    assert [20, 20, 20] == [answer.json()["code"] for answer in answers[3:]]
    assert [0.25, 0.5, 0.125] == slept[:3]


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("kind", ["reset", "empty-reply", "garbage", "truncate"])
def test_what_needs_the_connection_says_so_under_another_server(name: str, kind: str) -> None:
    """Where the connection is not ours the fault is HTTP 500 with the reason, never silently nothing."""
    with elsewhere(name, []) as url:
        account = AdminClient(url).account("test-wsgi-tcp")
        account.faults.add(kind)
        answer = requests.get(f"{url}/v1/", params=query("test-wsgi-tcp"), timeout=10)
        assert 500 == answer.status_code
        assert "needs the connection" in answer.json()["error"]["message"]
        assert (0, 1) == (account.faults.list()[0]["hits"], account.faults.list()[0]["failures"])


@pytest.mark.parametrize("name", SERVERS)
def test_every_method_works_under_any_wsgi_server(name: str) -> None:
    """The life of a collection, from its upload to its end."""
    with (
        elsewhere(name, [], requests_per_minute=0, conversion_schedule="immediate") as url,
        requests.Session() as session,
    ):
        session.trust_env = False
        document = {"file": ("manual.pdf", make_pdf(3))}
        made = session.post(f"{url}/v1/", data=signed(action=UPLOAD, collectionHash=None), files=document, timeout=30)
        named = made.json()["data"]["collectionHash"]
        answers = {
            action: session.get(f"{url}/v1/", params=signed(action=action, collectionHash=named), timeout=30).json()
            for action in [*sorted(METHODS.keys() - {UPLOAD, DELETE}), DELETE]
        }
    assert dict.fromkeys(METHODS.keys() - {UPLOAD}, 20) == {action: one["code"] for action, one in answers.items()}


# What waitress reads in its own way before the application sees it: it has other bounds, looks at no Host and no
# version, takes methods that it does not know, and joins folded lines. Flask refuses the method, and sends an empty
# path on to the root.
OTHERWISE = {
    "9110 5.4: more lines than anybody needs": [200],
    "9110 5.4: or a longer one": [200],
    "9110 9.1: a method that is not known": [405],
    "9110 9.1: a method has a case": [400],
    "9110 15.6.6: another major version": [200],
    "9112 3.2: a request has a Host": [200],
    "9112 3.2: and one only": [200],
    "9112 3.2: which is a host": [200],
    "9112 3.2.2: without a path it is the root": [308],
    "9112 5.2: no folded line": [200],
    "9112 9.3.2: also where the last is none": [200, 200, 400],
    "9113 3.4: this is HTTP/2": [404],
}


def test_http_is_read_under_waitress_as_its_rfcs_say_where_waitress_lets_it() -> None:
    """The framing of a body above all: none becomes a request."""
    found = {}
    with elsewhere("waitress", []) as url:
        for rule, raw, _ in RFC:
            with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=10) as connection:
                connection.sendall(raw.encode("latin-1"))
                connection.shutdown(socket.SHUT_WR)
                found[rule] = statuses(received(connection).replace(b"HTTP/1.0 ", b"HTTP/1.1 "))
    assert {rule: OTHERWISE.get(rule, expected) for rule, _, expected in RFC} == found
